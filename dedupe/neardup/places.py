"""
Names of places and institutions in Chinese, where no capital letters mark them.

Counties, streets and companies are recognised by the word at their end (青禾县, 纺织路, 宏达建材有限公司); names
without one (北京, 韩国) are listed.
"""

from __future__ import annotations

from typing import Final

from dedupe.patterns import pattern

_PROVINCES: Final = (
    "北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 "
    "海南 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾"
)
_CITIES: Final = (
    "石家庄 唐山 秦皇岛 邯郸 保定 张家口 承德 沧州 廊坊 太原 大同 临汾 呼和浩特 包头 鄂尔多斯 沈阳 大连 鞍山 锦州 "
    "长春 哈尔滨 齐齐哈尔 大庆 牡丹江 南京 无锡 徐州 常州 苏州 南通 连云港 盐城 扬州 镇江 杭州 宁波 温州 嘉兴 "
    "湖州 绍兴 金华 义乌 台州 合肥 芜湖 蚌埠 安庆 福州 厦门 泉州 漳州 南昌 九江 赣州 济南 青岛 淄博 烟台 潍坊 "
    "济宁 威海 临沂 郑州 开封 洛阳 南阳 武汉 宜昌 襄阳 荆州 长沙 株洲 湘潭 衡阳 岳阳 常德 广州 深圳 珠海 汕头 "
    "佛山 湛江 惠州 东莞 中山 南宁 柳州 桂林 海口 三亚 成都 绵阳 宜宾 泸州 贵阳 遵义 昆明 大理 丽江 拉萨 西安 "
    "宝鸡 咸阳 延安 榆林 兰州 天水 西宁 银川 乌鲁木齐 喀什 台北 新北 基隆 桃园 新竹 苗栗 台中 彰化 南投 云林 嘉义 "
    "台南 高雄 屏东 宜兰 花莲 台东 澎湖 金门"
)
_COUNTRIES: Final = (
    "中国 美国 日本 韩国 朝鲜 蒙古国 越南 老挝 柬埔寨 缅甸 泰国 马来西亚 新加坡 印尼 菲律宾 文莱 印度 "
    "巴基斯坦 孟加拉国 尼泊尔 斯里兰卡 阿富汗 哈萨克斯坦 乌兹别克斯坦 吉尔吉斯斯坦 塔吉克斯坦 土库曼斯坦 伊朗 "
    "伊拉克 叙利亚 黎巴嫩 约旦 以色列 巴勒斯坦 沙特 也门 卡塔尔 科威特 阿联酋 土耳其 埃及 利比亚 苏丹 埃塞俄比亚 "
    "肯尼亚 坦桑尼亚 南非 尼日利亚 加纳 摩洛哥 阿尔及利亚 突尼斯 俄罗斯 乌克兰 白俄罗斯 波兰 捷克 斯洛伐克 匈牙利 "
    "罗马尼亚 保加利亚 塞尔维亚 克罗地亚 希腊 意大利 西班牙 葡萄牙 法国 德国 英国 爱尔兰 荷兰 比利时 瑞士 奥地利 "
    "瑞典 挪威 丹麦 芬兰 冰岛 加拿大 墨西哥 古巴 巴西 阿根廷 智利 秘鲁 哥伦比亚 委内瑞拉 澳大利亚 新西兰"
)
_ABROAD: Final = (
    "华盛顿 纽约 洛杉矶 旧金山 芝加哥 休斯敦 伦敦 巴黎 柏林 法兰克福 慕尼黑 罗马 米兰 马德里 里斯本 布鲁塞尔 "
    "日内瓦 维也纳 布拉格 华沙 布达佩斯 莫斯科 圣彼得堡 基辅 伊斯坦布尔 安卡拉 德黑兰 开罗 东京 大阪 首尔 釜山 "
    "平壤 曼谷 河内 雅加达 马尼拉 吉隆坡 新德里 孟买 伊斯兰堡 迪拜 悉尼 墨尔本 堪培拉 惠灵顿 内罗毕 约翰内斯堡 "
    "多伦多 渥太华 温哥华 里约热内卢 圣保罗 布宜诺斯艾利斯 墨西哥城"
)
PLACES: Final = frozenset(f"{_PROVINCES} {_CITIES} {_COUNTRIES} {_ABROAD}".split())
_FIRST: Final = "".join(sorted({name[0] for name in PLACES}))
KNOWN_PLACE: Final = f"(?=[{_FIRST}])(?:{'|'.join(sorted(PLACES, key=lambda name: (-len(name), name)))})"
"""A pattern for a listed place, longer names first; the look-ahead rejects most positions by one character."""

