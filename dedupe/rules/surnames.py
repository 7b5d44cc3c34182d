"""
Chinese family names, and the characters of given names: in Chinese neither blanks nor capitals mark a name.

If a surname also begins many words (成, 古, 都), the given name must look like one, too: 古建国 is a person,
古建筑 and 都下雨 are not.
"""

from __future__ import annotations

from typing import Final

COMMON: Final = frozenset(
    "洪常米连惠粟花帅卿强王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳"
    "翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸賈韋鄒閆龍賀顧龔萬錢嚴湯齊喬龐顏莊聶魯歐關蘭紀單畢塗駱藍華饒傅赖賴萧阎閻"
)
"""Surnames that are frequent in credits."""

SURNAMES: Final = COMMON | frozenset(
    "穆农司卓古吉缪简车项芦麦褚娄窦戚岑景党宫费卜冷晏席卫柏宗瞿桂佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠荆冀郁胥班储原栗"
    "燕楚鄢劳谌奚皮冼蔺楼盘满闻厉伊仝郜阚屠豆朴练廉禹井祖漆巴丰支狄宣晋云容扈晁芮都普阙浦戈伏鹿薄邸雍辜羊邰赫杭逯隆茹亢嵇湛戎勾茅冶束檀阴昝智幸富闭昌颉郅斐佴贠鐘"
    "閻簡車項蘆麥婁竇衛榮鞏談雲區滿賴連溫費閔繆鄔鄺應強寧樂凃闕聞鮑危逄隗甯鄂郗竺亓仉丘钦揭寿壽矫矯暨訾咸蓟薊宓蔚荀贡貢宿乜仰裘尧苍郏郄隽淳"
)
"""All surnames that the rules know: the packs' fragment ``surname`` holds the same ones."""

_DOUBLE_WORDS: Final = (
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 公孙 令狐 慕容 司徒 夏侯 端木 南宫 呼延 宇文 长孙"
)
DOUBLE: Final = frozenset(_DOUBLE_WORDS.split())
"""Surnames of two characters."""

_WORDS: Final = frozenset("成何于时高方任向安万常包单季关路连惠强解管尚毛华左白金石花温")
"""Common surnames that are also words or begin words: 关于, 成立, 何时, 高水平."""

_SURE: Final = COMMON - _WORDS
_LONGEST: Final = 4

_GIVEN: Final = frozenset(
    "世东丹丽义乐乔书乾云亨亮仁仲伟传伯佳俊信俭倩健元兆先光兰兴兵其军冠冬冰凌凡凤凯刚利剑功劲勇勉勋勤千卉华卓博卫原友发叔史吉君吟启周和哲商善喆喜嘉国坚坡坤城"
    "培基堂塘增墨壁士壮夏大天夫奇奎奕如妃妍妙妤妧妮妹姐姑姗姝姣姬姿威娅娇娉娜娟娣娥娴婉婕婧婵婷媚媛嫚嫣嫦子孝孟季学宁宇守宏宗宜宝宣宪家容宾寅富寒导寿小尚山屹"
    "岚岩岭岱岳峥峰峻崇崎嵘嵩巍川州巧帅帆希平年幸庆庚庭康廉延廷建弘强彝彤彦彪彬征德徽心忆志忠念怀思怡恒恩悟悦惟惠愉愿慈慧戈戎成才扬承拓振捷掌攀支政效敏敬文斌"
    "新旗旭旺昂昆昊昌明星春昭昱昶显晏晓晖晟晨普景晴晶智暄曙曦曼月朋朔朗望木朴杏材村杰松林果枫柏柔柱柳标树校根格桂桃桐桢桥桦梁梅梓梦棋棠棣森椿楚楠楷榕横樱欢欣"
    "正步武殿毅毓民永汐汝江沁沅沐沙沛沧河泉泓波泰泽洁洋洪洲济浚浩浪海涌涛润涵淇淑深淳清渊渝湘源溪滔滢漫潇潜澄澜瀚灵灿炎炜炯炳烁烨焕焱然煊煌煜照熙熠燃燊燕爱牧"
    "献玉玖玟玥玮环玲珀珂珈珊珍珏珠琛琦琨琪琮琳琴琼瑕瑗瑛瑜瑞瑶瑾璇璋璐璞璟瓒甜生田男畅疆盈盛真睿矗石砚碧磊磐磷礼祎祖祝祥祯禄福禾秀秉秋科积程稳穗立竞端竹笑策"
    "筠筱简箫篁籁米粒素紫红纪纬纯纲织绍经绢绣继绪绮维缘缨罡羲羽翁翎翔翠翰翼耀耘职聪肃育胆胜胤舒航良艳艺芙芝芬芮芳芷芸苇苏苒苗若英茂范茜茵茹荃荔荣荫荷荻莉莎莘"
    "莲莹莺菀菁菊菡菱菲萌萍萧萱葵蓉蓓蓝蔚蔷蕊蕙蕴蕾薇薰藏藩藻虎虔虚虹蛟蝶衍衡裕裳褚观言誉训诏诗诚询语诺谊谐谦谨谷豪贝贞财贤贵贺赋赞赫超越跃路轩轶载辉辛辰达迅"
    "迎远迪逊通逢逸遥遵邦郁郡采野金鉴鑫钢钦钧钰铁铃铎铠铭铮银锁锋锐锟锡锦键镇镜长闯闻阔阳陆陶隆隽雁雄雅雍雨雪雯霁霄霆霖霞露青靖静鞠韬音韵顶项顺颂颖风飒飞香馥"
    "馨驰驹骁骄骅骏骥高魁鲁鲜鸣鸽鸿鹃鹏鹤麒麟黎默齐龄龙"
)
"""Characters of given names with one or two characters."""


def is_name(text: str) -> bool:
    """
    Whether a few Han characters look like a person's whole name.

    >>> [text for text in ("卓建国", "古建国", "古建筑", "都下雨", "应当", "成本", "司马文", "李四") if is_name(text)]
    ['卓建国', '古建国', '司马文', '李四']
    """
    if not (2 <= len(text) <= _LONGEST and all("\u3400" <= c <= "\u9fff" for c in text)):
        return False
    if text[0] in _SURE:
        return True
    given = text[2:] if text[:2] in DOUBLE else text[1:] if text[0] in SURNAMES else ""
    return 1 <= len(given) <= 2 and _GIVEN.issuperset(given)
