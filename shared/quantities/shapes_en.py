"""English dates, times, quarters, scores, versions: digits that are no plain number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from shared.quantities.mention import Moment
from shared.quantities.reading import (
    Reading,
    code,
    season,
)

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)(?![A-Za-z])"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%:]|[.,]\d)"
SECOND_DAY = re.compile(_DAY)
_YEAR = r"(?P<year>1\d\d\d|20\d\d)(?![\d%])(?![.,]\d)(?!s)"
_MONTH_FIRST = re.compile(rf"{_MONTH}(?:\.?[ \u00a0](?:the )?{_DAY})?(?:(?:\.|,)?[ \u00a0](?:of )?{_YEAR})?")
DAY_FIRST = re.compile(rf"{_DAY}[ \u00a0-](?:day )?(?:of )?{_MONTH}(?:\.?,?[ \u00a0-]{_YEAR})?")
_ISO = re.compile(
    r"(?P<year>1\d\d\d|20\d\d)(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d.]\d|\d|%)")
_HALF_DAY = re.compile(r"[ \u00a0]?(?P<half>[ap])\.?m(?![A-Za-z])\.?", re.IGNORECASE)
_HOUR = re.compile(r"(?P<hour>1[0-2]|0?[1-9])(?=[ \u00a0]?[apAP]\.?[mM](?![A-Za-z]))")
_SCORE_COLON = re.compile(r"(?P<a>\d{1,3}):(?P<b>\d{1,2})(?![\d:])")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_SLASHED = re.compile(r"(?P<a>\d{1,4})/(?P<b>\d{1,4})(?![\d/])")
_DECADE = re.compile(r"(?P<decade>(?:1\d|20)?\d0)['’]?s(?![A-Za-z])")
FISCAL = re.compile(r"(?:fiscal(?:[ \u00a0]year)?|FY)[ \u00a0'’]{0,2}(?P<year>(?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE)
QUARTER = re.compile(r"Q(?P<quarter>[1-4])(?![A-Za-z0-9])")
_MILITARY = re.compile(
    r"(?P<hour>[01][0-9]|2[0-4])(?P<minute>[0-5][0-9])"
    r"(?=[ \u00a0](?:GMT|UTC|BST|CET|ET|EST|EDT|PT|local|hours)(?![A-Za-z]))"
)
_LONG_MARCH = "Long "
_OF_YEAR = re.compile(
    r"(?:[ \u00a0](?:of|in))?,?[ \u00a0](?:the[ \u00a0])?"
    rf"(?P<fiscal>fiscal(?:[ \u00a0]year)?[ \u00a0]|FY[ \u00a0]?)?{_YEAR}",
    re.IGNORECASE,
)


def quarter_reading(text: str, start: int, end: int, quarter: int) -> Reading:
    """Return a quarter with its year, if that follows. In words, and without a year, it may be left out."""
    reading = Reading(start, end, Decimal(quarter), kind="date", date=Moment(quarter=quarter))
    year = _OF_YEAR.match(text, end)
    if year is None:
        reading.optional = reading.counted = True
        return reading
    reading.date = Moment(year=int(year["year"]), quarter=quarter, fiscal=year["fiscal"] is not None)
    reading.end, reading.value = year.end(), Decimal(year["year"])
    return reading


def fiscal_reading(match: re.Match[str]) -> Reading:
    """Return the fiscal year of a match: FY25, fiscal 2026."""
    year = int(match["year"])
    return Reading(match.start(), match.end(), Decimal(year), kind="date", date=Moment(year=year, fiscal=True))


def shape_at(text: str, at: int, end: int) -> Reading | None:
    """Read digits that are no plain number: dates, times, scores, versions, decades."""
    following = text[end : end + 1]
    if end - at == 4 and (military := _MILITARY.match(text, at)) is not None:
        return _clock(text, military)
    if following in ":.-/" and following and (found := _punctuated(text, at)) is not None:
        return found
    if following in (" ", "\u00a0", "s", "t", "n", "r", "-") and (date := DAY_FIRST.match(text, at)) is not None:
        return _date(date)
    if following in ("s", "'", "’") and (decade := _DECADE.match(text, at)) is not None:
        year = int(decade["decade"])
        return Reading(at, decade.end(), Decimal(year), kind="date", date=Moment(year=year, decade=True))
    if following in (" ", "\u00a0", "a", "p", "A", "P") and (hour := _HOUR.match(text, at)) is not None:
        return _clock(text, hour)
    return None


def _punctuated(text: str, at: int) -> Reading | None:
    if (iso := _ISO.match(text, at)) is not None:
        return _date(iso)
    if (clock := _CLOCK.match(text, at)) is not None and (
        text[clock.end("hour")] == ":" or _HALF_DAY.match(text, clock.end()) is not None
    ):
        return _clock(text, clock)
    if (score := _SCORE_COLON.match(text, at)) is not None:
        return Reading(at, score.end(), Decimal(score["a"]), Decimal(score["b"]), kind="score")
    if (version := _VERSION.match(text, at)) is not None:
        return code(version.group(), at, version.end())
    if (slashed := _SLASHED.match(text, at)) is not None:
        return season(slashed) or code(slashed.group(), at, slashed.end())
    return None


def _date(match: re.Match[str]) -> Reading:
    parts = match.groupdict()
    month = parts["month"] or ""
    year = parts.get("year")
    moment = Moment(
        year=None if year is None else int(year),
        month=int(month) if month.isdigit() else MONTHS[month.lower()],
        day=None if parts.get("day") is None else int(parts["day"] or 0),
    )
    return Reading(
        match.start(), match.end(), Decimal(moment.year or moment.day or moment.month or 0), kind="date", date=moment
    )


def _clock(text: str, match: re.Match[str]) -> Reading:
    parts = match.groupdict()
    hour = int(parts["hour"] or 0)
    end = match.end()
    if (half := _HALF_DAY.match(text, end)) is not None:
        end = half.end()
        if half["half"] in "pP" and hour < 12:
            hour += 12
        elif half["half"] in "aA" and hour == 12:
            hour = 0
    minute, second = parts.get("minute"), parts.get("second")
    moment = Moment(
        hour=hour,
        minute=None if minute is None else int(minute),
        second=None if second is None else int(second),
        morning=half is not None and half["half"] in "aA" and 0 < hour < 12,
    )
    return Reading(match.start(), end, Decimal(hour), kind="date", date=moment)


_BEFORE_MONTH = re.compile(
    r"(?:^|[^A-Za-z])(?:in|of|since|by|last|this|next|until|till|from|early|late|mid|to|through|during|and|or|before|after"
    r"|every|each|for|between)[ \u00a0-]$",
    re.IGNORECASE,
)
_AMBIGUOUS_MONTHS = frozenset(("may", "march", "april", "june", "august"))


def month_at(text: str, token: re.Match[str]) -> Reading | None:
    """Read the month that a word is, with its day and year. None: the word is no month there."""
    written = token.group()
    if not written[0].isupper() or text.startswith(_LONG_MARCH, max(0, token.start() - len(_LONG_MARCH))):
        return None
    match = _MONTH_FIRST.match(text, token.start())
    if match is None:
        return None
    reading = _date(match)
    if match["day"] is None and match["year"] is None:
        word = written.lower()
        placed = _BEFORE_MONTH.search(text, max(0, token.start() - 10), token.start()) is not None
        if not placed and (len(word) < 4 or word == "may") and not text.startswith(".", reading.end):
            return None
        reading.optional = not placed and (word in _AMBIGUOUS_MONTHS or len(word) < 4)
    return reading
