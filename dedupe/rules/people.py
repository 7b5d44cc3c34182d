"""
Split lists of names: ``林小禾 李明`` are two people, ``刘 琳`` is one.

Chinese names have no spaces and no capitals, so a list is recognised by its separators, by the
titles between the names, and, where two names are written together, by their surnames.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dedupe.patterns import pattern
from dedupe.rules.surnames import COMMON, DOUBLE, SURNAMES

# Job titles in credits; what comes before one is the person's outlet, not the name.
ROLE: Final = (
    r"(?:特约|特約|特派|首席|实习|實習|见习|見習|[驻駐][\u4e00-\u9fff、]{1,10}?|职工|融媒体|全媒体|摄影|攝影|文字|高级|资深)*"
    r"(?:记者|記者|通讯员|通訊員|实习生|實習生|评论员|評論員|撰稿人|专栏作者|專欄作者|报道员|特派员|特派員|主播|主持人)"
)
_SPLIT: Final = pattern(r"[、，,;；/／&＆｜|丨\n]+|\s+(?:and|AND|und|et|y|e)\s+")
_TITLE: Final = pattern(rf"[\u4e00-\u9fffA-Za-z·\-—]{{0,16}}?{ROLE}[:：/／]?")
_LABEL: Final = pattern(r"^(?:[\u4e00-\u9fff]{1,8}[:：/／丨｜|]\s*|(?:文字|文|图|由|by|By)\s+)")
_AFTER: Final = pattern(
    r"(?:[_\s]*[A-Za-z]{1,4}\d+|[\s.．·\-—–_*#】）)\]]+|撰文|摄影|报道|報導|攝影|整理|设计|設計|制图|製圖|数据支持|[编編][辑輯]|[综綜]合|[编編][译譯])+$"
)
_WHERE: Final = pattern(r"\s+(?:in|aus)\s+[A-ZÀ-Þ][\w .]*$")
_HAN: Final = pattern(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
# An author's position, written directly before the name.
_POST: Final = pattern(
    r"(?:[\u4e00-\u9fff]{1,40}?(?:[报報]|新闻|新聞|财经|財經|客户端|[网網社台]|教授|讲师|講師|研究员|研究員|院长|院長|校长|校長|主任|所长|所長|会长|會長|主席|秘书长|秘書長|委员|委員|选委|選委"
    r"|书记|書記|议员|議員|律师|律師|医生|醫生|医师|醫師|博士|分析师|分析師|经济学家|經濟學家|作家|学者|學者|总编辑|總編輯|主笔|主筆))(?=[\u4e00-\u9fff]{2,3}$)"
)
_BARE_POST: Final = pattern(
    r"[\u4e00-\u9fff]{3,}(?:书记|書記|委员|委員|院长|院長|主任|所长|所長|会长|會長|秘书长|秘書長|研究员|研究員|教授|讲师|講師|律师|律師"
    r"|医师|醫師|医生|醫生|药师|藥師|护士长?|護理師|营养师|營養師|咨询师|工程师|工程師|分析师|分析師|科普专家|博士后?|顾问|顧問)"
)
# Columns and institutions that appear where a name may.
_COLUMN: Final = pattern(
    r"[\u4e00-\u9fff]+(?:观察|觀察|时评|時評|述评|述評|快评|快評|速评|短评|社论|社論|聚焦|特写|特寫|专访|專訪|纪实|紀實|综述|綜述|调查|調查)"
)
_BODY: Final = pattern(
    r"(?:[局厅廳委]|支部|党委|黨委|中心|公司|集团|集團|大学|大學|学院|學院|协会|協會|学会|學會|委员会|委員會|医院|醫院|法院|检察院|研究院|研究所|宣传部|课题组|編輯部|编辑部|工作室)$"
)
_MOST_TOGETHER: Final = 90
_NUMBER: Final = pattern(r"\d")
_TOKEN: Final = pattern(r"\S+")

_HOUSE: Final = pattern(
    r"[\u4e00-\u9fffA-Za-z0-9·+—-]{2,}(?:[日晚早晨时時周週商快导導都市青年京]报|報|新闻|新聞|[网網社台]|客户端|用戶端|周刊|週刊|杂志|雜誌|财经|財經"
    r"|[频頻]道|科技|之家|工作室|编辑部|編輯部|评论部|智库|研究院|中心)$"
)
_NOBODY_WORDS: Final = (
    "未知 佚名 无 無 匿名 网络 網絡 网友 综合 綜合 本报 本報 本刊 本站 记者 記者 编辑 編輯 小编 小編 "
    "red Red admin Admin ADMIN administrator unknown Unknown editor Editor Journalist journalist staff Staff"
)
_NOBODY: Final = frozenset(_NOBODY_WORDS.split())
# Japanese family names, which are not Chinese names: a given name follows after a space.
_JAPANESE_WORDS: Final = (
    "小林 田中 佐藤 鈴木 高橋 伊藤 渡辺 渡邊 渡邉 山本 中村 加藤 吉田 山田 佐々木 山口 松本 井上 木村 "
    "清水 山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 "
    "坂本 斉藤 斎藤 齋藤 福田 太田 西村 藤井 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山 和田 "
    "石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 工藤 今井 高田 増田 丸山 杉山 "
    "村田 大塚 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 木下 久保 野村 松尾 菊地 菊池 市川 "
    "杉本 古川 大西 島田 水野 桜井 高野 吉川 山内 西田 飯田 西川 小松 北村 安田 五十嵐 川口 平田 久保田 "
    "服部 川崎 岩田 土屋 福島 本田 樋口 秋山 田口 永井 中西 吉村 川上 石原 大橋 松岡 馬場 浜田 森本 星野 "
    "矢野 浅野 大久保 吉岡 小池 野田 荒木 松浦 大谷 内藤 黒田 尾崎 永田 川村 望月 松村 田辺 菅野 荒井 "
    "平井 大島 西山 早川 広瀬 栗原"
)
_JAPANESE: Final = frozenset(_JAPANESE_WORDS.split())
_LONGEST_GIVEN: Final = 3
_LONGEST_NAME: Final = 4

# In the order of how many people have them: of two ways to part a string, the one with the commoner surnames.
_COMMONEST: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦傅付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_RANK: Final = {surname: rank for rank, surname in enumerate(_COMMONEST)}


def split_people(value: str) -> Iterator[tuple[int, int, str]]:
    """
    Yield the people in a list: start, end and name of each, without titles and outlets.

    >>> [name for _, _, name in split_people("城南报记者 林小禾、李 明 实习生 王小宁")]
    ['林小禾', '李明', '王小宁']
    >>> [name for _, _, name in split_people("Jane Doe and JOHN ROE")]
    ['Jane Doe', 'JOHN ROE']
    >>> [name for _, _, name in split_people("城南网 林小禾、城南大学教授李明")]
    ['林小禾', '李明']
    >>> [name for _, _, name in split_people("林小禾 城南市第一医院 呼吸科主任医师、小林 直子")]
    ['林小禾', '小林直子']
    """
    found = list(_everybody(_TITLE.sub(lambda m: "、" * len(m[0]), value)))
    houses = [_HOUSE.fullmatch(name) is not None for _, _, name in found]
    if any(len(name) <= _LONGEST_NAME and name[0] in COMMON for _, _, name in found):
        houses = [house or _BODY.search(name) is not None for house, (_, _, name) in zip(houses, found, strict=True)]
    # An outlet or institution alone is the signatory; beside a name, it is where that person works.
    yield from (one for one, house in zip(found, houses, strict=True) if not house or all(houses))


def _everybody(value: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    for cut in [*_SPLIT.finditer(value), None]:
        stop = len(value) if cut is None else cut.start()
        for start, end in _pieces(value, at, stop):
            yield from _person(value, start, end)
        at = stop if cut is None else cut.end()


def _pieces(value: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Split a Chinese list at its spaces, but keep the halves of a name together; leave other lists whole."""
    tokens = [m.span() for m in _TOKEN.finditer(value, start, stop)]
    if not tokens:
        return
    if not _HAN.search(value, start, stop):
        yield tokens[0][0], tokens[-1][1]
        return
    k = 0
    while k < len(tokens):
        a, b = tokens[k]
        if k + 1 < len(tokens) and _halves(value[a:b], value[slice(*tokens[k + 1])]):
            k += 1
            b = tokens[k][1]
        yield a, b
        k += 1


