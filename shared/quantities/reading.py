"""A number while it is read: what the two languages' readers fill in, and the mention that it becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from shared.model import Quantity, QuantityKind
from shared.model.quantity import Approximation
from shared.quantities.lexicon import Bound, is_known_code
from shared.quantities.mention import Mention, Moment, Sign
from shared.quantities.numerals import exact, times_power
from shared.vocabulary import unit as known_unit

ZERO = Decimal(0)
_EVEN = 50  # a 50-50 chance
_LONGEST_LATIN = 15
_LARGEST_UNSCALED = 10_000  # of "3 to 5 million"
_IDENTIFIER = re.compile(r"[A-Za-z]{0,15}[-–‑]?\d[A-Za-z0-9]*(?:[-./‑][0-9][A-Za-z0-9]*)*")
_PLURAL = re.compile(r"(?<=[0-9a-rt-z])(?:'s|s)$")
_WORDPLAY = re.compile(r"[a-z]{3,15}[24][a-z]{3,15}")  # Mothers2Mothers
AROUND_THE_CLOCK = re.compile(r"7[x×*/]24(?![0-9])", re.IGNORECASE)
_DASHES = re.compile("[-–‑ ]")


@dataclass(slots=True)
class Reading:
    """One number with all that belongs to it, from `start` to `end`. `unit` is an id, `currency` an ISO code."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None = None
    power: int | None = None
    kind: QuantityKind | None = None
    unit: str | None = None
    currency: str | None = None
    approximate: Approximation | None = None
    date: Moment | None = None
    identifier: str | None = None
    optional: bool = False
    counted: bool = False
    in_words: bool = False
    also: list[tuple[Decimal, str | None, str | None]] = field(default_factory=list)  # value, unit, currency
    also_upper: list[tuple[Decimal, str | None, str | None]] = field(default_factory=list)
    sign: Sign | None = None
    bound: Bound | None = None
    score: tuple[Decimal, Decimal] | None = None

    @property
    def bare(self) -> bool:
        """Whether nothing says what the number counts."""
        return self.unit is None and self.currency is None and self.kind is None

    def means(self, senses: list[str]) -> None:
        """Take the first sense of a word after the number, the id of a unit or an ISO code, and note the others."""
        first, *others = senses
        if first.isupper():
            self.currency = first
        else:
            self.unit = first
        self.also.extend(
            (self.value, None, other) if other.isupper() else (self.value, other, None) for other in others
        )

    def mention(self, text: str) -> Mention:
        """Return what was read, as a mention in `text`."""
        also, also_upper = (
            tuple(_quantity(None, value, None, unit, currency, self.approximate) for value, unit, currency in others)
            for others in (self.also, self.also_upper)
        )
        return Mention(
            _quantity(self.kind, self.value, self.upper, self.unit, self.currency, self.approximate),
            self.start,
            self.end,
            text[self.start : self.end],
            self.date,
            self.identifier,
            self.optional,
            self.counted,
            self.in_words,
            also,
            also_upper,
            self.sign,
            self.bound,
            self.score,
        )


def _quantity(
    kind: QuantityKind | None,
    value: Decimal,
    upper: Decimal | None,
    unit: str | None,
    currency: str | None,
    approximate: Approximation | None,
) -> Quantity:
    value = exact(value) or ZERO
    upper = None if upper is None else exact(upper)
    if upper is not None and upper < value:
        value, upper = upper, value
    if upper == value:
        upper = None
    if currency is not None:
        kind, unit = "amount", None
    if unit == "times":
        kind, unit = "multiple", None
    if kind is None:
        known = None if unit is None else known_unit(unit)
        kind = known.kind if known is not None else "count" if unit is None else "measure"
    return Quantity(kind=kind, value=value, upper=upper, unit=unit, currency=currency, approximate=approximate)


def share(first: Reading, second: Reading) -> None:
    """Give each end of a range what only the other one says: 3-5亿元, "$3 to 5 million"."""
    bare = first.bare
    if first.bare and not first.counted and not second.bare and second.kind is None:
        first.also.append((first.value, None, None))
        first.also.extend((first.value, unit, currency) for _, unit, currency in second.also if unit or currency)
        first.unit, first.currency = second.unit, second.currency
    elif second.bare and not second.counted and first.currency is not None:
        second.currency = first.currency
    same = bare or (first.currency, first.unit) == (second.currency, second.unit)
    if same and first.power is None and second.power is not None and first.value < _LARGEST_UNSCALED:
        value = times_power(first.value, second.power)
        if value is not None:
            first.also.append((first.value, first.unit, first.currency))
            first.value, first.power = value, second.power


def joined(first: Reading, second: Reading) -> Reading:
    """Return a range or score as one reading."""
    both = replace(second, start=first.start, value=first.value, upper=second.value)
    both.also, both.also_upper = first.also, second.also
    both.approximate = first.approximate or second.approximate
    both.optional = first.optional and second.optional
    if both.bare and first.power is None and second.power is None:
        both.kind = "score"
        both.optional = both.optional or (first.value == second.value == _EVEN)
    if both.upper is not None and both.upper < both.value:
        both.also, both.also_upper = both.also_upper, both.also
    return both


def money_alone(currency: str, start: int, end: int) -> Reading:
    """Return a currency that is said without a number, as an amount of nothing."""
    return Reading(start, end, ZERO, currency=currency, optional=True, counted=True, in_words=True)


def latin_before(text: str, at: int) -> int:
    """Return where the Latin letters begin that end at `at` or at a hyphen there. `at`: there are none."""
    end = at - 1 if at > 1 and text[at - 1] in "-–‑" else at
    start = end
    while start > 0 and end - start < _LONGEST_LATIN and text[start - 1].isascii() and text[start - 1].isalpha():
        start -= 1
    if end - start == 1 and text[start] in "xX" and start and text[start - 1] in "0123456789 ":  # 4x200
        return at
    return at if start == end else start


def season(match: re.Match[str]) -> Reading | None:
    """Return the two years of 2016/17, or None for a fraction."""
    first, second = int(match["a"]), int(match["b"])
    if first < 1000 or second % 100 != (first + 1) % 100:
        return None
    found = Reading(match.start(), match.end(), Decimal(first), Decimal(first + 1), kind="date")
    found.also_upper.append((Decimal(second), None, None))
    return found


def half_reading(start: int, end: int, half: int) -> Reading:
    """Return a half of a year, or of a game."""
    return Reading(start, end, Decimal(half), kind="date", date=Moment(half=half), optional=True, counted=True)


def identifier(text: str, start: int) -> Reading | None:
    """Read a model name, a version or a code that begins at `start`: GPT-4, F-16s, A320neo, 4.2.1."""
    match = _IDENTIFIER.match(text, start)
    return None if match is None else code(match.group(), start, match.end())


def code(written: str, start: int, end: int) -> Reading:
    """Return an identifier by its core: lower case, without hyphens and plural."""
    core = _DASHES.sub("", _PLURAL.sub("", written)).lower()
    found = Reading(start, end, ZERO, kind="identifier", identifier=core)
    found.optional = is_known_code(core) or _WORDPLAY.fullmatch(core) is not None
    return found
