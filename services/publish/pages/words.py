"""Moments, ages and numbers in words, in the two languages. Pure: the clock is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from services.publish.pages.labels import WORDS
from shared.model import Language, format_instant

_LOCALES: Final[dict[Language, str]] = {"en": "en_GB", "zh": "zh_Hans_CN"}
_MOMENTS: Final[dict[Language, str]] = {"en": "d MMMM y, HH:mm 'UTC'", "zh": "y年M月d日 HH:mm 'UTC'"}
_JUST_NOW_MS: Final = 60_000
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as one language reads it: machine form, date in words, age in words."""

    iso: str
    date: str
    age: str


def moment(at: int, now: int, language: Language) -> Moment:
    """Return the moment `at` (ms since the epoch) as `language` reads it at `now` (ms)."""
    return Moment(iso=format_instant(at), date=date_in_words(at, language), age=age_in_words(at, now, language))


def date_in_words(at: int, language: Language) -> str:
    """Return a moment in UTC, to the minute: "3 May 2026, 08:00 UTC"."""
    when = datetime.fromtimestamp(at // 1000, UTC)
    return format_datetime(when, _MOMENTS[language], tzinfo=UTC, locale=_LOCALES[language])


def age_in_words(at: int, now: int, language: Language) -> str:
    """Return how long ago `at` was at `now` (both ms): "2 hours ago". A clock a little ahead reads "just now"."""
    elapsed = now - at
    if abs(elapsed) < _JUST_NOW_MS:
        return WORDS["just_now"][language]
    # A unit is used from so many on. Without 1 babel calls 21 hours a day; with 2, days go on until there are two
    # weeks, so that 7 days and 1 week do not take turns.
    threshold = 2 if 2 * _DAY_MS <= abs(elapsed) < 14 * _DAY_MS else 1
    return format_timedelta(
        timedelta(milliseconds=-elapsed), threshold=threshold, add_direction=True, locale=_LOCALES[language]
    )


def number(value: int | float | Decimal, language: Language) -> str:
    """Return a number with the language's separators and at most two decimal places."""
    return format_decimal(value, "#,##0.##", locale=_LOCALES[language])


def dollars(value: Decimal, language: Language) -> str:
    """Return a cost in US dollars; model calls cost fractions of a cent, so up to six places."""
    return f"{format_decimal(value, '#,##0.00####', locale=_LOCALES[language])} USD"
