"""What counts as the same number in two languages and what does not, in sentences."""

import pytest

from shared.model import Language
from shared.quantities import differences, find_mentions, supports


def kinds(source: str, target: str) -> list[tuple[str, str | None, str | None]]:
    """The differences of a pair of texts, each in its own language."""
    found = differences(find_mentions(source, _language(source)), find_mentions(target, _language(target)))
    return [(d.kind, d.source.text if d.source else None, d.target.text if d.target else None) for d in found]


def _language(text: str) -> Language:
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("The index fell 1.2%, then another 1.2%.", "该指数两度下跌1.2%。"),  # said twice, said once
        ("The deal is worth $1,234 million.", "该交易价值约12亿美元。"),  # rounded, and it says so
        ("Her 178,432 votes were enough.", "她获得了超过17.8万张选票。"),
        ("He was born on the 11th.", "他生于11月11日。"),  # the month is added to a day that both say
        ("They met on Tuesday.", "他们于周二会面。"),
        ("GPT-4-class models cost $3.", "GPT-4级别的模型售价3美元。"),
        ("Three of the five died.", "五人中有三人死亡。"),
        ("The ¥500 note", "500日元纸币"),
        ("The ¥500 note", "500元纸币"),
        ("At 3, he left.", "3点，他离开了。"),
        ("It grew threefold.", "增长了3倍。"),
        ("It grew threefold.", "增长了两倍。"),
        ("An ounce costs $5.", "每盎司5美元。"),
        ("The team won its seventh game in a row.", "该队取得七连胜。"),
        ("They meet at 10 a.m.", "他们10点会面。"),
        ("The shop shuts at midnight.", "商店凌晨0点关门。"),
        ("Ada, Bo, Cy and Dee did best.", "艾达、博、赛和迪这四人表现最好。"),
        ("Sales fell 5%.", "销售额同比-5%。"),  # a word says what the sign says
        ("The F-16 and 2018-19", "F-16和2018-19"),  # a hyphen is no sign
        ("between 3% -5%", "3% -5%"),
        ("United lost 3-2 to City.", "联队2比3不敌城队。"),  # the loser first, the larger number first
        ("United were beaten 3-2.", "联队2比3落败。"),
        ("never more than 300", "不到300"),
        ("up to 300", "高达300"),
    ],
)
def test_the_same_number_is_no_difference(source: str, target: str) -> None:
    assert kinds(source, target) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("The deal is worth $1,234 million.", "该交易价值12亿美元。"),  # rounded without saying so
        ("It is worth about $1.2 billion.", "价值约12.34亿美元。"),  # more exact than the source
        ("It will open in 2025.", "将于2026年开业。"),  # within half a percent
        ("about 2025 people", "约2026人"),
        ("Sales fell 3 percentage points.", "销售额下降3%。"),
        ("Sales fell 3%.", "销售额下降3个百分点。"),
        ("Sales fell 3%.", "销售额下降3个。"),
        ("It paid $3 million.", "支付了300万欧元。"),
        ("It paid $3 million.", "支付了300万元。"),
        ("It paid $3 million.", "支付了3亿美元。"),
        ("A gain of 3.5%.", "上涨5.3%。"),
        ("GPT-4 is out.", "GPT-5发布。"),
        ("The F-16 crashed.", "J-16坠毁。"),
        ("Windows 10 ends on Oct. 14.", "Windows将于10月14日停止支持。"),
        ("in the second quarter", "三季度"),
        ("on Oct. 14", "11月14日"),
        ("on Oct. 14", "10月15日"),
        ("a 10-mile walk", "16公里的步行"),
        ("in the 1990s", "80年代"),
        ("at 3 p.m.", "下午4点"),
        ("They won 3-1.", "他们以3比2获胜。"),
        ("Three people died.", "四人死亡。"),
        ("Three people died.", "有人死亡。"),
        ("Two people died.", "五人死亡。"),
        ("millions of pounds", "数百万欧元"),
        ("a 7-nanometre chip", "7微米芯片"),
        ("Two-thirds of voters", "四分之三的选民"),
        ("7 wins and 5 losses, in fifth place", "7胜多负，排名第五"),
        ("Profit quadrupled.", "利润翻番。"),
        ("Profit tripled.", "利润翻倍。"),
        ("half of voters", "三分之一的选民"),
        ("a third of the staff", "四分之一的员工"),
        ("20% off", "打七折"),
        ("30%", "四成"),
        ("300-500 million yuan", "3-5万元"),
        ("300-500 million yuan", "3亿-5万元"),
        ("the second time", "第三次"),
        ("his third term", "第二个任期"),
        ("the '90s", "80年代"),
        ("Type-055", "054型"),
        ("9:30", "9:40"),
        ("1:59:40", "1小时58分40秒"),
        ("Article 5", "第六条"),
        ("GPT-4o", "GPT-4"),
        ("version 2.1.3", "2.1.4版本"),
        ("Q1", "二季度"),
        ("Sept 11", "9月12日"),
        ("$5", "5欧元"),
        ("5 kg", "5磅"),
        ("5 GW", "5兆瓦"),
        ("two days", "三天"),
        ("one of 12", "13个中的一个"),
        ("1.4 billion", "14万"),
        ("a dozen", "二十"),
        ("twelve", "13"),
        ("2024-25", "2024-26赛季"),
        ("aged 45", "54岁"),
        ("iPhone 15", "iPhone 16"),
        ("A320", "A330"),
        ("600519", "600591"),
        ("F-16", "F-18"),
        ("3 p.m.", "3点半"),
        ("a decade", "二十年"),
        ("€3,500", "3500英镑"),
        ("They won 4-1 and stay three points behind the leaders.", "他们以4比3获胜，与榜首相差三分。"),
        ("Profit tripled.", "利润翻番。"),
        ("It opens at 10 a.m.", "晚上10点开门。"),
        ("It opens at 3:30 p.m.", "凌晨3点半开门。"),
        ("the G8", "七国集团"),
        ("these six states", "这五个州"),
        ("1 million and a half", "100万"),
        ("The margin was -5%.", "利润率为5%。"),
        ("The margin was 5%.", "利润率为负5%。"),
        ("Growth was −3%.", "增长3%。"),
        ("a profit of -$5 million", "利润500万美元"),
        ("It was minus 20 degrees Celsius.", "气温降至20摄氏度。"),
        ("It was 20 degrees Celsius.", "气温为零下20摄氏度。"),
        ("United beat City 3-2.", "联队以2比3击败城队。"),
        ("They won 2-1.", "他们1比2获胜。"),
        ("more than 300 jobs", "不到300个岗位"),
        ("at least 3 people died", "至多3人死亡"),
        ("no more than 40 staff", "至少40名员工"),
        ("less than $5 million", "超过500万美元"),
        ("The Xbox 5 sold in under five years.", "Xbox上市不到五年售出。"),
    ],
)
def test_another_number_unit_or_currency_is_a_difference(source: str, target: str) -> None:
    assert kinds(source, target) != []


def test_a_difference_says_what_it_compared() -> None:
    assert kinds("It cut 1,200 jobs, or 8%.", "该公司裁员1300人，即8%。") == [("changed", "1,200 jobs", "1300人")]
    assert kinds("It cut 1,200 jobs, or 8%.", "该公司裁员8%。") == [("missing", "1,200 jobs", None)]
    assert kinds("It cut 8%.", "该公司裁员1200人，即8%。") == [("added", None, "1200人")]


def test_a_claim_is_supported_by_value() -> None:
    evidence = find_mentions("作价约42亿美元，占三成，较2024年多50家门店", "zh")
    for claim, expected in {
        "$4.2 billion": True,
        "30%": True,
        "in 2024": True,
        "$4.3 billion": False,
        "20%": False,
    }.items():
        assert all(supports(evidence, mention) for mention in find_mentions(claim, "en")) is expected, claim
