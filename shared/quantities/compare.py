"""Compares the numbers of two texts by value: what one says and the other does not, or says otherwise.

A mention is taken apart into values: the ends of a range or score, the parts of a date. A value has a counterpart where
the other side has the same value of the same class (money, shares, points, factors, units of one dimension). A number
without a unit agrees with any unit but money, shares and points. How often a number is said makes no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Literal, NamedTuple

from shared.model import Quantity
from shared.quantities.lexicon import base_of, money_codes
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals_en import percentage

_EXACT = Context(prec=80)
_BARE, _SHARE, _TIMES = "number", "percent", "times"
_LARGE = "large number"  # which is often said without its currency where that is clear
_WORD = "word"  # a small number word: no part of a date, no identifier
_RANK = "rank"
_NTH = "nth"  # an ordinal in words: it is no count
_NOT_NTH = frozenset((_BARE, "code"))
_CODE = "code"  # the digits of an identifier
# What must be said on both sides: a number alone does not stand for it.
_CURRENCIES = money_codes()
_STRICT = frozenset((_SHARE, "percentage_point", "basis_point", *_CURRENCIES))
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST_FIGURE = 18
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_LARGE = 10_000
_LEAST_COUNT_ADDED = 4  # translators count up to three: "these three requirements"
_LEAST_COUNT = 3  # two may become both, a pair, 双方
_ROUNDINGS = (ROUND_HALF_UP, ROUND_FLOOR, ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that only one side says, or that the two say otherwise."""

    kind: Literal["missing", "added", "changed"]
    source: Mention | None
    target: Mention | None


class _Value(NamedTuple):
    """One reading of a number: its class, the figure as said, and what it is in the base of its dimension."""

    kind: str  # a class above, a part of a date, or the id of a unit
    figure: Decimal
    dimension: str
    amount: Decimal


class _Atom(NamedTuple):
    """One number with all its readings."""

    mention: Mention
    values: tuple[_Value, ...]
    core: str | None
    hedged: bool


def differences(source: Sequence[Mention], target: Sequence[Mention]) -> tuple[Difference, ...]:
    """Return where the numbers of a target differ from its source's. Empty: the two say the same."""
    if not source and not target:
        return ()
    sources, targets = _atoms(source), _atoms(target)
    left = _without_counterpart(sources, _Index(targets, rounded=True))
    right = _without_counterpart(targets, _Index(sources))
    if not left and not right:
        return ()
    return tuple(_paired(_but_months(left, target), _but_months(right, source)))


def supports(evidence: Sequence[Mention], claimed: Mention) -> bool:
    """Say whether a number that a claim states is among those of its evidence, by value and unit."""
    return not _without_counterpart(_atoms([claimed]), _Index(_atoms(evidence)))


def _without_counterpart(atoms: Sequence[_Atom], index: _Index) -> list[_Atom]:
    return [atom for atom in atoms if not index.has(atom)]


def _but_months(atoms: Sequence[_Atom], others: Sequence[Mention]) -> list[_Atom]:
    """Leave out the month of a day that the other side says without one: 11日, "September 11"."""
    if not any(_is_month(atom) for atom in atoms):
        return list(atoms)
    alone = {Decimal(each.date.day) for each in others if each.date and each.date.day and not each.date.month}
    alone |= {each.quantity.value for each in others if each.quantity.kind == "rank"}
    return [atom for atom in atoms if not (_is_month(atom) and _day(atom.mention) in alone)]


def _is_month(atom: _Atom) -> bool:
    return bool(atom.values) and atom.values[0].kind == "on_month"


def _day(mention: Mention) -> Decimal | None:
    return None if mention.date is None or mention.date.day is None else Decimal(mention.date.day)


