"""Compares the numbers of two texts: what one says and the other does not, or says otherwise.

A value has a counterpart where the other side has the same value of the same class (money, shares, points, factors,
units of one dimension). A number without a unit agrees with any unit but money, shares and points. How often a number
is said makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from shared.quantities.lexicon import Bound, money_codes
from shared.quantities.mention import Mention, Sign
from shared.quantities.values import (
    BARE,
    CODE,
    LARGE,
    NTH,
    RANK,
    TIMES,
    WORD,
    Atom,
    Value,
    agree,
    atoms_of,
    looked_up,
    roundings,
    spellings,
)

_LEAST_COUNT_ADDED = 4  # translators count up to three: "these three requirements"
_LEAST_ORDINAL = 4
_LEAST_COUNT = 3  # two may become both, a pair, 双方


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that only one side says, or that the two say otherwise."""

    kind: Literal["missing", "added", "changed"]
    source: Mention | None
    target: Mention | None


def differences(source: Sequence[Mention], target: Sequence[Mention]) -> tuple[Difference, ...]:
    """Return where the numbers of a target differ from its source's. Empty: the two say the same."""
    if not source and not target:
        return ()
    sources, targets = atoms_of(source), atoms_of(target)
    left = _without_counterpart(sources, _Index(targets, rounded=True))
    right = _without_counterpart(targets, _Index(sources))
    turned = tuple(_turned(sources, targets))
    if not left and not right:
        return turned
    return (*_paired(_but_months(left, target), _but_months(right, source)), *turned)


def supports(evidence: Sequence[Mention], claimed: Mention) -> bool:
    """Say whether a number that a claim states is among those of its evidence, by value and unit."""
    return not _without_counterpart(atoms_of([claimed]), _Index(atoms_of(evidence)))


class _Around(NamedTuple):
    """What stands around all numbers of one side that have the same figure."""

    mention: Mention
    signs: set[Sign | None]
    bounds: set[Bound | None]
    scores: set[tuple[Decimal, Decimal]]

    def turns(self, other: _Around) -> bool:
        """Say whether the other side says the opposite: without the sign, the other bound, a score the other way."""
        for one, two in ((self.signs, other.signs), (other.signs, self.signs)):
            if "minus" in one and two == {None}:
                return True
        if {*self.bounds, *other.bounds} == {"least", "most"} and self.bounds.isdisjoint(other.bounds):
            return True
        return bool(self.scores) and other.scores == {(second, first) for first, second in self.scores}


def _around(atoms: Sequence[Atom]) -> dict[Decimal, _Around]:
    found: dict[Decimal, _Around] = {}
    for atom in atoms:
        mention = atom.mention
        if mention.date is None and mention.identifier is None and atom.values:
            around = found.setdefault(atom.values[0].figure, _Around(mention, set(), set(), set()))
            around.signs.add(mention.sign)
            around.bounds.add(mention.bound)
            if mention.score is not None:
                around.scores.add(mention.score)
    return found


def _turned(sources: Sequence[Atom], targets: Sequence[Atom]) -> Iterable[Difference]:
    """Yield the numbers whose figure is the same and whose sign, bound or order is not."""
    theirs = _around(targets)
    seen: set[int] = set()
    for figure, ours in _around(sources).items():
        other = theirs.get(figure)
        if other is not None and ours.turns(other) and ours.mention.start not in seen:
            seen.add(ours.mention.start)
            yield Difference("changed", ours.mention, other.mention)


def _without_counterpart(atoms: Sequence[Atom], index: _Index) -> list[Atom]:
    return [atom for atom in atoms if not index.has(atom)]


def _but_months(atoms: Sequence[Atom], others: Sequence[Mention]) -> list[Atom]:
    """Leave out the month of a day that the other side says without one: 11日, "September 11"."""
    if not any(_is_month(atom) for atom in atoms):
        return list(atoms)
    alone = {Decimal(each.date.day) for each in others if each.date and each.date.day and not each.date.month}
    alone |= {each.quantity.value for each in others if each.quantity.kind == "rank"}
    return [atom for atom in atoms if not (_is_month(atom) and _day(atom.mention) in alone)]


