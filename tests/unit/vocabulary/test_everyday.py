"""A name is not read out of everyday words: where two words meet (优惠 and 普遍), or in a word that a name also is."""

import pytest

from shared.model import Language
from shared.names import build_sheet, find_names, shipped_terms
from shared.vocabulary import all_terms

ACROSS_WORDS = [
    ("输油管道破裂，原油泄漏。", "youtube"),
    ("全国科技工作者超过一亿，其中女性万科技人员占四成。", "vanke"),
    ("央行本月再一加息。", "oneplus"),
    ("代表团昨日到达美国。", "delta-air-lines"),
    ("这条货运通道今年开通。", "american-express"),
    ("并联电路比串联电路更常用。", "umc"),
    ("智能电视和互联电视销量上升。", "umc"),
    ("银行理财新规本月生效。", "caixin"),
    ("消费者知道指数上涨。", "dow-jones-industrial-average"),
    ("他采纳指导意见。", "nasdaq-composite"),
    ("这条线路透明公开。", "reuters"),
    ("中央视察组抵达当地。", "cctv"),
    ("学校依法兴办。", "societe-generale"),
    ("优惠普遍受到欢迎。", "hp"),
    ("他们宣传音乐会。", "transsion"),
    ("该车达到最佳能效。", "canon"),
    ("居民娱乐购物更方便。", "tesco"),
    ("多家欧美航空公司停飞。", "american-airlines"),
    ("公安联合执法。", "allianz"),
    ("政策推广达到目标。", "quanta-computer"),
    ("沿海光伏项目开工。", "hygon"),
    ("这是经过深海思路的讨论。", "hisilicon"),
    ("三星期后再谈。", "samsung"),
    ("祝大家平安永远。", "ey"),
    ("交易捷报频传。", "easyjet"),
    ("东西数量不多。", "western-digital"),
    ("夜空客机飞过。", "airbus"),
    ("拨打高通话费的号码。", "qualcomm"),
    ("他摆脱了贫困，走上致富之道富了一方。", "state-street"),
    ("报告说，世界报告显示增长放缓。", "le-monde"),
    ("记者用图片报道了灾情。", "bild"),
    ("该厂日产汽车1000辆。", "nissan"),
    ("中国电信号覆盖率提高。", "china-telecom"),
    ("法国电信市场竞争激烈。", "orange"),
    ("德国电信业投资增加。", "deutsche-telekom"),
    ("英国电信监管机构罚款。", "bt"),
    ("英国石油价格上涨。", "bp"),
    ("英国航空展开幕。", "british-airways"),
    ("美国航空局发布警告。", "american-airlines"),
    ("国泰海通证券发布研报。", "cathay-pacific"),
    ("勇气是智慧与力量的结合。", "hpe"),
    ("他甚至强调了这一点。", "xeon"),
    ("该省词汇丰富多样。", "hsbc"),
    ("公司确保诚信经营。", "prudential"),
    ("新华纳入统计。", "warner-bros"),
    ("卫星链路中断。", "starlink"),
    ("电动自动视频会议系统。", "activision-blizzard"),
    ("扫雷军舰出港。", "lei-jun"),
]
EVERYDAY = [
    ("剧团展出了京剧脸谱。", "zh", "facebook"),
    ("墙上有一面照片墙。", "zh", "instagram"),
    ("罗宾汉的故事家喻户晓。", "zh", "robinhood"),
    ("台湾的阿美族举行丰年祭。", "zh", "saudi-aramco"),
    ("该国设立公共投资基金。", "zh", "public-investment-fund"),
    ("这本书讲商业内幕。", "zh", "business-insider"),
    ("云南发现殷商遗物，其中有甲骨文。", "zh", "oracle"),
    ("面向大众的汽车越来越便宜。", "zh", "volkswagen"),
    ("小鹏把汽车停在门口。", "zh", "xpeng"),
    ("The startup closed a 3M round in yuan.", "en", "3m"),
    ("Adept at languages, she travelled widely.", "en", "adept"),
    ("Arm the rebels, the senator said.", "en", "arm"),
    ("ARM borrowers face higher rates.", "en", "arm"),
    ("GM crops are banned there.", "en", "general-motors"),
    ("The boat has a 300 HP engine.", "en", "hp"),
    ("She earned a JD from Yale.", "en", "jd"),
    ("Moonshot programmes are risky.", "en", "moonshot-ai"),
    ("Cadence of releases has slowed.", "en", "cadence"),
    ("Fires spread in the Amazon this summer.", "en", "amazon"),
    ("Intel shows that the troops moved.", "en", "intel"),
    ("Apple growers expect a good year.", "en", "apple"),
    ("Counterpoint to this view came soon.", "en", "counterpoint-research"),
    ("Quanta of light hit the screen.", "en", "quanta-computer"),
    ("RT @someone: this is fine", "en", "rt"),
    ("It is a Fortune 500 company.", "en", "fortune"),
    ("Mount Aso erupted on Sunday.", "en", "taro-aso"),
    ("Musk deer live in the mountains.", "en", "elon-musk"),
]
STILL_NAMES = [
    ("华为和高通达成和解。", "zh", "qualcomm"),
    ("三星电机和三星起诉。", "zh", "samsung"),
    ("达美航空宣布，达美将增加航班。", "zh", "delta-air-lines"),
    ("路透报道，谈判破裂。", "zh", "reuters"),
    ("一加发布了新手机。", "zh", "oneplus"),
    ("GM and other automakers raised prices.", "en", "general-motors"),
    ("Arm sued Qualcomm over the chip licence.", "en", "arm"),
    ("JD.com said JD would hire.", "en", "jd"),
    ("纳指收涨1%，道指下跌。", "zh", "nasdaq-composite"),
    ("纳指收涨1%，道指下跌。", "zh", "dow-jones-industrial-average"),
    ("Google DeepMind published a paper.", "en", "google"),
    ("Google DeepMind published a paper.", "en", "deepmind"),
]


def found(text: str, language: Language) -> set[str]:
    terms = shipped_terms()
    return {mention.entity for mention in find_names(text, language, build_sheet(text, language, terms))}


@pytest.mark.parametrize(("text", "entity"), ACROSS_WORDS)
def test_a_name_is_not_read_where_two_words_meet(text: str, entity: str) -> None:
    assert entity not in found(text, "zh")


@pytest.mark.parametrize(("text", "language", "entity"), EVERYDAY)
def test_an_everyday_word_is_no_name(text: str, language: Language, entity: str) -> None:
    assert entity not in found(text, language)


@pytest.mark.parametrize(("text", "language", "entity"), STILL_NAMES)
def test_what_stays_a_name_is_found(text: str, language: Language, entity: str) -> None:
    assert entity in found(text, language)


def test_the_tables_name_entries_that_exist() -> None:
    ids = {term.id for term in all_terms()}
    assert {entity for _, entity in ACROSS_WORDS} | {entity for _, _, entity in EVERYDAY} <= ids
