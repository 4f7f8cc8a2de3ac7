"""What the parser finds: numbers, amounts, dates, times, scores and identifiers, with all that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.model import Quantity
from shared.quantities.lexicon import Bound

Sign = Literal["minus", "words"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time of day, as far as the text says it. A part that isn't said is None.

    `year` may have two digits ('90s, FY25). With `decade` it is the decade's first year. `half` is 1 or 2. `hour` is
    that of a 24-hour clock where the text tells which half of the day it is, else what is printed. `morning`: it tells
    that it is before noon.
    """

    year: int | None = None
    decade: bool = False
    century: int | None = None
    half: int | None = None
    quarter: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    morning: bool = False
    fiscal: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """One number that a text says, with its approximation and unit.

    `start` and `end` are code points of the searched text, `text` is exactly that slice. `date` is set for the kind
    "date", `identifier` for the kind "identifier": its core, folded.

    `optional`: the other language may well leave it out: "one", 两, ordinals of discourse, sayings. `counted`: a number
    word that counts something, so that another number there is a change. `also` holds other values that the same words
    may have (100m is metres or millions, 增长3倍 is three or four times as much), `also_upper` those of a range's end.

    The value has no sign. `sign`: "minus" where one stands there, "words" where words of the text may say the same: a
    loss, below zero. `bound`: whether it is at least or at most so much, where the words leave no doubt. `score`: both
    numbers in their order, where the text says who won.
    """

    quantity: Quantity
    start: int
    end: int
    text: str
    date: Moment | None = None
    identifier: str | None = None
    optional: bool = False
    counted: bool = False
    in_words: bool = False
    also: tuple[Quantity, ...] = ()
    also_upper: tuple[Quantity, ...] = ()
    sign: Sign | None = None
    bound: Bound | None = None
    score: tuple[Decimal, Decimal] | None = None
