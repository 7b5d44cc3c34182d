"""
Scrapes made up for tests: invented news in Chinese and English, and what scraping does to it.

`sentence` spells a number as a sentence, so that a test draws numbers and prints news; equal
numbers give equal sentences on every machine. `corpus` writes a large scrape for the tests that
need a run to last.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

_ZH = (
    (
        "昨天清晨",
        "入冬以来",
        "上个星期",
        "会议结束之后",
        "汛期到来之前",
        "这一天傍晚",
        "据工作人员介绍",
        "三年前",
        "节前最后一个工作日",
        "雨停之后",
        "在镇政府门口",
        "谈起这件事",
    ),
    (
        "渡口的船工",
        "南坡村的果农",
        "市水务局的工程师",
        "夜校的学员们",
        "修表铺的老师傅",
        "县医院的护士长",
        "码头上的搬运工",
        "图书馆的志愿者",
        "养蜂合作社",
        "气象站的观测员",
        "剧团的年轻演员",
        "新来的邮递员",
    ),
    (
        "把旧仓库改成了阅览室",
        "试种了耐盐碱的水稻",
        "更换了二十年前铺设的管道",
        "开出了第一班环岛公交",
        "在堤坝上补种柳树",
        "为独居老人送去热饭",
        "重新排演了失传的唱段",
        "给每盏路灯编了号",
        "用无人机清点越冬的候鸟",
        "向邻县借来两台抽水机",
        "连夜腾空了低洼处的棚屋",
        "把账本一页页抄进电脑",
    ),
    (
        "，前后花了{n}天",
        "，惠及{n}户居民",
        "，比去年多出{n}处",
        "，其中{n}人是头一回参加",
        "，算下来每亩省下{n}元",
        "，沿途停靠{n}站",
        "，最远的一处离城{n}公里",
        "，登记在册的已有{n}件",
    ),
    (
        "，谁也没有想到会这样顺利。",
        "，街坊们说起来都竖大拇指。",
        "，剩下的工程要等到开春。",
        "，但经费仍有缺口。",
        "，有人提议明年照办。",
        "，记录本上写得清清楚楚。",
        "，孩子们放学后也来帮忙。",
        "，路过的人都要停下来看一看。",
        "，这让老主任睡了个安稳觉。",
        "，几家邻近的乡镇已经派人来学。",
    ),
)
_EN = (
    (
        "Before sunrise on Monday",
        "After the second storm",
        "Late last autumn",
        "When the inquiry closed",
        "For most of the winter",
        "On the eve of the fair",
        "By the time the tide turned",
        "At a meeting nobody expected to last",
        "Three summers ago",
        "Once the road reopened",
    ),
    (
        " the harbour master",
        " volunteers from the allotments",
        " a retired signal engineer",
        " the night school",
        " two sisters who keep bees",
        " the county surveyor",
        " members of the rowing club",
        " the last baker on Mill Lane",
        " drivers at the depot",
        " an apprentice boatbuilder",
    ),
    (
        " rebuilt the footbridge by hand",
        " counted every lamp in the borough",
        " moved the archive to dry ground",
        " planted willows along the dyke",
        " taught the town to mend its own nets",
        " reopened the branch line to the quarry",
        " traded diesel for a pair of horses",
        " copied the parish ledger page by page",
        " served hot meals from a converted ferry",
        " mapped the drains under the old market",
    ),
    (
        ", at a cost of {n} crowns",
        ", a job that took {n} days",
        ", with help from {n} neighbours",
        ", across {n} villages",
        ", saving {n} journeys a month",
        ", and kept {n} receipts to prove it",
    ),
    (
        ", and the council has asked for a report.",
        ", though few believed it could be done.",
        ", to the surprise of the insurers.",
        ", while the bells were silent for repairs.",
        ", and children now walk that way to school.",
        ", which the mayor called a modest beginning.",
        ", but the money will not stretch to spring.",
        ", and three other towns have written for advice.",
    ),
)
_GRAMMAR = {"zh": _ZH, "en": _EN}

SENTENCES = 1 << 24
"""Numbers below this give sentences that rarely share more than one of their five parts."""

CREDITS = {
    "zh": (
        "城南晚报记者 林小禾",
        "本报记者 周闻笛 通讯员 许望舒",
        "来源：城南晚报",
        "来源:山海日报",
        "《 城南晚报 》（ 2026年01月22日 02 版）",
        "2026-01-22 08:30:00",
        "责任编辑：沈一舟",
        "编辑：何知秋 校对：陆沉",
        "本报鹭洲1月21日电",
        "原标题：渡口的灯又亮了",
        "（记者 林小禾）",
        "作者：周闻笛",
    ),
    "en": (
        "By Jane Alder",
        "By Tom Quill and Ada Marsh",
        "Source: Coast Tribune",
        "Published: 9 March 2026",
        "Reporting by Jane Alder; editing by Tom Quill",
        "Editor: Ada Marsh",
        "Last updated: March 9, 2026 10:15",
    ),
}

JUNK = (
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u200e",
    "\x00",
    "\x1b[31m",
    "\u3000",
    "\u00a0",
    "\t",
    "  ",
    "&amp;",
    "&quot;",
    "&#39;",
    "&nbsp;",
    "&amp;lt;",
    "\ufffd",
    "\r",
    "\u2028",
    "\x85",
    "…",
    "——",
    "😀",
    "ﬁ",
    "ｅ\u0301",
    "\ud800",
)


def sentence(language: Language, number: int) -> str:
    """The sentence that this number spells; numbers from 0 to `SENTENCES` give a great many."""
    rest = number * 2654435761 % (1 << 32)
    words = []
    for choices in _GRAMMAR[language]:
        rest, at = divmod(rest, len(choices))
        words.append(choices[at])
    return "".join(words).format(n=2 + number % 9973)


def damaged(text: str, how: str) -> str:
    """Text decoded wrongly on its way here (``gbk-latin1``, ``utf8-cp1252``); as it is where that cannot be."""
    wrote, read = {"gbk-latin1": ("gbk", "latin-1"), "utf8-cp1252": ("utf-8", "cp1252")}[how]
    try:
        return text.encode(wrote).decode(read)
    except UnicodeError:
        return text


def story(chance: random.Random, language: Language, paragraphs: int) -> list[str]:
    """Paragraphs of a story that no other story of the same generator tells."""
    space = " " if language == "en" else ""
    return [
        space.join(sentence(language, chance.randrange(SENTENCES)) for _ in range(chance.randint(1, 3)))
        for _ in range(paragraphs)
    ]


def page(chance: random.Random, paragraphs: list[str], language: Language) -> str:
    """The story as a page: credits above and below, at times a second copy of everything."""
    credits_ = chance.sample(CREDITS[language], 3)
    lines = [credits_[0], credits_[1], *paragraphs, credits_[2]]
    if chance.random() < 0.2:
        lines += ["".join(credits_[:2]), *paragraphs]
    return "\n".join(lines)


def corpus(directory: Path, documents: int, *, seed: int = 1) -> Path:
    """
    Write a scrape of about this many documents, in folders, of every form: a third are copies or
    near copies of others, some cannot be read.
    """
    chance = random.Random(seed)
    directory.mkdir(parents=True)
    records = []
    told: list[tuple[Language, list[str]]] = []
    for number in range(documents):
        if told and chance.random() < 0.33:
            language, paragraphs = chance.choice(told)
            paragraphs = list(paragraphs)
            if chance.random() < 0.6:
                paragraphs[-1] = story(chance, language, 1)[0]
        else:
            language = chance.choice(("zh", "en"))
            paragraphs = story(chance, language, chance.randint(2, 4))
            told.append((language, paragraphs))
        text = page(chance, paragraphs, language)
        if number % 10 == 0:
            path = directory / f"day-{number % 7}" / f"{number:05d}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode("gb18030" if number % 20 else "utf-8"))
        else:
            records.append(
                {"id": f"n{number}", "text": text, "published": f"2026-01-{1 + number % 28:02d}", "n": number}
            )
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    lines[len(lines) // 2] = '{"id": "broken", "text": '
    half = len(lines) // 2
    (directory / "one.jsonl").write_text("\n".join(lines[:half]) + "\n", "utf-8")
    (directory / "two.jsonl.gz").write_bytes(gzip.compress(("\n".join(lines[half:]) + "\n").encode(), mtime=0))
    return directory


def tree(directory: Path) -> dict[str, bytes]:
    """Every file below a directory and what it holds, by its relative path."""
    return {p.relative_to(directory).as_posix(): p.read_bytes() for p in sorted(directory.rglob("*")) if p.is_file()}


def warc_record(
    number: int, body: bytes, *, kind: str = "response", url: str = "http://news.example/page",
    head: str = "Content-Type: text/html", status: str = "200 OK",
) -> bytes:  # fmt: skip
    """A record of a web archive, as a crawler writes it."""
    content = f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2026-01-22T08:00:00Z",
        f"Content-Type: application/http; msgtype={kind}",
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"


def wet_record(number: int, text: str) -> bytes:
    """A record of a WET file: the text of a page, as Common Crawl extracted it."""
    body = text.encode()
    lines = [
        "WARC/1.0",
        "WARC-Type: conversion",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "WARC-Target-URI: http://news.example/page",
        "WARC-Date: 2026-01-22T08:00:00Z",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"
