"""What a mention says, as values that compare: the ends of a range, the parts of a date, each in all its readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from shared.model import Quantity
from shared.quantities.lexicon import base_of, money_codes
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals_en import percentage

_EXACT = Context(prec=80)
BARE = "number"
_SHARE = "percent"
TIMES = "times"
_AS_SHARE = "times in percent"  # tripled: 300%, or 200% more; no two factors agree by it
LARGE = "large number"  # which is often said without its currency where that is clear
WORD = "word"  # a small number word: no part of a date, no identifier
RANK = "rank"
NTH = "nth"  # an ordinal in words: it is no count
_NAMED = "named"  # the number of a name: Xbox 5
CODE = "code"  # the digits of an identifier
# Classes that agree with all others, but for some: a month is a month, or the tenth; an ordinal in words is no count.
_AGREE = (
    (LARGE, frozenset[str]()),
    ("on_month", frozenset((BARE, WORD, NTH, CODE, "on_day", "on_year", "on_hour", "on_minute", "on_second", "year"))),
    (NTH, frozenset((BARE, CODE))),
    (BARE, frozenset[str]()),
    (RANK, frozenset[str]()),
    (WORD, frozenset((CODE,))),
)
_MAY_BE_NAMED = frozenset((BARE, LARGE, RANK, NTH, WORD, CODE))
# What must be said on both sides: a number alone does not stand for it.
_STRICT = frozenset((_SHARE, "percentage_point", "basis_point"))
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST_FIGURE = 18
_ALWAYS = frozenset(("24/7", "7/24", "7x24", "7×24", "7*24"))
_HALF_DAYS = frozenset(("on_morning", "on_evening"))  # an hour of which the text tells the half of the day
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_LARGE = 10_000
_ROUNDINGS = (ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING)


class Value(NamedTuple):
    """One reading of a number: its class, the figure as said, and what it is in the base of its dimension."""

    kind: str  # a class above, a part of a date, or the id of a unit
    figure: Decimal
    dimension: str
    amount: Decimal


class Atom(NamedTuple):
    """One number with all its readings."""

    mention: Mention
    values: tuple[Value, ...]
    core: str | None
    hedged: bool


def roundings(amount: Decimal) -> Iterable[Decimal]:
    """Yield what an amount may be rounded to, within a tenth of it."""
    if not amount:
        return
    most = amount.copy_abs() / 10
    for place in range(amount.adjusted() - 1, _last_place(amount), -1):
        step = Decimal(1).scaleb(place)
        for rounding in _ROUNDINGS:
            rounded = amount.quantize(step, rounding=rounding, context=_EXACT)
            if (rounded - amount).copy_abs() <= most and rounded != amount:
                yield _EXACT.plus(rounded)


def _last_place(amount: Decimal) -> int:
    exponent = amount.normalize(_EXACT).as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def agree(one: str, other: str) -> bool:
    """Say whether the same figure of two classes may be the same number."""
    if one in _HALF_DAYS and other in _HALF_DAYS:
        return one == other
    return _agree(*("on_hour" if each in _HALF_DAYS else each for each in (one, other)))


def _agree(one: str, other: str) -> bool:
    if one == other:
        return one not in (CODE, _AS_SHARE)
    pair = {one, other}
    if _AS_SHARE in pair:
        return _SHARE in pair
    if not pair.isdisjoint(_STRICT):
        return False
    if not pair.isdisjoint(money_codes()):
        return LARGE in pair
    if _NAMED in pair:
        return not pair.isdisjoint(_MAY_BE_NAMED)
    for kind, but in _AGREE:
        if kind in pair:
            return but.isdisjoint(pair) and not (kind == WORD and any(each.startswith("on_") for each in pair))
    if pair == {"decade", "year"}:  # in their 20s, 20多岁
        return True
    # 3日 is a day of the month, or three days.
    return one.removeprefix("on_") == other.removeprefix("on_")


def atoms_of(mentions: Sequence[Mention]) -> list[Atom]:
    return [atom for mention in mentions for atom in _taken_apart(mention)]


def _taken_apart(mention: Mention) -> Iterable[Atom]:
    if mention.identifier is not None:
        yield _identifier(mention)
    elif mention.date is not None:
        for values in _parts(mention.date):
            yield Atom(mention, (*values, *_others(mention.also)), None, False)
    else:
        hedged = mention.quantity.approximate is not None
        values = _values(mention.quantity, mention.quantity.value, word=mention.in_words and mention.optional)
        yield Atom(mention, (*values, *_others(mention.also)), None, hedged)
        if (upper := mention.quantity.upper) is not None:
            yield Atom(mention, (*_values(mention.quantity, upper), *_others(mention.also_upper)), None, hedged)


def _others(also: Sequence[Quantity]) -> tuple[Value, ...]:
    return tuple(value for quantity in also for value in _values(quantity, quantity.value))


def _values(quantity: Quantity, figure: Decimal, *, word: bool = False) -> tuple[Value, ...]:
    if quantity.currency is not None:
        return (Value(quantity.currency, figure, quantity.currency, figure),)
    if quantity.kind == "multiple":
        return (
            Value(TIMES, figure, TIMES, figure),
            Value(_AS_SHARE, 100 * figure, f"{figure}", figure),
            Value(_AS_SHARE, 100 * figure - 100, f"{figure}", figure),
        )
    if quantity.kind == "identifier":
        return (Value(_NAMED, figure, _NAMED, figure),)
    if quantity.unit is None or quantity.kind in ("count", "rank", "score"):
        if quantity.kind == "rank":
            return (Value(NTH if word else RANK, figure, RANK, figure),)
        kind = WORD if word and quantity.kind == "count" else LARGE if figure >= _LEAST_LARGE else BARE
        return (Value(kind, figure, BARE, figure),)
    base, factor = base_of(quantity.unit)
    return (Value(quantity.unit, figure, base, _EXACT.multiply(figure, factor)),)


def _identifier(mention: Mention) -> Atom:
    """Take an identifier by its core, and by its digits: J-20 is 歼-20."""
    core = mention.identifier or ""
    runs = _DIGITS.findall(core)
    values: tuple[Value, ...] = ()
    if len(runs) == 1 and len(runs[0]) <= _LONGEST_FIGURE:
        number = Decimal(runs[0])
        values = (Value(CODE, number, core, number),)
    elif len(runs) == 2 and "/" in core and Decimal(runs[1]):
        share = percentage(Decimal(runs[0]), Decimal(runs[1]))
        values = (
            Value(_SHARE, share, _SHARE, share),
            *(Value(core, Decimal(run), core, Decimal(run)) for run in runs),
        )
    if core in _ALWAYS:
        values = _values(Quantity(kind="duration", value=Decimal(24), unit="hour"), Decimal(24))
    return Atom(mention, values, core, False)


def spellings(core: str) -> tuple[str, ...]:
    """Return how a core is kept: J-35A also as what 歼-35A, whose letters are in the other script, would look for."""
    end = core.lstrip(_LETTERS)
    return (core,) if end == core else (core, f"…{end}")


def looked_up(core: str) -> tuple[str, ...]:
    end = core.lstrip(_LETTERS)
    return (core, f"…{core}") if end == core else (core, end)


def _parts(date: Moment) -> Iterable[tuple[Value, ...]]:
    if date.year is not None:
        yield _year(date)
    for name, value in (
        ("century", date.century),
        ("quarter", date.quarter),
        ("half", date.half),
        ("on_month", date.month),
        ("on_day", date.day),
        ("on_minute", date.minute or None),
        ("on_second", date.second or None),
    ):
        if value is not None:
            yield (_dated(name, value),)
    if date.hour is not None:
        hours = {date.hour, date.hour - 12 if date.hour > 12 else date.hour or 12}
        half = "on_morning" if date.morning else "on_evening" if date.hour > 12 else "on_hour"
        yield tuple(_dated(half, hour) for hour in sorted(hours))


def _year(date: Moment) -> tuple[Value, ...]:
    kind = "decade" if date.decade else "on_year"
    values = [_dated(kind, year) for year in _years(date)]
    if date.decade and date.year and date.year % 100 == 0:  # the 1700s are the 18th century
        values.append(_dated("century", date.year // 100 + 1))
    return tuple(values)


def _years(date: Moment) -> Iterable[int]:
    year = date.year or 0
    if year >= 100:
        return (year,)
    return (year, 1800 + year, 1900 + year, 2000 + year) if date.decade else (year, 1900 + year, 2000 + year)


def _dated(kind: str, value: int) -> Value:
    return Value(kind, Decimal(value), kind, Decimal(value))
