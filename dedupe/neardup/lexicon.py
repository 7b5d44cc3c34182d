"""
The words of `dedupe.neardup.contraries`: opposites and measures.

Add a word where its meaning stands. Chinese may be written in either script; inflected languages need each form.
"""

from __future__ import annotations

from typing import Final

OPPOSITES: Final = """
升 涨 增|降 跌 减 落
开|停 关 闭
买 買|卖 売
进 入|出
胜 赢 战胜 击败|负 败 输 负于 不敌 憾负 输给|平
上|下
男|女
左|右
主|客
原|被
有|无
内|外
多|少
大|小
高|低
快|慢
真|假
正|负
东|南|西|北
甲|乙|丙|丁|戊|己
金|银|铜
春|夏|秋|冬
晴|阴|雨|雪
昼|夜
밤|낮
优|良
Ⅰ|Ⅱ|Ⅲ|Ⅳ|Ⅴ
同意 批准 赞成 支持 通过 可决|反对 否决 拒绝 驳回|弃权
坦承 承认 供认|否认
上升 上涨 上昇 增加 增长 回升 走高|下降 下跌 下落 减少 下滑 回落 走低
提高 上调 扩大|降低 下调 缩小
开放 开启 打开|关闭 停止
合法|非法 违法
盈利|亏损
提前|推迟 延期
免费|收费
成功|失败
有利|不利
允许|禁止
未来|过去
充足|不足
可以|不得
赛前|赛后
増や|減ら
増加|減少
賛成|反対
买い|売り
찬성|반대
상승 증가|하락 감소
가결|부결
무료|유료
승리|패배
충분|부족
up upward higher rose rises rise risen gained climbed increased increase increases|\
down downward lower fell falls fall fallen dropped declined decreased decrease decreases
yes|no
am|pm
accepted accepts accept approved approves approve backed supported passed|rejected rejects reject opposed opposes oppose
guilty|innocent
open opened opens reopened|closed closes close shut
won wins win beat beats|lost lose loses
before|after
above|below
more|fewer less
bought buys buy buying|sold sells sell selling
imports imported import|exports exported export
home|away
positive|negative|stable|neutral
for|against
with|without
convicted|acquitted cleared
granted|refused denied
admitted|denied
allowed allow allows|banned bans ban
upgraded upgrade|downgraded downgrade
north|south|east|west
northern|southern|eastern|western
northbound|southbound|eastbound|westbound
northward|southward|eastward|westward
left|right
men|women
man|woman
boys|girls
boy|girl
male|female
son|daughter
husband|wife
brother|sister
father|mother
maximum|minimum
profit profits|loss losses
alive|dead
I|II|III|IV|V|VI|VII|VIII
A|B|C|D|E|F|G|H
für|gegen
gestiegen stieg steigt|gesunken gefallen sank fiel sinkt fällt
angenommen zugestimmt|abgelehnt
geöffnet offen|geschlossen
gewonnen gewann gewinnt|verloren verlor verliert
ja|nein
links|rechts
nördlich|südlich|östlich|westlich
subió aumentó creció subieron aumentaron|bajó disminuyó cayó bajaron disminuyeron
aprobó aceptó|rechazó
abierto abierta abiertos abiertas|cerrado cerrada cerrados cerradas
obligatorio obligatoria|voluntario voluntaria
ganó|perdió
sí|no
antes|después
norte|sur
hausse|baisse
augmenté progressé|diminué baissé reculé
approuvé accepté adopté|rejeté refusé
ouvert ouverte|fermé fermée
gagné|perdu
pour|contre
oui|non
aumentato salito|diminuito sceso
approvato|respinto
aperto aperta|chiuso chiusa
subiu aumentou|caiu diminuiu
aprovou|rejeitou
aberto aberta|fechado fechada
открыт открыта открыто открыты|закрыт закрыта закрыто закрыты
вырос выросла выросло выросли повысился повысились|упал упала упали снизился снизилась снизились
поддержал поддержали одобрил одобрили|отверг отвергли отклонил отклонили
за|против
до|после
выиграл выиграли|проиграл проиграли
да|нет
ارتفع ارتفعت|انخفض انخفضت تراجع تراجعت
وافق وافقت|رفض رفضت
فتح|إغلاق
فاز فازت|خسر خسرت
قبل|بعد
شمال|جنوب|شرق|غرب
समर्थन|विरोध
वृद्धि|कमी
पूर्वी|पश्चिमी|उत्तरी|दक्षिणी
स्वीकृत|अस्वीकृत
เพิ่มขึ้น เพิ่ม|ลดลง ลด
อนุมัติ|ปฏิเสธ
tăng|giảm
trước|sau
"""
"""Opposites, one set a line; words of one side are divided by blanks and mean the same."""

MEASURES: Final = """
thousand thousands tsd mil mille тысяч тыс ألف हजार nghìn|\
million millions mln mn m millionen mio millones millón milioni milhões миллион миллиона миллионов млн مليون triệu|\
billion billions bn b milliarden mrd milliards miliardi bilhões миллиард миллиарда миллиардов млрд مليار tỷ|\
trillion trillions tn billionen триллион триллионов
करोड़|लाख|हज़ार
百|千|万|亿
만|억|조
dollar dollars usd dólares dólar долларов доллара доллар دولار डॉलर 달러 ドル 美元 美金|\
euro euros eur евро يورو यूरो 유로 ユーロ 欧元|\
pound pounds gbp pfund libras фунтов جنيه ポンド 英镑|\
yen jpy иен ين 엔 円 日元|yuan rmb юаней يوان 위안 元|\
franken franc francs chf franc|crown crowns kronen kronor|рублей рубля рубль руб|دينار|درهم|ريال|\
रुपये|บาท|ดอลลาร์|đồng|원|ウォン 韩元
美|欧|日|英|韩|港
mile miles|kilometre kilometres kilometer kilometers km kms|metre metres meter meters|foot feet ft|yard yards|\
centimetre centimetres centimeter centimeters cm|millimetre millimetres mm
公里 千米|米|英里|厘米|毫米
kilogram kilograms kilo kilos kg|pound pounds lb lbs|tonne tonnes ton tons t|ounce ounces oz|gram grams g
公斤 千克|吨|克|斤
second seconds|minute minutes min|hour hours|day days|week weeks|month months|year years
Sekunden|Minuten|Stunden Stunde|Tage Tagen Tag|Wochen Woche|Monate Monaten Monat|Jahre Jahren Jahr
секунд|минут|часов часа|дней дня|недель недели|месяцев месяца|лет года
秒|分|时|天 日|周|月|年
celsius|fahrenheit
gmt utc|cet|est|pst|bst
"""
"""Measures, one dimension a line."""
