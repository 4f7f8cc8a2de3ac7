"""Finds the numbers of an English text."""

from __future__ import annotations

import re
from decimal import Decimal

from shared.quantities.amounts_en import AND_A_HALF, HALF_SIGN, add_measure, amount_at, words_at
from shared.quantities.contrast import settle
from shared.quantities.forms import currency_before
from shared.quantities.lexicon import (
    money_codes,
    money_names,
    said_ages,
    said_counts,
    said_multiples,
)
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals import FOLD
from shared.quantities.numerals_en import first_words, percentage
from shared.quantities.reading import (
    AROUND_THE_CLOCK,
    Reading,
    code,
    half_reading,
    identifier,
    joined,
    latin_before,
    money_alone,
    share,
)
from shared.quantities.shapes_en import (
    DAY_FIRST,
    FISCAL,
    MONTHS,
    QUARTER,
    SECOND_DAY,
    fiscal_reading,
    month_at,
    quarter_reading,
    shape_at,
)

_TOKEN = re.compile(r"https?://[^\s]{1,2000}|\d+|[A-Za-z]+|[½¼¾⅓⅔]")
_JOINER = re.compile(r"[ \u00a0]?[-–—‑~][ \u00a0]?|[ \u00a0](?:to|and|or)[ \u00a0]")
_OUT_OF = re.compile(
    r"(?:[ \u00a0-]in[ \u00a0-]|[ \u00a0]out[ \u00a0]of[ \u00a0])(?:every[ \u00a0])?(?=[0-9a-z])", re.IGNORECASE
)
_BY = re.compile(r"[ ]?[x×*][ ]?(?=[0-9])", re.IGNORECASE)
_RACE = re.compile(r"(?P<minute>[0-9]{1,2}):(?P<second>[0-5][0-9]\.[0-9]{1,3})(?![0-9])")
_PERIODS = frozenset(("decade", "century", "fortnight", "year", "month", "week", "day", "hour"))
_HALF_YEAR = re.compile(r"H(?P<half>[12])(?![A-Za-z0-9])")
_ROUND = re.compile(r"round[ -]the[ -]$", re.IGNORECASE)
_NUMBER_AFTER = re.compile(r"[ \u00a0]?[0-9]")
_INDEFINITE = re.compile(
    r"(?:tens|dozens|hundreds|thousands|millions|billions|trillions)"
    r"(?:[ \u00a0]of[ \u00a0](?:hundreds|thousands|millions|billions|trillions)){0,2}[ \u00a0]of(?=[ \u00a0])"
)
_MOST_FIGURE_DIGITS = 18


def find_en(text: str) -> tuple[Mention, ...]:
    """Return every number of an English text, in order, without overlaps."""
    folded = text.translate(FOLD)
    found: list[Reading] = []
    done = 0
    for token in _TOKEN.finditer(folded):
        if token.start() < done:
            continue
        for reading in _read(folded, token, done):
            found.append(reading)
            done = reading.end
        if token.group().startswith("http"):
            done = token.end()
    settle(folded, found, "en")
    return tuple(reading.mention(text) for reading in found)


def _read(text: str, token: re.Match[str], done: int) -> list[Reading]:
    written = token.group()
    if written[0].isdigit():
        return _from_digits(text, token, done)
    if written in HALF_SIGN:
        part = Decimal(HALF_SIGN[written]) * 100
        return [Reading(token.start(), token.end(), part, unit="percent", optional=True)]
    if written.startswith("http"):
        return []
    reading = _from_word(text, token)
    return [] if reading is None else _with_range(text, reading)


