"""Facts come from plain statements only: a qualifier, a hedge or a forecast in the clause gives none."""

import pytest

from services.analyze.offline.facts import statements_in
from services.analyze.offline.names import Cast, Named
from services.analyze.offline.reading import read
from shared.model import Language
from shared.quantities.render import render_fact, render_quantity
from tests.support.samples import posted

NAMES = (Named("Lumetra", "organisation"), Named("北溟", "organisation"))


def facts(text: str, language: Language) -> list[str]:
    reading = read(posted("Title", text, language).article)
    cast = Cast(reading.article.text, NAMES)
    found = [each for sentence in reading.sentences for each in statements_in(sentence, cast, language)]
    return [f"{render_fact(each.fact, 'en')} [{render_quantity(each.metric, 'en')}]" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Lumetra's revenue rose to $612 million from $405 million a year earlier.",
            ["revenue $612 million, up from $405 million [$612 million]"],
        ),
        (
            "Its net loss narrowed to $28 million from $74 million.",
            ["net loss $28 million, down from $74 million [$28 million]"],
        ),
        (
            "Lumetra's operating margin fell to 4.1%, down 1.5 percentage points, it said.",
            ["operating margin 4.1%, down 1.5 percentage points [4.1%]"],
        ),
        ("Lumetra's shares closed 1.2% higher at 418 pence.", ["share price £4.18, up 1.2% [£4.18]"]),
        ("Shares in Lumetra rose 0.8% to $241.30 in New York.", ["share price $241.30, up 0.8% [$241.30]"]),
        ("Lumetra's shares fell 9.7%, which took value off.", ["share price down 9.7% [9.7%]"]),
        ("Lumetra employs about 1,900 people and makes lasers.", ["employees about 1,900 people [about 1,900 people]"]),
        ("Lumetra, by contrast, holds $6.8 billion in cash and has no debt.", ["cash $6.8 billion [$6.8 billion]"]),
        (
            "Revenue was $5 million, up 3% from $4.9 million.",
            ["revenue $5 million, up 3% from $4.9 million [$5 million]"],
        ),
    ],
)
def test_english(text: str, expected: list[str]) -> None:
    assert facts(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "北溟营业收入为86.4亿元，上年同期为65.8亿元，增长31.3%；净利润3.5亿元，下降12.5%。",
            [
                "revenue 8.64 billion yuan, up 31.3% from 6.58 billion yuan [8.64 billion yuan]",
                "net profit 350 million yuan, down 12.5% [350 million yuan]",
            ],
        ),
        ("毛利率则从21.0%降至18.7%。", ["gross margin 18.7%, down from 21% [18.7%]"]),
        ("净亏损由7400万美元收窄至2800万美元。", ["net loss $28 million, down from $74 million [$28 million]"]),
        ("北溟股价下跌4.2%，报23.85元。", ["share price 23.85 yuan, down 4.2% [23.85 yuan]"]),
        ("公司现有员工1.2万人，其中研发人员约1800人。", ["employees 12,000 people [12,000 people]"]),
        ("北溟账上有68亿美元现金，没有负债。", ["cash $6.8 billion [$6.8 billion]"]),
        (
            "北溟营业收入为5亿元，去年同期为5亿元。",
            ["revenue 500 million yuan, unchanged from 500 million yuan [500 million yuan]"],
        ),
    ],
)
def test_chinese(text: str, expected: list[str]) -> None:
    assert facts(text, "zh") == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lumetra's overseas revenue rose 5%.", "en"),
        ("Revenue per megawatt fell 22%.", "en"),
        ("Lumetra's revenue may rise 5%.", "en"),
        ("Lumetra's revenue did not rise 5%.", "en"),
        ("If revenue rose 5%, costs fell.", "en"),
        ("Lumetra's revenue rose 5% in Asia.", "en"),
        ("She cut net debt to £310 million from £525 million.", "en"),
        ("Lumetra employs 12% more.", "en"),
        ("海外营收增长31.3%。", "zh"),
        ("净利润预期从5亿元下调至4亿元。", "zh"),
        ("北溟的毛利率可能跌破17%。", "zh"),
        ("营收没有增长5%。", "zh"),
        ("该厂总投资约4.6亿欧元。", "zh"),
        ("投前估值约150亿元。", "zh"),
    ],
)
def test_a_qualified_statement_is_no_fact(text: str, language: Language) -> None:
    assert facts(text, language) == []
