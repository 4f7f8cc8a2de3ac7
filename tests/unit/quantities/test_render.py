"""Facts in both languages, as readers see them."""

from decimal import Decimal

import pytest

from shared.model import Change, Derived, Fact, PartialDate, Party, Quantity
from shared.quantities.render import render_date, render_fact, render_quantity, render_stance


def amount(value: str, currency: str = "USD") -> Quantity:
    return Quantity(kind="amount", value=Decimal(value), currency=currency)


REVENUE = amount("612000000")
BEFORE = amount("405000000")
TWICE = Quantity(kind="multiple", value=Decimal(2))


def share(value: str) -> Quantity:
    return Quantity(kind="share", value=Decimal(value), unit="percent")


@pytest.mark.parametrize(
    ("quantity", "en", "zh"),
    [
        (amount("4200000000"), "$4.2 billion", "42亿美元"),
        (amount("1234567"), "$1,234,567", "123.4567万美元"),
        (amount("123456789"), "$123,456,789", "123,456,789美元"),
        (amount("47.3"), "$47.30", "47.30美元"),
        (amount("864000000", "CNY"), "864 million yuan", "8.64亿元"),
        (amount("1050000", "BRL"), "1.05 million Brazilian reals", "105万巴西雷亚尔"),
        (amount("5", "XQQ"), "5 XQQ", "5XQQ"),
        (share("12.50"), "12.5%", "12.5%"),
        (Quantity(kind="count", value=Decimal(1), unit="person"), "1 person", "1人"),
        (Quantity(kind="rank", value=Decimal(3)), "No. 3", "第3名"),
        (Quantity(kind="score", value=Decimal("72.4"), unit="unheard_of"), "72.4 unheard of", "72.4 unheard of"),
        (
            Quantity(kind="amount", value=Decimal(3), upper=Decimal(500_000_000), currency="CNY"),
            "3 to 500,000,000 yuan",
            "3至500,000,000元",
        ),
    ],
)
def test_quantities(quantity: Quantity, en: str, zh: str) -> None:
    assert (render_quantity(quantity, "en"), render_quantity(quantity, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("fact", "en", "zh"),
    [
        (
            Fact(
                measure="revenue",
                quantity=amount("612000000"),
                change=Change(direction="up", start=amount("405000000")),
            ),
            "revenue $612 million, up from $405 million",
            "营收6.12亿美元，高于此前的4.05亿美元",
        ),
        (
            Fact(measure="revenue", change=Change(direction="up", by=share("2.3"), end=amount("1870000000", "GBP"))),
            "revenue up 2.3% to £1.87 billion",
            "营收上升2.3%至18.7亿英镑",
        ),
        (
            Fact(measure="gross_margin", change=Change(direction="down", start=share("21"), end=share("18.7"))),
            "gross margin down from 21% to 18.7%",
            "毛利率由21%下降至18.7%",
        ),
        (
            Fact(parties=(Party(entity="google", name="谷歌"),), measure="cash", quantity=amount("5")),
            "Google: cash $5",
            "谷歌：现金5美元",
        ),
        (
            Fact(
                derived=Derived(
                    op="ratio", inputs=(amount("4"), amount("2")), result=Quantity(kind="multiple", value=Decimal(2))
                )
            ),
            "2x (computed)",
            "2倍（计算得出）",
        ),
    ],
)
def test_facts(fact: Fact, en: str, zh: str) -> None:
    assert render_fact(fact, "en", {"google": "Google"}) == en
    assert render_fact(fact, "zh") == zh


def test_a_table_with_a_name_column_leaves_the_parties_out() -> None:
    fact = Fact(parties=(Party(entity="x", name="Lumetra"),), measure="cash", quantity=amount("5"))
    assert render_fact(fact, "en", parties=False) == "cash $5"


def test_a_unit_measure_or_currency_of_a_newer_engine_is_shown_by_its_id() -> None:
    fact = Fact(measure="brand-new", quantity=Quantity(kind="count", value=Decimal(2), unit="widget"))
    assert render_fact(fact, "en") == "brand-new 2 widget"


def test_dates_are_as_precise_as_they_are() -> None:
    dates = [
        PartialDate(year=2026),
        PartialDate(year=2026, quarter=3, fiscal=True),
        PartialDate(year=2026, month=5, day=4),
    ]
    assert [render_date(d, "en") for d in dates] == ["2026", "the third quarter of fiscal 2026", "4 May 2026"]
    assert [render_date(d, "zh") for d in dates] == ["2026年", "2026财年第三季度", "2026年5月4日"]


def test_a_stance_names_its_source_where_it_is_known() -> None:
    assert render_stance("denied", "Brightwell", "en") == "denied by Brightwell"
    assert render_stance("reported", "知情人士", "zh") == "据知情人士"
    assert render_stance("planned", None, "zh") == "计划"