def _from_digits(text: str, token: re.Match[str], done: int) -> list[Reading]:
    at = token.start()
    if (found := _after_letters(text, at, done)) is not None:
        return [found]
    if len(token.group()) > _MOST_FIGURE_DIGITS:
        return [code(token.group(), at, token.end())]
    if (race := _RACE.match(text, at)) is not None:  # 3:27.46
        second = Reading(race.start("second"), race.end(), Decimal(race["second"]), unit="second")
        return [Reading(at, race.end("minute"), Decimal(race["minute"])), second]
    if (always := AROUND_THE_CLOCK.match(text, at)) is not None:
        return [code(always.group(), at, always.end())]
    if (by := _BY.match(text, token.end())) is not None:  # 4x200m
        return [Reading(at, by.start(), Decimal(token.group()))]
    found = shape_at(text, at, token.end())
    if found is None:
        found = amount_at(text, at)
        return [] if found is None else _with_range(text, found)
    return _with_days(text, found)


def _after_letters(text: str, at: int, done: int) -> Reading | None:
    """Read digits that letters stand before: Q1, FY25, GPT-4. None: they are a number of their own."""
    start = latin_before(text, at)
    if start == at or start < done or currency_before(text, at, "en") is not None:
        return None
    if text[start:at] in money_codes():  # RUB8.83
        return None
    if (quarter := QUARTER.match(text, start)) is not None:
        found = quarter_reading(text, start, quarter.end(), int(quarter["quarter"]))
        found.optional = found.counted = False
        return found
    if (half := _HALF_YEAR.match(text, start)) is not None:
        return half_reading(start, half.end(), int(half["half"]))
    if (fiscal := FISCAL.match(text, start)) is not None:
        return fiscal_reading(fiscal)
    prefix = text[start:at]
    if not prefix[-1].isalpha() and prefix[:-1].islower() and len(prefix) > 3:
        return None  # mid-2019, post-1945
    return identifier(text, start)


def _with_days(text: str, first: Reading) -> list[Reading]:
    """Read the other end of a date or time: Oct. 17-19, 3pm to 5pm."""
    joiner = _JOINER.match(text, first.end)
    if joiner is None or first.date is None or first.date.day is None:
        return [first]
    day = SECOND_DAY.match(text, joiner.end())
    if day is None or DAY_FIRST.match(text, joiner.end()) is not None or first.date.year is not None:
        return [first]
    moment = Moment(day=int(day["day"]))
    return [first, Reading(day.start(), day.end(), Decimal(day["day"]), kind="date", date=moment)]


def _out_of(text: str, first: Reading) -> list[Reading]:
    """Read "one in six" and "8 out of 10": two numbers that are also a share."""
    joiner = None if not first.bare or first.power else _OUT_OF.match(text, first.end)
    second = None if joiner is None else _second(text, joiner.end())
    if second is None or not second.bare or not first.value < second.value:
        return []
    portion = percentage(first.value, second.value)
    for number in (first, second):
        number.also.append((portion, "percent", None))
    return [first, second]


def _with_range(text: str, first: Reading) -> list[Reading]:
    """Read the other end of a range, a score or a change, and give each end what only the other one says."""
    if portion := _out_of(text, first):
        return portion
    joiner = _JOINER.match(text, first.end)
    if joiner is None or first.identifier is not None:
        return [first]
    second = _second(text, joiner.end())
    if second is None:
        return [first]
    hyphen = joiner.group().strip(" \u00a0") not in ("to", "and", "or")
    if first.date is not None or second.date is not None:
        _year_pair(first, second)
        return [first, second]
    if (
        joiner.group().strip(" \u00a0") == "and"
        and "between" not in text[max(0, first.start - 16) : first.start].lower()
    ):
        return [first, second]
    share(first, second)
    same = (first.unit, first.currency) == (second.unit, second.currency)
    spans = hyphen or (_spans(text, first, joiner.group()) and first.value < second.value)
    if not spans or second.identifier is not None or not same:
        return [first, second]
    return [joined(first, second)]


def _spans(text: str, first: Reading, joiner: str) -> bool:
    """Say whether words join the ends of a range: "3 to 5 million" does, "from 3 to 5 million" is a change."""
    before = text[max(0, first.start - 8) : first.start].lower()
    return joiner.strip(" \u00a0") != "or" and not first.bare and not before.endswith("from ")


