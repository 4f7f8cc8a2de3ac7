"""Finds dates that name their year, for facts. Relative ones (last October, 周二) and those without a year are left."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import ValidationError

from shared.model import Language, PartialDate
from shared.quantities.chinese import find_zh
from shared.quantities.english import find_en
from shared.quantities.mention import Mention, Moment


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands: code points of the searched text."""

    date: PartialDate
    start: int
    end: int


_YEARS = range(1900, 2100)
# A bare year needs a word before it: "in 2021" is a date, "2021 seats" is not.
_BEFORE_YEAR = re.compile(
    r"(?<![A-Za-z])(?:in|since|by|of|from|to|until|before|after|during|for|and|through|till|year|late|early|mid)[ ]$",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 8
_RANGE = re.compile(r"[ ]?[-–][ ]?[0-9]")
_PART_BEFORE = re.compile(r"[0-9A-Za-z.,$€£-]$")


def find_dates(text: str, language: Language) -> tuple[FoundDate, ...]:
    """Return the dates of a text in `language`, in order, without overlaps. Never raises."""
    mentions = find_zh(text) if language == "zh" else find_en(text)
    dates = (_date(text, mention, language) for mention in mentions)
    return tuple(date for date in dates if date is not None)


def _date(text: str, mention: Mention, language: Language) -> FoundDate | None:
    moment = mention.date
    if moment is None or moment.year is None or moment.year not in _YEARS or moment.decade or moment.hour is not None:
        return None
    if language == "en" and not _is_certain(text, mention, moment):
        return None
    try:
        date = PartialDate(
            year=moment.year, quarter=moment.quarter, month=moment.month, day=moment.day, fiscal=moment.fiscal
        )
    except ValidationError:
        return None
    return FoundDate(date, mention.start, mention.end)


def _is_certain(text: str, mention: Mention, moment: Moment) -> bool:
    start, end = mention.start, mention.end
    if _PART_BEFORE.search(text, max(0, start - 1), start) is not None:
        return False
    if moment.quarter is not None or moment.month is not None:
        return True
    named = _BEFORE_YEAR.search(text, max(0, start - _LONGEST_BEFORE), start) is not None
    return named and _RANGE.match(text, end) is None