def _halves(first: str, second: str) -> bool:
    """Whether two words form one name: 林 禾, 小林 直子."""
    if len(first) == 1:
        return len(second) == 1
    return first in _JAPANESE and len(second) <= _LONGEST_GIVEN and second[0] not in COMMON


def _person(value: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield the people in one part of a list: none, one, or several written together."""
    if found := _LABEL.match(value[start:end]):
        start += found.end()
    if (post := _POST.match(value[start:end])) and value[start + post.end()] in COMMON:
        start += post.end()
    while start < end and value[start] in " 　:：.．·-—–_*※●■【（(［[":
        start += 1
    for needless in (_AFTER, _WHERE):
        if tail := needless.search(value[start:end]):
            end = start + tail.start()
    name = "".join(value[start:end].split()) if _HAN.search(value, start, end) else value[start:end]
    if name in _NOBODY or len(name) < 2 or _COLUMN.fullmatch(name) or _BARE_POST.fullmatch(name):
        return
    if _NUMBER.search(name) and (_HAN.search(name) or name.isdecimal()):
        return  # 共找到27, a counter beside the credits
    parts = _together(name) if len(name) == end - start else [name]
    for part in parts:
        yield (start, start + len(part), part) if len(parts) > 1 else (start, end, part)
        start += len(part)


def _together(name: str) -> list[str]:
    """
    Split names that are written together, where a surname begins.

    >>> _together("张小明李华"), _together("欧阳小明"), _together("马小阳李华"), _together("金融时报")
    (['张小明', '李华'], ['欧阳小明'], ['马小阳', '李华'], ['金融时报'])
    """
    if not 4 <= len(name) <= _MOST_TOGETHER or not _HAN.fullmatch(name) or _HOUSE.fullmatch(name) or _BODY.search(name):
        return [name]
    best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(name)  # cheapest split of each prefix
    for end in range(2, len(name) + 1):
        for size in (3, 2, 4):
            before = best[end - size] if size <= end else None
            part = name[max(0, end - size) : end]
            known = part[:2] in DOUBLE if size == 4 else part[0] in SURNAMES
            if before is None or not known:
                continue
            # Prefer few names to many, then common surnames to rare ones.
            cost = before[0] + 10_000 + _RANK.get(part[0], 200 if part[0] in COMMON else 400)
            found = best[end]
            if found is None or cost < found[0]:
                best[end] = (cost, [*before[1], part])
    return best[-1][1] if best[-1] else [name]
