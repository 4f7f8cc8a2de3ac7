"""What the renderer writes, the finder reads back: the same value, unit, range and approximation, in both languages."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.model import Language, PartialDate, Quantity
from shared.quantities.certain import find_quantities
from shared.quantities.dates import find_dates
from shared.quantities.render import render_date, render_quantity
from shared.vocabulary import all_currencies, all_units

LANGUAGES: tuple[Language, ...] = ("en", "zh")
figures = st.one_of(
    st.decimals(min_value=Decimal("0.01"), max_value=9999, places=2),
    st.integers(min_value=1, max_value=10**17).map(Decimal),
    st.tuples(st.integers(min_value=1, max_value=9999), st.integers(min_value=2, max_value=13)).map(
        lambda pair: Decimal(pair[0]) * 10 ** pair[1]
    ),
)
approximations = st.sampled_from([None, "about", "nearly", "over", "at_least", "under", "at_most"])
currencies = st.sampled_from([currency.code for currency in all_currencies()])
units = st.sampled_from(all_units())


def assert_read_back(quantity: Quantity, language: Language) -> None:
    text = render_quantity(quantity, language)
    found = find_quantities(text, language)
    assert [(f.quantity, f.start, f.end) for f in found] == [(quantity, 0, len(text))]


@settings(deadline=None)
@given(figures, st.none() | figures, currencies, approximations)
@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts(
    language: Language, value: Decimal, upper: Decimal | None, currency: str, approximate: str | None
) -> None:
    assume(upper is None or upper > value)
    quantity = Quantity.model_validate(
        {"kind": "amount", "value": value, "upper": upper, "currency": currency, "approximate": approximate}
    )
    assert_read_back(quantity, language)


@settings(deadline=None)
@given(figures, st.none() | figures, units, approximations)
@pytest.mark.parametrize("language", LANGUAGES)
def test_measured_quantities(
    language: Language, value: Decimal, upper: Decimal | None, unit: object, approximate: str | None
) -> None:
    assume(upper is None or upper > value)
    known = next(u for u in all_units() if u == unit)
    # "over 5 years" may be a period, and 2026年 is a date: neither is read as a quantity.
    assume(not (known.kind == "duration" and approximate == "over"))
    assume(not (known.id == "year" and (upper or value) >= 1000))
    quantity = Quantity.model_validate(
        {"kind": known.kind, "value": value, "upper": upper, "unit": known.id, "approximate": approximate}
    )
    assert_read_back(quantity, language)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("0.1"), max_value=999, places=1), approximations)
@pytest.mark.parametrize("language", LANGUAGES)
def test_multiples(language: Language, value: Decimal, approximate: str | None) -> None:
    quantity = Quantity.model_validate({"kind": "multiple", "value": value, "approximate": approximate})
    assert_read_back(quantity, language)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=999), st.integers(min_value=6, max_value=14))
@pytest.mark.parametrize("language", LANGUAGES)
def test_large_counts_without_a_unit(language: Language, value: int, power: int) -> None:
    assert_read_back(Quantity(kind="count", value=Decimal(value) * 10**power), language)


@settings(deadline=None)
@given(
    st.integers(min_value=1900, max_value=2099),  # other bare figures are no years
    st.none() | st.integers(min_value=1, max_value=4),
    st.none() | st.integers(min_value=1, max_value=12),
    st.none() | st.integers(min_value=1, max_value=31),
    st.booleans(),
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_dates(
    language: Language, year: int, quarter: int | None, month: int | None, day: int | None, fiscal: bool
) -> None:
    if quarter is not None:
        month = day = None
    if month is None:
        day = None
    else:
        fiscal = False
    date = PartialDate(year=year, quarter=quarter, month=month, day=day, fiscal=fiscal)
    text = ("in " if language == "en" else "") + render_date(date, language)
    assert [found.date for found in find_dates(text, language)] == [date]
