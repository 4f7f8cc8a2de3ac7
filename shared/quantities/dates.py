"""Finds dates that name their year. Relative ones (last October, 周二) and days without a year are left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from shared.model import Language, PartialDate
from shared.quantities.numerals import FOLD


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands: code points of the searched text."""

    date: PartialDate
    start: int
    end: int


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d%])(?![.,]\d)(?!-\d)(?!s\b)"
_MONTH_EN = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_FISCAL = r"(?:(?P<fiscal>fiscal(?: year)?|FY) ?)?"
_QUARTER_EN = r"(?:(?:the )?(?P<quarter>first|second|third|fourth) quarter(?: of| in)?|(?P<q>Q[1-4])(?: of)?),? "
# A bare year needs a word before it: "in 2021" is a date, "2021 seats" is not.
_BEFORE_YEAR = r"(?:in|since|by|of|from|to|until|before|after|during|for|and|through|till|year|late|early|mid)"
_EN = tuple(
    re.compile(rf"(?<![\w.,$€£-])(?:{pattern})")
    for pattern in (
        rf"(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)? (?:of )?)?{_MONTH_EN},? {_YEAR}",
        rf"{_MONTH_EN} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{_QUARTER_EN}{_FISCAL}{_YEAR}",
        rf"(?i:{_BEFORE_YEAR}) {_FISCAL}{_YEAR}(?! ?[-–] ?\d)",
    )
)
_ZH = (
    re.compile(
        r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?:年|(?P<fiscal>财年))(?!代)"
        r"(?:第?(?P<quarter>[一二三四1-4])季度|(?P<month>1[0-2]|[1-9])月(?!份?的?内)(?:(?P<day>[12]\d|3[01]|[1-9])[日号])?)?"
    ),
)
_PATTERNS: Mapping[Language, tuple[re.Pattern[str], ...]] = {"en": _EN, "zh": _ZH}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}


def find_dates(text: str, language: Language) -> tuple[FoundDate, ...]:
    """Return the dates of a text in `language`, in order, without overlaps. Never raises."""
    folded = text.translate(FOLD)
    matches = [match for pattern in _PATTERNS[language] for match in pattern.finditer(folded)]
    found: list[FoundDate] = []
    done = 0
    for match in sorted(matches, key=lambda each: (each.start(), -each.end())):
        date = _date(match.groupdict()) if match.start() >= done else None
        if date is not None:
            found.append(FoundDate(date, match.start(), match.end()))
            done = match.end()
    return tuple(found)


def _date(parts: Mapping[str, str | None]) -> PartialDate | None:
    month, day = parts.get("month"), parts.get("day")
    named = parts.get("quarter") or (parts.get("q") or "")[1:]
    try:
        return PartialDate(
            year=int(parts["year"] or 0),
            quarter=None if not named else _QUARTERS.get(named) or int(named),
            month=None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1,
            day=None if day is None else int(day),
            fiscal=parts.get("fiscal") is not None,
        )
    except ValidationError:
        return None
