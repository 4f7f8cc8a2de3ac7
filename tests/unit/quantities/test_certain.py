"""What the finder reads, what it leaves alone, and that no text makes it fail or slow."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Language
from shared.quantities.certain import find_quantities
from shared.quantities.dates import find_dates
from shared.quantities.render import render_quantity
from tests.support.growth import check_growth


def read(text: str, language: Language) -> list[str]:
    """The quantities of a text, written in English."""
    return [render_quantity(found.quantity, "en") for found in find_quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for about $4.2 billion in cash", ["about $4.2 billion"]),
        ("rose to $47.30", ["$47.30"]),
        ("a $4.2bn deal and £3m more", ["$4.2 billion", "£3 million"]),
        ("HK$5 million, US$6 million, RMB 7 million", ["HK$5 million", "$6 million", "7 million yuan"]),
        ("1.2 billion yuan and 300 million euros", ["1.2 billion yuan", "€300 million"]),
        ("closed at 418 pence", ["£4.18"]),
        ("down 1.5 percentage points to 4.1%", ["1.5 percentage points", "4.1%"]),
        ("31 percent, 32 per cent", ["31%", "32%"]),
        ("spend between $1.3 billion and $1.6 billion", ["$1.3 billion to $1.6 billion"]),
        ("savings of $3 to $5 million", ["$3 million to $5 million"]),
        ("between 5% and 12%", ["5% to 12%"]),
        ("rose from $405 million to $612 million", ["$405 million", "$612 million"]),
        ("it took 9 to 14 months", ["9 to 14 months"]),
        ("more than 2.3 million patients", ["over 2.3 million patients"]),
        ("2.3 million patient records", ["2.3 million"]),
        ("no more than 40 employees", ["at most 40 employees"]),
        ("a 450-megawatt site and 450MW more", ["450 megawatts", "450 megawatts"]),
        ("worth 12.9 times its profit", ["12.9x"]),
        ("1,234,567 people", ["1,234,567 people"]),
        ("at -40 degrees Celsius", ["-40 degrees Celsius"]),
    ],
)
def test_english(text: str, expected: list[str]) -> None:
    assert read(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("作价约42亿美元", ["about $4.2 billion"]),
        ("增至6.12亿美元，净利润3.5亿元", ["$612 million", "350 million yuan"]),
        ("人民币12亿元，¥5万", ["1.2 billion yuan", "50,000 yuan"]),
        ("3亿5000万元", ["350 million yuan"]),
        ("新台币7596.9亿元，港币5万元", ["NT$759.69 billion", "HK$50,000"]),
        ("三十亿元和两亿美元", ["3 billion yuan", "$200 million"]),
        (
            "3-5亿元，3至5亿元，9000万至1.2亿元",
            ["300 million to 500 million yuan"] * 2 + ["90 million to 120 million yuan"],
        ),
        ("增长逾三成，占一成五", ["over 30%", "15%"]),
        ("百分之三十一，31%，31％，３１％", ["31%"] * 4),
        ("提高8.6个百分点，50个基点", ["8.6 percentage points", "50 basis points"]),
        ("1.2万人，100多名员工，30余家公司", ["12,000 people", "over 100 employees", "over 30 companies"]),
        ("28吉瓦时左右", ["about 28 gigawatt-hours"]),
        ("14.8万亿个词元", ["14.8 trillion tokens"]),
        ("不超过3年，超过3个月，近3周", ["at most 3 years", "over 3 months", "nearly 3 weeks"]),
        ("从4.05亿美元到6.12亿美元", ["$405 million", "$612 million"]),
        ("从5亿至6亿元下调为4亿至5亿元", ["500 million to 600 million yuan", "400 million to 500 million yuan"]),
        ("是对手的2.5倍", ["2.5x"]),
    ],
)
def test_chinese(text: str, expected: list[str]) -> None:
    assert read(text, "zh") == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the LX-7, GPT-4 and version 4.2.1 of 5G", "en"),
        ("the 1990s, 24/7, at 10:30, in 2021 and No. 3", "en"),
        ("Ms. Tennant, 51, a 51-year-old, came 3rd", "en"),
        ("watched it 11 times", "en"),
        ("over 5 years", "en"),
        ("Z$5 million of ¥ 5 and 1,23,456 people", "en"),
        ("1.6 terabits a second", "en"),
        ("a quarter less, one of the most, half", "en"),
        ("2026年10月14日，90年代，第3年，3周年", "zh"),
        ("M3、LX-7、4.2.1版、24/7", "zh"),
        ("数十亿元，几百万人，第3名", "zh"),
        ("增长3倍，打了八折，翻了一番，三分之一", "zh"),
        ("3股东，由3.9升至6.1，3元素，一成不变", "zh"),
        ("速率达每秒1.6太比特", "zh"),
        ("取得了这一成绩，每2年半一次，指数为百分之五十一点六", "zh"),
    ],
)
def test_what_is_not_certain_is_no_quantity(text: str, language: Language) -> None:
    assert read(text, language) == []


def test_a_bare_yuan_is_left_out_where_it_may_be_another_dollar() -> None:
    text = "营收5亿元，人民币6亿元，7亿美元，约8亿至9亿元"
    read_as = [render_quantity(found.quantity, "en") for found in find_quantities(text, "zh", yuan=False)]
    assert read_as == ["600 million yuan", "$700 million"]


def test_the_span_is_the_quantity_with_its_approximation() -> None:
    text = "Analysts expect about $4.2 billion, or 40%."
    assert [text[f.start : f.end] for f in find_quantities(text, "en")] == ["about $4.2 billion", "40%"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("on 14 October 2026 and October 15, 2026", "en", ["2026-10-14", "2026-10-15"]),
        ("in the third quarter of 2026, in 2021, since 2019", "en", ["2026-Q3", "2021", "2019"]),
        ("between March 2024 and May 2026", "en", ["2024-3", "2026-5"]),
        ("2021 seats, $2021, the 1990s, 2025-2026, last October", "en", []),
        ("2026年10月14日，2025年第三季度，2023年", "zh", ["2026-10-14", "2025-Q3", "2023"]),
        ("1990年代，10月14日，今年", "zh", []),
    ],
)
def test_dates(text: str, language: Language, expected: list[str]) -> None:
    dates = [found.date for found in find_dates(text, language)]
    written = ["-".join(str(p) for p in (d.year, d.quarter and f"Q{d.quarter}", d.month, d.day) if p) for d in dates]
    assert written == expected


HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * n,
    "groups": lambda n: "1," * (n // 2),
    "points": lambda n: "1." * (n // 2),
    "thousands": lambda n: ",111" * (n // 4),
    "characters": lambda n: "一" * n,
    "scales": lambda n: "万亿" * (n // 2),
    "amounts": lambda n: "$1 to " * (n // 6),
    "ranges": lambda n: "3-" * (n // 2),
    "spaces": lambda n: " " * n,
    "about": lambda n: "about " * (n // 6),
    "signs": lambda n: "$" * n,
    "emoji": lambda n: "😀" * n,
    "years": lambda n: "in 2026 " * (n // 8),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_time_grows_with_the_text_and_not_faster(name: str, language: Language) -> None:
    def work(size: int) -> None:
        text = HOSTILE[name](size)
        find_quantities(text, language)
        find_dates(text, language)

    check_growth(work, 1_600, 12_800)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("12,.-–%$¥€万亿成元至到多约 近 to about 百分之 million 倍年x三十半")))
def test_no_text_raises_and_spans_are_slices_in_order(text: str) -> None:
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        ends = 0
        for found in find_quantities(text, language):
            assert ends <= found.start < found.end <= len(text)
            ends = found.end