class _Index:
    """The values of one side, by figure and by amount. `rounded`: it is the side that may round the other's values."""

    def __init__(self, atoms: Sequence[_Atom], *, rounded: bool = False) -> None:
        self._atoms = atoms
        self._rounds = rounded
        self._kinds: dict[Decimal, set[str]] = {}
        self._amounts: set[tuple[str, Decimal]] = set()
        self._hedged: set[tuple[str, Decimal]] = set()
        self._rounded: set[tuple[str, Decimal]] | None = None
        self._cores: set[str] = set()
        for atom in atoms:
            if atom.core is not None:
                self._cores.update(_spellings(atom.core))
            for value in atom.values:
                self._kinds.setdefault(value.figure, set()).add(value.kind)
                self._amounts.add((value.dimension, value.amount))
                if atom.hedged:
                    self._hedged.add((value.kind, value.figure))

    def has(self, atom: _Atom) -> bool:
        """Say whether this side has a value that says the same as one of the atom's."""
        if atom.core is not None and not self._cores.isdisjoint(_looked_up(atom.core)):
            return True
        return any(self._has(value) for value in atom.values) or self._has_rounded(atom)

    def _has(self, value: _Value) -> bool:
        if (value.dimension, value.amount) in self._amounts:
            return True
        kinds = self._kinds.get(value.figure)
        return kinds is not None and any(_agree(value.kind, kind) for kind in kinds)

    def _has_rounded(self, atom: _Atom) -> bool:
        """Say whether the target's value, hedged, is the source's, exact and rounded. The other way it is invented."""
        if self._rounds:
            return (
                bool(self._hedged)
                and not atom.hedged
                and any(
                    (value.kind, rounded) in self._hedged
                    for value in atom.values
                    for rounded in _roundings(value.figure)
                )
            )
        if not atom.hedged:
            return False
        if self._rounded is None:
            values = (value for other in self._atoms if not other.hedged for value in other.values)
            self._rounded = {(value.kind, rounded) for value in values for rounded in _roundings(value.figure)}
        return any((value.kind, value.figure) in self._rounded for value in atom.values)


def _roundings(amount: Decimal) -> Iterable[Decimal]:
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


def _agree(one: str, other: str) -> bool:
    """Say whether the same figure of two classes may be the same number."""
    if one == other:
        return one != _CODE
    if _LARGE in (one, other):
        return other in _CURRENCIES or one in _CURRENCIES or not {one, other} & _STRICT
    if "on_month" in (one, other):
        return "month" in (one, other) or _RANK in (one, other)
    if _NTH in (one, other):
        return not {one, other} & _NOT_NTH and not {one, other} & _STRICT
    if one == _BARE or other == _BARE:
        return one not in _STRICT and other not in _STRICT
    if _RANK in (one, other):
        return not {one, other} & _STRICT
    if one == _WORD or other == _WORD:
        return not any(kind in _STRICT or kind == _CODE or kind.startswith("on_") for kind in (one, other))
    if {one, other} == {"decade", "year"}:  # in their 20s, 20多岁
        return True
    if one.startswith("on_") or other.startswith("on_"):  # 3日 is a day of the month, or three days
        return one.removeprefix("on_") == other.removeprefix("on_")
    return False


def _atoms(mentions: Sequence[Mention]) -> list[_Atom]:
    return [atom for mention in mentions for atom in _taken_apart(mention)]


def _taken_apart(mention: Mention) -> Iterable[_Atom]:
    if mention.identifier is not None:
        yield _identifier(mention)
    elif mention.date is not None:
        for values in _parts(mention.date):
            yield _Atom(mention, (*values, *_others(mention.also)), None, False)
    else:
        hedged = mention.quantity.approximate is not None
        values = _values(mention.quantity, mention.quantity.value, word=mention.in_words and mention.optional)
        yield _Atom(mention, (*values, *_others(mention.also)), None, hedged)
        if (upper := mention.quantity.upper) is not None:
            yield _Atom(mention, (*_values(mention.quantity, upper), *_others(mention.also_upper)), None, hedged)


def _others(also: Sequence[Quantity]) -> tuple[_Value, ...]:
    return tuple(value for quantity in also for value in _values(quantity, quantity.value))


def _values(quantity: Quantity, figure: Decimal, *, word: bool = False) -> tuple[_Value, ...]:
    if quantity.currency is not None:
        return (_Value(quantity.currency, figure, quantity.currency, figure),)
    if quantity.kind == "multiple":
        return (
            _Value(_TIMES, figure, _TIMES, figure),
            _Value(_SHARE, 100 * figure, _SHARE, 100 * figure),
            _Value(_SHARE, 100 * figure - 100, _SHARE, 100 * figure - 100),
        )
    if quantity.unit is None or quantity.kind in ("count", "rank", "score"):
        if quantity.kind == "rank":
            return (_Value(_NTH if word else _RANK, figure, _RANK, figure),)
        kind = _WORD if word and quantity.kind == "count" else _LARGE if figure >= _LEAST_LARGE else _BARE
        return (_Value(kind, figure, _BARE, figure),)
    base, factor = base_of(quantity.unit)
    return (_Value(quantity.unit, figure, base, _EXACT.multiply(figure, factor)),)


