"""
Lists of names, taken apart: ``林小禾 李明`` are two people, ``刘 琳`` is one.

Chinese names carry no spaces and no capitals, so a list is told by its separators, by the
titles between the names, and, where two names stand with nothing between, by their surnames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# What people are called in credits; what stands before it is their house, not their name.
ROLE: Final = (
    r"(?:特约|特約|特派|首席|实习|實習|见习|見習|[驻駐][\u4e00-\u9fff、]{1,10}?|职工|融媒体|全媒体|摄影|攝影|文字|高级|资深)*"
    r"(?:记者|記者|通讯员|通訊員|实习生|實習生|评论员|評論員|撰稿人|专栏作者|專欄作者|报道员|特派员|特派員|主播|主持人)"
)
_SPLIT: Final = re.compile(r"[、，,;；/／&＆｜|丨\n]+|\s+(?:and|AND|und|et|y|e)\s+")
_TITLE: Final = re.compile(rf"[\u4e00-\u9fffA-Za-z·\-—]{{0,16}}?{ROLE}[:：/／]?")
_LABEL: Final = re.compile(r"^(?:[\u4e00-\u9fff]{1,8}[:：/／丨｜|]\s*|(?:文字|文|图|由|by|By)\s+)")
_AFTER: Final = re.compile(r"(?:[_\s]*[A-Za-z]{1,4}\d+|[\s.．·\-—–_*】）)\]]+|撰文|摄影|报道|報導|攝影)+$")
_WHERE: Final = re.compile(r"\s+in\s+[A-Z][\w .]*$")
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
# What an author is beside being one; it stands before the name, with nothing between.
_POST: Final = re.compile(
    r"[\u4e00-\u9fff]{1,14}?(?:教授|讲师|講師|研究员|研究員|院长|院長|校长|校長|主任|所长|所長|会长|會長|主席|秘书长|秘書長|委员|委員|选委|選委"
    r"|议员|議員|律师|律師|医生|醫生|医师|醫師|博士|分析师|分析師|经济学家|經濟學家|作家|学者|學者|总编辑|總編輯|主笔|主筆)(?=[\u4e00-\u9fff]{2,4}$)"
)
_HOUSE: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·+—-]{2,}(?:[日晚早晨时時周週商快导導都市青年京]报|報|新闻|新聞|[网網社台]|客户端|用戶端|周刊|週刊|杂志|雜誌|财经|財經"
    r"|[频頻]道|工作室|编辑部|編輯部|评论部|智库|研究院|中心)$"
)
_NOBODY_WORDS: Final = (
    "未知 佚名 无 無 匿名 网络 網絡 网友 综合 綜合 本报 本報 本刊 本站 记者 記者 编辑 編輯 小编 小編 "
    "admin Admin ADMIN administrator unknown Unknown editor Editor Journalist journalist staff Staff"
)
_NOBODY: Final = frozenset(_NOBODY_WORDS.split())
_DOUBLE_WORDS: Final = (
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 公孙 令狐 慕容 司徒 夏侯 端木 南宫 呼延 宇文 长孙"
)
_DOUBLE: Final = frozenset(_DOUBLE_WORDS.split())
SURNAMES: Final = frozenset(
    "洪常米连惠粟花帅卿强王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳"
    "翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸賈韋鄒閆龍賀顧龔萬錢嚴湯齊喬龐顏莊聶魯歐關蘭紀單畢塗駱藍華饒"
)


def split_people(value: str) -> Iterator[tuple[int, int, str]]:
    """
    The people of a list: start, end and name of each, titles and houses left out.

    >>> [name for _, _, name in split_people("城南报记者 林小禾、李 明 实习生 王小宁")]
    ['林小禾', '李明', '王小宁']
    >>> [name for _, _, name in split_people("Jane Doe and JOHN ROE")]
    ['Jane Doe', 'JOHN ROE']
    >>> [name for _, _, name in split_people("城南网 林小禾、城南大学教授李明")]
    ['林小禾', '李明']
    """
    found = list(_everybody(_TITLE.sub(lambda m: "、" * len(m[0]), value)))
    houses = [_HOUSE.fullmatch(name) is not None for _, _, name in found]
    # A house alone signs for itself; beside a name it is where that person works.
    yield from (one for one, house in zip(found, houses, strict=True) if not house or all(houses))


def _everybody(value: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for cut in [*_SPLIT.finditer(value), None]:
        stop = len(value) if cut is None else cut.start()
        for start, end in _pieces(value, at, stop):
            yield from _person(value, start, end)
        at = stop if cut is None else cut.end()


def _pieces(value: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Parts of a Chinese list at its spaces, one-character parts put together; others whole."""
    tokens = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", value[start:stop])]
    if not tokens:
        return
    if not _HAN.search(value, start, stop):
        yield tokens[0][0], tokens[-1][1]
        return
    k = 0
    while k < len(tokens):
        a, b = tokens[k]
        if b - a == 1 and k + 1 < len(tokens) and tokens[k + 1][1] - tokens[k + 1][0] == 1:
            k += 1
            b = tokens[k][1]
        yield a, b
        k += 1


def _person(value: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Nobody, one person, or people written together, out of one part."""
    if found := _LABEL.match(value[start:end]):
        start += found.end()
    if (post := _POST.match(value[start:end])) and value[start + post.end()] in SURNAMES:
        start += post.end()
    while start < end and value[start] in " 　:：.．·-—–_*※●■【（(［[":
        start += 1
    for needless in (_AFTER, _WHERE):
        if tail := needless.search(value[start:end]):
            end = start + tail.start()
    name = "".join(value[start:end].split()) if _HAN.search(value, start, end) else value[start:end]
    if name in _NOBODY or len(name) < 2:
        return
    parts = _together(name) if len(name) == end - start else [name]
    for part in parts:
        yield (start, start + len(part), part) if len(parts) > 1 else (start, end, part)
        start += len(part)


def _together(name: str) -> list[str]:
    """
    Names written without anything between, parted where a surname begins.

    >>> _together("张小明李华"), _together("欧阳小明"), _together("赵明")
    (['张小明', '李华'], ['欧阳小明'], ['赵明'])
    """
    if not 4 <= len(name) <= 12 or not _HAN.fullmatch(name):
        return [name]
    fewest: list[list[str] | None] = [[]] + [None] * len(name)
    for end in range(2, len(name) + 1):
        for size in (3, 2, 4):
            before = fewest[end - size] if size <= end else None
            part = name[max(0, end - size) : end]
            known = part[:2] in _DOUBLE if size == 4 else part[0] in SURNAMES
            if before is not None and known and (fewest[end] is None or len(before) + 1 < len(fewest[end] or [])):
                fewest[end] = [*before, part]
    return fewest[-1] or [name]