_SMALL: Final = pattern(r"(?P<name>[\u3400-\u9fff]+?)(?P<kind>自治[县州]|[省市县区州镇乡村旗])")
_KINDS_OF_WORDS: Final = frozenset("区村")
"""景区, 社区 and 农村 are not names: before these a name needs two characters."""

_KIND: Final = (
    "[路街巷湾桥港岛湖寺庙站队]|大道|机场|公园|花园|校园|小区|广场|大厦|水库"
    "|[\u3400-\u9fff]{0,6}?(?:公司|集团|银行|医院|学校|学院|[大中小]学|工厂|酒店|商场|分局|法院|检察院|派出所"
    "|[制纸药种矿酒][纸药业]|证券|商事|水产)"
)
"""Words at the end of a name: of a street or a station; of an institution, with its line of business in between."""

_NAME: Final = pattern("[\u3400-\u9fff]{2,4}")
_KINDS: Final = pattern(_KIND)
_NAMED: Final = pattern(f"{_NAME.pattern}?(?:{_KIND})")

_KIND_BEFORE: Final = pattern(r"(?:^|\s)(?:محافظة|مدينة|قرية|بلدة|شارع|منطقة|ولاية)$|(?:จังหวัด|อำเภอ)$")
_KIND_BEHIND: Final = pattern(r"시(?!간|장|민|대|기|작|절|설|점|스)|군(?!인|대)|구(?!청장|조|입|매)|जिले|जिला|शहर|गांव")
"""What kind of place a word names, in scripts without capitals: before it, or behind it."""

_POINTING: Final = frozenset("本全我该各每某这那此")
_NO_NAMES: Final = _POINTING | frozenset("几多两外城都乡县市省镇村原新老同邻小大一二三四五六七八九十")
"""Characters that do not form a name on their own: 全县, 外省, 城乡."""


def is_place(said: str, after: str) -> bool:
    """
    Whether Chinese words, together with what follows them, name a place.

    >>> is_place("青禾", "县气象台"), is_place("北京", "的雨"), is_place("本", "县气象台"), is_place("农", "村里")
    (True, True, False, False)
    >>> is_place("宏达", "建材有限公司"), is_place("这家", "建材有限公司"), is_place("纺织", "路口")
    (True, False, True)
    """
    if said in PLACES or _is_named(said, after):
        return True
    small = _SMALL.fullmatch(said) or _SMALL.match(said + after[:3])
    if small is None or small.end() < len(said) or len(small["name"]) > 4:
        return False
    name = small["name"]
    if len(name) == 1:
        return small["kind"] not in _KINDS_OF_WORDS and name not in _NO_NAMES
    return name[0] not in _POINTING


def _is_named(said: str, after: str) -> bool:
    """Whether a street or an institution is named, with or without the word that says which kind it is."""
    if said[0] in _POINTING:
        return False
    return bool(_NAMED.fullmatch(said) or (_NAME.fullmatch(said) and _KINDS.match(after)))


def is_place_by_kind(before: str, after: str) -> bool:
    """
    Whether the word between is called a city, a county or a village, in a script without capitals.

    >>> is_place_by_kind("في مدينة", "أمس"), is_place_by_kind("", "시의회는"), is_place_by_kind("في بيان", "أمس")
    (True, True, False)
    """
    return bool(_KIND_BEFORE.search(before) or _KIND_BEHIND.match(after))