def _identifier(mention: Mention) -> _Atom:
    """Take an identifier by its core, and by its digits: J-20 is 歼-20."""
    core = mention.identifier or ""
    runs = _DIGITS.findall(core)
    values: tuple[_Value, ...] = ()
    if len(runs) == 1 and len(runs[0]) <= _LONGEST_FIGURE:
        number = Decimal(runs[0])
        values = (_Value(_CODE, number, core, number),)
    elif len(runs) == 2 and "/" in core and Decimal(runs[1]):
        share = percentage(Decimal(runs[0]), Decimal(runs[1]))
        values = (
            _Value(_SHARE, share, _SHARE, share),
            *(_Value(core, Decimal(run), core, Decimal(run)) for run in runs),
        )
    return _Atom(mention, values, core, False)


def _spellings(core: str) -> tuple[str, ...]:
    """Return how a core is kept: J-35A also as what 歼-35A, whose letters are in the other script, would look for."""
    end = core.lstrip(_LETTERS)
    return (core,) if end == core else (core, f"…{end}")


def _looked_up(core: str) -> tuple[str, ...]:
    end = core.lstrip(_LETTERS)
    return (core, f"…{core}") if end == core else (core, end)


def _parts(date: Moment) -> Iterable[tuple[_Value, ...]]:
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
        hours = {date.hour, date.hour - 12 if date.hour > 12 else date.hour}
        yield tuple(_dated("on_hour", hour) for hour in sorted(hours))


def _year(date: Moment) -> tuple[_Value, ...]:
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


def _dated(kind: str, value: int) -> _Value:
    return _Value(kind, Decimal(value), kind, Decimal(value))


def _paired(left: Sequence[_Atom], right: Sequence[_Atom]) -> Iterable[Difference]:
    """Yield the differences: what is left on both sides is the same number said otherwise, class by class."""
    missing = [atom for atom in left if not atom.mention.optional or _is_count(atom)]
    added = [atom for atom in right if not atom.mention.optional or _is_count(atom, added=True)]
    if not missing and not added:
        yield from _changed_words(left, right)
        return
    spare = [atom for atom in right if atom.mention.optional and atom.mention.counted]
    for source, target in _pairs(missing, added, spare):
        kind: Literal["missing", "added", "changed"] = "changed"
        if source is None or target is None:
            kind = "added" if source is None else "missing"
        yield Difference(kind, None if source is None else source.mention, None if target is None else target.mention)


def _pairs(
    missing: Sequence[_Atom], added: Sequence[_Atom], spare: Sequence[_Atom]
) -> Iterable[tuple[_Atom | None, _Atom | None]]:
    by_kind: dict[str, list[_Atom]] = {}
    for atom in reversed(added):
        by_kind.setdefault(_kind(atom), []).append(atom)
    alone: list[_Atom] = []
    for atom in missing:
        same = by_kind.get(_kind(atom))
        if same:
            yield atom, same.pop()
        else:
            alone.append(atom)
    rest = [atom for atoms in by_kind.values() for atom in reversed(atoms)]
    rest.sort(key=lambda atom: atom.mention.start)
    count = max(len(alone), len(rest))
    more = [*rest, *spare[: max(0, len(alone) - len(rest))]]
    for position in range(count):
        yield (alone[position] if position < len(alone) else None, more[position] if position < len(more) else None)


def _kind(atom: _Atom) -> str:
    kind = atom.values[0].kind if atom.values else _CODE
    if kind in _CURRENCIES:
        return "money"
    return _BARE if kind in (_LARGE, _WORD, _TIMES, _NTH, _RANK) else kind


def _changed_words(left: Sequence[_Atom], right: Sequence[_Atom]) -> Iterable[Difference]:
    """Yield a counted number word that became another one: three people, 四人, where nothing else explains it."""
    targets = [atom for atom in right if atom.mention.counted]
    sources = [atom for atom in left if (targets and atom.mention.quantity.value > 1) or atom.mention.counted]
    if sources and len(targets) == 1 and _kind(sources[0]) == _kind(targets[0]):
        yield Difference("changed", sources[0].mention, targets[0].mention)


def _is_count(atom: _Atom, *, added: bool = False) -> bool:
    """Say whether a number word counts something so that a translation has to say it, or may not add it."""
    mention = atom.mention
    if not (mention.counted and mention.in_words) or mention.quantity.kind not in ("count", "rank", "multiple"):
        return False
    if added:
        return mention.quantity.kind != "rank" and mention.quantity.value >= _LEAST_COUNT_ADDED
    return mention.quantity.value >= _LEAST_COUNT