def _second(text: str, at: int) -> Reading | None:
    start = at
    while start < len(text) and start < at + 4 and (text[start].isupper() or text[start] in "$€£¥"):
        start += 1
    if text[start : start + 1].isdigit() and text[start].isascii():
        end = start
        while end < len(text) and text[end].isdigit():
            end += 1
        if end - start > _MOST_FIGURE_DIGITS or shape_at(text, start, end) is not None:
            return None
        found = amount_at(text, start)
        return None if found is None or found.start > at else found
    match = _WORD.match(text, at)
    if match is None or match.group().lower() not in first_words():
        return None
    return words_at(text, at)


_WORD = re.compile(r"[A-Za-z]+")


def _year_pair(first: Reading, second: Reading) -> None:
    """Read 2018-19 as two years."""
    year = None if first.date is None else first.date.year
    if year is not None and second.bare and 0 <= second.value < 100 and not second.in_words:
        second.also.append((Decimal(year - year % 100) + second.value, None, None))


def _from_word(text: str, token: re.Match[str]) -> Reading | None:
    word = token.group().lower()
    if word in MONTHS:
        return month_at(text, token)
    if word in first_words():
        return words_at(text, token.start())
    return _money_word(text, token, word) or _time_word(text, token, word) or _said(token, word)


def _money_word(text: str, token: re.Match[str], word: str) -> Reading | None:
    """Read "the dollar" and "millions of dollars"."""
    currency = money_names("en")[1].get(word)
    if currency is not None and _NUMBER_AFTER.match(text, token.end()) is None:
        return money_alone(currency, token.start(), token.end())
    many = _INDEFINITE.match(text, token.start())
    return None if many is None else _indefinite(text, many)


def _time_word(text: str, token: re.Match[str], word: str) -> Reading | None:
    """Read "fiscal 2026", "in her nineties", "around the clock", "a decade"."""
    at, end = token.span()
    if word in ("fiscal", "fy"):
        fiscal = FISCAL.match(text, at)
        return None if fiscal is None else fiscal_reading(fiscal)
    if (age := said_ages().get(word)) is not None:
        return Reading(at, end, Decimal(age), kind="date", date=Moment(year=age, decade=True), optional=True)
    if word in ("noon", "midday", "midnight"):
        return Reading(at, end, Decimal(12), kind="date", date=Moment(hour=12), optional=True)
    if word == "clock" and _ROUND.search(text, max(0, at - 12), at) is not None:
        return Reading(at, end, Decimal(24), unit="hour", optional=True)
    return _period(text, token, word) if word in _PERIODS else None


def _said(token: re.Match[str], word: str) -> Reading | None:
    """Read "doubled", "both", and Roman numerals, which are in capitals."""
    if (factor := said_multiples().get(word)) is not None:
        return Reading(token.start(), token.end(), Decimal(factor), unit="times", optional=True, counted=True)
    written = token.group()
    count = said_counts().get(word if written.istitle() else written)
    if count is None:
        return None
    return Reading(token.start(), token.end(), Decimal(count), optional=True, in_words=True)


def _period(text: str, token: re.Match[str], word: str) -> Reading | None:
    """Read "a decade", "a century", and "a year and a half"."""
    if word in ("decade", "century", "fortnight"):
        return Reading(token.start(), token.end(), Decimal(1), unit=word, optional=True, in_words=True)
    half = AND_A_HALF.match(text, token.end())
    if half is None:
        return None
    return Reading(token.start(), half.end(), Decimal("1.5"), unit=word, in_words=True)


def _indefinite(text: str, many: re.Match[str]) -> Reading | None:
    """Read "millions of dollars", which says no number, but a currency."""
    reading = Reading(many.start(), many.end(), Decimal(0), optional=True, counted=True)
    add_measure(text, reading)
    return None if reading.currency is None else reading