def _is_month(atom: Atom) -> bool:
    return bool(atom.values) and atom.values[0].kind == "on_month"


def _day(mention: Mention) -> Decimal | None:
    return None if mention.date is None or mention.date.day is None else Decimal(mention.date.day)


class _Index:
    """The values of one side, by figure and by amount. `rounded`: it is the side that may round the other's values."""

    def __init__(self, atoms: Sequence[Atom], *, rounded: bool = False) -> None:
        self._atoms = atoms
        self._rounds = rounded
        self._kinds: dict[Decimal, set[str]] = {}
        self._amounts: set[tuple[str, Decimal]] = set()
        self._hedged: set[tuple[str, Decimal]] = set()
        self._rounded: set[tuple[str, Decimal]] | None = None
        self._cores: set[str] = set()
        for atom in atoms:
            if atom.core is not None:
                self._cores.update(spellings(atom.core))
            for value in atom.values:
                self._kinds.setdefault(value.figure, set()).add(value.kind)
                self._amounts.add((value.dimension, value.amount))
                if atom.hedged:
                    self._hedged.add((value.kind, value.figure))

    def has(self, atom: Atom) -> bool:
        """Say whether this side has a value that says the same as one of the atom's."""
        if atom.core is not None and not self._cores.isdisjoint(looked_up(atom.core)):
            return True
        return any(self._has(value) for value in atom.values) or self._has_rounded(atom)

    def _has(self, value: Value) -> bool:
        if (value.dimension, value.amount) in self._amounts:
            return True
        kinds = self._kinds.get(value.figure)
        return kinds is not None and any(agree(value.kind, kind) for kind in kinds)

    def _has_rounded(self, atom: Atom) -> bool:
        """Say whether the target's value, hedged, is the source's, exact and rounded. The other way it is invented."""
        if self._rounds:
            return (
                bool(self._hedged)
                and not atom.hedged
                and any(
                    (value.kind, rounded) in self._hedged
                    for value in atom.values
                    for rounded in roundings(value.figure)
                )
            )
        if not atom.hedged:
            return False
        if self._rounded is None:
            values = (value for other in self._atoms if not other.hedged for value in other.values)
            self._rounded = {(value.kind, rounded) for value in values for rounded in roundings(value.figure)}
        return any((value.kind, value.figure) in self._rounded for value in atom.values)


def _paired(left: Sequence[Atom], right: Sequence[Atom]) -> Iterable[Difference]:
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
    missing: Sequence[Atom], added: Sequence[Atom], spare: Sequence[Atom]
) -> Iterable[tuple[Atom | None, Atom | None]]:
    by_kind: dict[str, list[Atom]] = {}
    for atom in reversed(added):
        by_kind.setdefault(_kind(atom), []).append(atom)
    alone: list[Atom] = []
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


def _kind(atom: Atom) -> str:
    kind = atom.values[0].kind if atom.values else CODE
    if kind in money_codes():
        return "money"
    return BARE if kind in (LARGE, WORD, TIMES, NTH, RANK) else kind


def _changed_words(left: Sequence[Atom], right: Sequence[Atom]) -> Iterable[Difference]:
    """Yield a counted number word that became another one: three people, 四人, where nothing else explains it."""
    targets = [atom for atom in right if atom.mention.counted]
    sources = [atom for atom in left if (targets and atom.mention.quantity.value > 1) or atom.mention.counted]
    if sources and len(targets) == 1 and _kind(sources[0]) == _kind(targets[0]):
        yield Difference("changed", sources[0].mention, targets[0].mention)


def _is_count(atom: Atom, *, added: bool = False) -> bool:
    """Say whether a number word counts something so that a translation has to say it, or may not add it."""
    mention = atom.mention
    if not (mention.counted and mention.in_words) or mention.quantity.kind not in ("count", "rank", "multiple"):
        return False
    if added:
        return mention.quantity.kind != "rank" and mention.quantity.value >= _LEAST_COUNT_ADDED
    return mention.quantity.value >= (_LEAST_ORDINAL if mention.quantity.kind == "rank" else _LEAST_COUNT)
