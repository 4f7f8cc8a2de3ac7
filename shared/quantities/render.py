"""Facts, quantities, dates and stances in both languages: one function for both, so they can't disagree.

Pure and exact: rendering never changes a value. What `shared.quantities.certain` can read, it reads back from here
unchanged, in both languages (property-tested).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import UnknownCurrencyError, get_currency_name

from shared.model import Change, Derived, Direction, Fact, Language, PartialDate, Quantity, Stance
from shared.vocabulary import currency, measure_name, stance_name, stance_with_source, unit

_WAN = Decimal(10**4)
_YI = Decimal(10**8)
_SCALES: Mapping[Language, tuple[tuple[Decimal, str], ...]] = {
    "en": ((Decimal(10**12), " trillion"), (Decimal(10**9), " billion"), (Decimal(10**6), " million")),
    "zh": ((_WAN * _YI, "万亿"), (_YI, "亿"), (_WAN, "万")),
}
# Digits before and after the point of a scaled figure. Beyond them the plain digits are easier to read.
_LARGEST: Mapping[Language, int] = {"en": 1000, "zh": 10000}
_DECIMALS: Mapping[Language, int] = {"en": 3, "zh": 4}
_APPROXIMATE: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "about": "about ",
        "nearly": "nearly ",
        "over": "over ",
        "at_least": "at least ",
        "under": "under ",
        "at_most": "at most ",
    },
    "zh": {
        "about": "约",
        "nearly": "近",
        "over": "超过",
        "at_least": "至少",
        "under": "不到",
        "at_most": "最多",
    },
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ORDINALS = ("first", "second", "third", "fourth")
_DIRECTIONS: Mapping[Language, Mapping[Direction, str]] = {
    "en": {"up": "up", "down": "down", "unchanged": "unchanged"},
    "zh": {"up": "上升", "down": "下降", "unchanged": "持平"},
}
_AGAINST: Mapping[Direction, str] = {"up": "高于此前的", "down": "低于此前的", "unchanged": "等于此前的"}


def render_figure(value: Decimal, language: Language) -> str:
    """Write a number exactly: `4.2 billion`, `42亿`, or with all digits where a scale would need too many."""
    return _figure(value, language, scaled=True)


def render_quantity(quantity: Quantity, language: Language) -> str:
    """Write a quantity with its approximation, range, unit or currency: `about $4.2 billion`, `约42亿美元`."""
    body = _amount(quantity, language) if quantity.currency is not None else _measured(quantity, language)
    if quantity.approximate is None:
        return body
    return _APPROXIMATE[language][quantity.approximate] + body


def render_date(date: PartialDate, language: Language) -> str:
    """Write a date as precise as it is: `14 October 2026`, `2026年10月14日`, `the third quarter of fiscal 2026`."""
    if language == "zh":
        return _date_zh(date)
    year = f"fiscal {date.year}" if date.fiscal else str(date.year)
    if date.quarter is not None:
        return f"the {_ORDINALS[date.quarter - 1]} quarter of {year}"
    if date.month is None:
        return year
    day = "" if date.day is None else f"{date.day} "
    return f"{day}{_MONTHS[date.month - 1]} {year}"


def render_fact(fact: Fact, language: Language, names: Mapping[str, str] | None = None, *, parties: bool = True) -> str:
    """Write a fact as one short phrase: `Lumetra: revenue $612 million, up from $405 million`.

    Args:
        names: the full name in `language` by entity id; a party that is not in it keeps the article's own name.
        parties: False leaves the names out, for a table that has them in a column of their own.
    """
    measure = "" if fact.measure is None else measure_name(fact.measure).get(language) or fact.measure
    parts = [] if fact.quantity is None else [render_quantity(fact.quantity, language)]
    if fact.change is not None:
        parts.append(_change(fact.change, language))
    if fact.derived is not None:
        parts.append(_derived(fact.derived, language))
    if fact.date is not None:
        parts.append(render_date(fact.date, language))
    comma, colon = (", ", ": ") if language == "en" else ("，", "：")
    body = comma.join(parts)
    phrase = f"{measure} {body}" if language == "en" and measure else f"{measure}{body}"
    if not (parties and fact.parties):
        return phrase
    known = names or {}
    named = [known.get(party.entity, party.name) for party in fact.parties]
    return (", " if language == "en" else "、").join(named) + colon + phrase


def render_stance(stance: Stance, by: str | None, language: Language) -> str:
    """Write how sure a claim is and whose it is: `denied by the company`, `据知情人士`.

    `by` is the source in `language`; None while it is not known there, and the stance then stands alone.
    """
    if by is None:
        return stance_name(stance).get(language) or stance
    return stance_with_source(stance, by, language)


def _figure(value: Decimal, language: Language, *, scaled: bool) -> str:
    if scaled:
        for scale, word in _SCALES[language]:
            mantissa = _shifted(value, scale)
            if _fits(mantissa, language, last=scale == _SCALES[language][0][0]):
                return _plain(mantissa, language) + word
    return _plain(value, language)


def _fits(mantissa: Decimal, language: Language, *, last: bool) -> bool:
    exponent = mantissa.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    size = mantissa.copy_abs()
    return size >= 1 and (last or size < _LARGEST[language]) and decimals <= _DECIMALS[language]


def _shifted(value: Decimal, scale: Decimal) -> Decimal:
    # Scaling by the exponent is exact at any length; a division would round to the context's 28 digits.
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return value
    kept = list(digits)
    exponent -= scale.adjusted()
    while len(kept) > 1 and kept[-1] == 0 and exponent < 0:
        kept.pop()
        exponent += 1
    return Decimal((sign, tuple(kept), exponent))


def _plain(value: Decimal, language: Language) -> str:
    grouped = language == "en" or value.copy_abs() >= _LARGEST["zh"]
    text = f"{value:,f}" if grouped else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ends(quantity: Quantity, language: Language) -> tuple[str, str | None]:
    if quantity.upper is None:
        return _cents(quantity, render_figure(quantity.value, language)), None
    first, second = (_cents(quantity, render_figure(end, language)) for end in (quantity.value, quantity.upper))
    words = tuple(word for _, word in _SCALES[language])
    if first.endswith(words) != second.endswith(words):
        # "3至5亿" would be read as 3亿至5亿, so both ends get all their digits.
        first, second = (_figure(end, language, scaled=False) for end in (quantity.value, quantity.upper))
    return first, second


def _cents(quantity: Quantity, figure: str) -> str:
    """Write $47.3 as $47.30."""
    return f"{figure}0" if quantity.kind == "amount" and figure[-2:-1] == "." else figure


def _amount(quantity: Quantity, language: Language) -> str:
    code = quantity.currency or ""
    known = currency(code)
    first, second = _ends(quantity, language)
    if language == "zh":
        name = known.zh if known else _babel_name(code, "zh")
        return f"{first}{name}" if second is None else f"{first}至{second}{name}"
    if known is not None and known.prefix is not None:
        signed = [_signed(known.prefix, figure) for figure in (first, second) if figure is not None]
        return " to ".join(signed)
    name = known.en if known else _babel_name(code, "en")
    return f"{first} {name}" if second is None else f"{first} to {second} {name}"


def _signed(prefix: str, figure: str) -> str:
    return f"-{prefix}{figure[1:]}" if figure.startswith("-") else f"{prefix}{figure}"


def _babel_name(code: str, language: Language) -> str:
    try:
        return get_currency_name(code, count=2 if language == "en" else None, locale=language)
    except UnknownCurrencyError:
        return code


def _measured(quantity: Quantity, language: Language) -> str:
    first, second = _ends(quantity, language)
    before, after = _around(quantity, language)
    joint = " to " if language == "en" else "至"
    if quantity.kind == "score" and quantity.unit is None:
        joint = "-" if language == "en" else "比"
    repeated = after if quantity.kind == "share" else ""
    figures = first if second is None else f"{first}{repeated}{joint}{second}"
    return f"{before}{figures}{after}"


def _around(quantity: Quantity, language: Language) -> tuple[str, str]:
    """Return what stands before and after the figures of a quantity that is not money."""
    if quantity.kind == "multiple":
        return "", "x" if language == "en" else "倍"
    if quantity.kind == "rank":
        return ("No. ", "") if language == "en" else ("第", "名")
    known = None if quantity.unit is None else unit(quantity.unit)
    if known is None:
        return "", "" if quantity.unit is None else f" {quantity.unit.replace('_', ' ')}"
    if language == "zh":
        return "", known.zh
    one = quantity.value == 1 and quantity.upper is None
    name = known.singular if one else known.plural
    return "", name if known.singular == "%" else f" {name}"


def _date_zh(date: PartialDate) -> str:
    year = f"{date.year}财年" if date.fiscal else f"{date.year}年"
    if date.quarter is not None:
        return f"{year}第{'一二三四'[date.quarter - 1]}季度"
    month = "" if date.month is None else f"{date.month}月"
    day = "" if date.day is None else f"{date.day}日"
    return f"{year}{month}{day}"


def _change(change: Change, language: Language) -> str:
    word = _DIRECTIONS[language][change.direction]
    by, start, end = (
        None if q is None else render_quantity(q, language) for q in (change.by, change.start, change.end)
    )
    if language == "zh" and start and not by and not end:
        return f"{_AGAINST[change.direction]}{start}"
    if language == "zh":
        return f"{f'由{start}' if start else ''}{word}{by or ''}{f'至{end}' if end else ''}"
    return " ".join(part for part in (word, by, start and f"from {start}", end and f"to {end}") if part)


def _derived(derived: Derived, language: Language) -> str:
    result = render_quantity(derived.result, language)
    return f"{result} (computed)" if language == "en" else f"{result}（计算得出）"
