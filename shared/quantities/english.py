"""Reads the numbers of an English text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from shared.quantities.forms import currency_after, currency_before, unit_at
from shared.quantities.hedges import hedge_before
from shared.quantities.lexicon import (
    loose_money,
    loose_units,
    money_codes,
    money_names,
    said_ages,
    said_counts,
    said_multiples,
)
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals import FOLD, NUMBER, digits, plus, scale_en, times_power
from shared.quantities.numerals_en import FIRST_WORDS, numeral_en, percentage
from shared.quantities.reading import (
    AROUND_THE_CLOCK,
    Reading,
    code,
    identifier,
    joined,
    latin_before,
    money_alone,
    season,
    share,
)

_TOKEN = re.compile(r"https?://[^\s]{1,2000}|\d+|[A-Za-z]+|[½¼¾⅓⅔]")
_MONTHS: Mapping[str, int] = {
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
_YEAR = r"(?P<year>1\d\d\d|20\d\d)(?![\d%])(?![.,]\d)(?!s)"
_MONTH_FIRST = re.compile(rf"{_MONTH}(?:\.?[ \u00a0](?:the )?{_DAY})?(?:(?:\.|,)?[ \u00a0](?:of )?{_YEAR})?")
_DAY_FIRST = re.compile(rf"{_DAY}[ \u00a0-](?:day )?(?:of )?{_MONTH}(?:\.?,?[ \u00a0-]{_YEAR})?")
_ISO = re.compile(
    r"(?P<year>1\d\d\d|20\d\d)(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
)
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d.]\d|\d|%)")
_HALF_DAY = re.compile(r"[ \u00a0]?(?P<half>[ap])\.?m(?![A-Za-z])\.?", re.IGNORECASE)
_HOUR = re.compile(r"(?P<hour>1[0-2]|0?[1-9])(?=[ \u00a0]?[apAP]\.?[mM](?![A-Za-z]))")
_SCORE_COLON = re.compile(r"(?P<a>\d{1,3}):(?P<b>\d{1,2})(?![\d:])")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_SLASHED = re.compile(r"(?P<a>\d{1,4})/(?P<b>\d{1,4})(?![\d/])")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z])")
_DECADE = re.compile(r"(?P<decade>(?:1\d|20)?\d0)['’]?s(?![A-Za-z])")
_FISCAL = re.compile(
    r"(?:fiscal(?:[ \u00a0]year)?|FY)[ \u00a0'’]{0,2}(?P<year>(?:19|20)\d\d|\d\d)(?!\d)", re.IGNORECASE
)
_JOINER = re.compile(r"[ \u00a0]?[-–—‑~][ \u00a0]?|[ \u00a0](?:to|and|or)[ \u00a0]")
_TIMES = re.compile(r"(?:[ \u00a0-]times|[ \u00a0-]?fold)(?![A-Za-z])|[ \u00a0]?[x×](?![A-Za-z0-9])", re.IGNORECASE)
_HUNDRED = re.compile(r"[ \u00a0-](?P<word>hundred|dozen)(?![A-Za-z])")
_QUARTER = re.compile(r"Q(?P<quarter>[1-4])(?![A-Za-z0-9])")
_SUFFIX = re.compile(
    r"(?:st|nd|rd|th|s|bn|tn|trn|mn|m|b|k|t|x|am|pm|pct|p|ft|in|h|g|c|f)(?![A-Za-z0-9])", re.IGNORECASE
)
_LETTER_SCALE = re.compile(r"(?P<letter>[mMbBkK])(?![A-Za-z0-9])")
_HALF_SIGN = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333333333", "⅔": "0.666666667"}
_AND_A_HALF = re.compile(r"[ \u00a0]and[ \u00a0]a[ \u00a0]half(?![A-Za-z])")
_OUT_OF = re.compile(
    r"(?:[ \u00a0-]in[ \u00a0-]|[ \u00a0]out[ \u00a0]of[ \u00a0])(?:every[ \u00a0])?(?=[0-9a-z])", re.IGNORECASE
)
_MIXED = re.compile(r"[ \u00a0-](?P<a>[1-9])/(?P<b>[2-9]|1[0-9])(?![0-9/])")
_BY = re.compile(r"[ ]?[x×*][ ]?(?=[0-9])", re.IGNORECASE)
_RACE = re.compile(r"(?P<minute>[0-9]{1,2}):(?P<second>[0-5][0-9]\.[0-9]{1,3})(?![0-9])")
_MILITARY = re.compile(
    r"(?P<hour>[01][0-9]|2[0-4])(?P<minute>[0-5][0-9])"
    r"(?=[ \u00a0](?:GMT|UTC|BST|CET|ET|EST|EDT|PT|local|hours)(?![A-Za-z]))"
)
_LONG_MARCH = "Long "
_PERIODS = frozenset(("decade", "century", "year", "month", "week", "day", "hour"))
_HALF_OF = re.compile(
    r"[ \u00a0-](?:an?[ \u00a0-])?(?P<unit>hour|year|day|month|minute|century|decade|mile)(?![A-Za-z])", re.IGNORECASE
)
_CODE_BEFORE = re.compile(r"(?<![A-Za-z])(?P<code>[A-Z]{3})[ \u00a0]?$")
_NUMBER_AFTER = re.compile(r"[ \u00a0]?[0-9]")
_INDEFINITE = re.compile(
    r"(?:tens|dozens|hundreds|thousands|millions|billions|trillions)"
    r"(?:[ \u00a0]of[ \u00a0](?:hundreds|thousands|millions|billions|trillions)){0,2}[ \u00a0]of(?=[ \u00a0])"
)
_CENTS = re.compile(r"(?:[ \u00a0-]cents?|c|¢)(?![A-Za-z])")
_PENCE = re.compile(r"(?:[ \u00a0]pence|p)(?![A-Za-z])")
_OF_YEAR = re.compile(
    r"(?:[ \u00a0](?:of|in))?,?[ \u00a0](?:the[ \u00a0])?"
    rf"(?P<fiscal>fiscal(?:[ \u00a0]year)?[ \u00a0]|FY[ \u00a0]?)?{_YEAR}",
    re.IGNORECASE,
)
_CENTURY = re.compile(r"[ \u00a0-]centur(?:y|ies)(?![A-Za-z])", re.IGNORECASE)
_QUARTER_WORD = re.compile(r"[ \u00a0-](?:fiscal[ \u00a0-])?quarter(?![A-Za-z])", re.IGNORECASE)
_NOUN = re.compile(
    r"[ \u00a0-](?!(?:of|or|and|to|in|on|at|by|for|with|the|is|was|as|than|from|that|who|which)[ ])[a-z]{3,}"
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
    return tuple(reading.mention(text) for reading in found)


def _read(text: str, token: re.Match[str], done: int) -> list[Reading]:
    written = token.group()
    if written[0].isdigit():
        return _from_digits(text, token, done)
    if written in _HALF_SIGN:
        share = Decimal(_HALF_SIGN[written]) * 100
        return [Reading(token.start(), token.end(), share, unit="percent", optional=True)]
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
    found = _shaped(text, at, token.end())
    if found is None:
        found = _amount(text, at)
        return [] if found is None else _with_range(text, found)
    return _with_days(text, found)


def _after_letters(text: str, at: int, done: int) -> Reading | None:
    """Read digits that letters stand before: Q1, FY25, GPT-4. None: they are a number of their own."""
    start = latin_before(text, at)
    if start == at or start < done or currency_before(text, at, "en") is not None:
        return None
    if text[start:at] in money_codes():  # RUB8.83
        return None
    if (quarter := _QUARTER.match(text, start)) is not None:
        found = _quarter(text, start, quarter.end(), int(quarter["quarter"]))
        found.optional = found.counted = False
        return found
    if (fiscal := _FISCAL.match(text, start)) is not None:
        return _fiscal(fiscal)
    prefix = text[start:at]
    if not prefix[-1].isalpha() and prefix[:-1].islower() and len(prefix) > 3:
        return None  # mid-2019, post-1945
    return identifier(text, start)


def _quarter(text: str, start: int, end: int, quarter: int) -> Reading:
    """Return a quarter with its year, if that follows. In words, and without a year, it may be left out."""
    reading = Reading(start, end, Decimal(quarter), kind="date", date=Moment(quarter=quarter))
    year = _OF_YEAR.match(text, end)
    if year is None:
        reading.optional = reading.counted = True
        return reading
    reading.date = Moment(year=int(year["year"]), quarter=quarter, fiscal=year["fiscal"] is not None)
    reading.end, reading.value = year.end(), Decimal(year["year"])
    return reading


def _fiscal(match: re.Match[str]) -> Reading:
    year = int(match["year"])
    return Reading(match.start(), match.end(), Decimal(year), kind="date", date=Moment(year=year, fiscal=True))


def _shaped(text: str, at: int, end: int) -> Reading | None:
    """Read digits that are no plain number: dates, times, scores, versions, decades."""
    following = text[end : end + 1]
    if end - at == 4 and (military := _MILITARY.match(text, at)) is not None:
        return _clock(text, military)
    if following in ":.-/" and following and (found := _punctuated(text, at)) is not None:
        return found
    if following in (" ", "\u00a0", "s", "t", "n", "r", "-") and (date := _DAY_FIRST.match(text, at)) is not None:
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
        month=int(month) if month.isdigit() else _MONTHS[month.lower()],
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
    minute, second = parts.get("minute"), parts.get("second")
    moment = Moment(
        hour=hour, minute=None if minute is None else int(minute), second=None if second is None else int(second)
    )
    return Reading(match.start(), end, Decimal(hour), kind="date", date=moment)


def _with_days(text: str, first: Reading) -> list[Reading]:
    """Read the other end of a date or time: Oct. 17-19, 3pm to 5pm."""
    joiner = _JOINER.match(text, first.end)
    if joiner is None or first.date is None or first.date.day is None:
        return [first]
    day = re.compile(_DAY).match(text, joiner.end())
    if day is None or _DAY_FIRST.match(text, joiner.end()) is not None or first.date.year is not None:
        return [first]
    moment = Moment(day=int(day["day"]))
    return [first, Reading(day.start(), day.end(), Decimal(day["day"]), kind="date", date=moment)]


def _amount(text: str, at: int) -> Reading | None:
    """Read the number in digits at `at` with its scale, unit or currency."""
    number = NUMBER.match(text, at)
    value = None if number is None else digits(number.group())
    if number is None or value is None:
        return None
    reading = Reading(at, number.end(), value)
    if (money := currency_before(text, at, "en")) is not None:
        reading.currency, reading.start = money
    elif (code_ := _CODE_BEFORE.search(text, max(0, at - 5), at)) is not None and code_["code"] in money_codes():
        reading.currency, reading.start = code_["code"], code_.start()
    elif at and text[at - 1] in "$¥£€":
        reading.currency, reading.start = {"$": "USD", "¥": "JPY", "£": "GBP", "€": "EUR"}[text[at - 1]], at - 1
    if at and (text[at - 1] == "#" or text.startswith(("No. ", "no. "), at - 4)):
        reading.kind = "rank"
    if (mixed := _MIXED.match(text, reading.end)) is not None:
        reading.value = plus(value, percentage(Decimal(mixed["a"]), Decimal(mixed["b"])) / 100)
        reading.end = mixed.end()
    _scale(text, reading)
    if reading.start < at and text[at - 1] == "¥":
        reading.also.append((reading.value, None, "CNY"))
    _measure(text, reading)
    if reading.bare and reading.power is None:
        _ending(text, reading, number.group())
    _approximate(text, reading)
    if reading.unit == "hour" and reading.value == 24:  # around the clock
        reading.optional = True
    return reading


def _scale(text: str, reading: Reading) -> None:
    end = reading.end
    if text[end : end + 1] in "½¼¾" and text[end : end + 1]:
        reading.value += Decimal(_HALF_SIGN[text[end]])
        end = reading.end = end + 1
    found = scale_en(text, end, money=reading.currency is not None)
    if found is not None:
        _times(reading, found[0], found[1])
    elif (word := _HUNDRED.match(text, end)) is not None:
        if word["word"].lower() == "dozen":
            reading.also.append((reading.value * 10, None, None))
            reading.value, reading.end = reading.value * 12, word.end()
        else:
            _times(reading, 2, word.end())
    elif (letter := _LETTER_SCALE.match(text, end)) is not None:
        power = {"m": 6, "b": 9, "k": 3}[letter["letter"].lower()]
        reading.also.append((reading.value, "metre" if letter["letter"] == "m" else None, None))
        _times(reading, power, letter.end())


def _times(reading: Reading, power: int, end: int) -> None:
    value = times_power(reading.value, power)
    if value is not None:
        reading.value, reading.power, reading.end = value, power, end


def _measure(text: str, reading: Reading) -> None:
    """Add the unit, currency or factor that follows."""
    end = reading.end
    money = currency_after(text, end, "en")
    if money is not None:
        reading.currency = reading.currency or money[0]
        reading.end = money[1]
        return
    if reading.currency is not None:
        return
    if (cents := _CENTS.match(text, end)) is not None:
        reading.value, reading.currency, reading.end = reading.value.scaleb(-2), "USD", cents.end()
        reading.also.append((reading.value, None, "EUR"))
        return
    if (pence := _PENCE.match(text, end)) is not None:
        reading.value, reading.currency, reading.end = reading.value.scaleb(-2), "GBP", pence.end()
        return
    unit = unit_at(text, end, "en")
    if unit is not None:
        reading.unit, reading.end = unit.unit.id, unit.end
        if unit.unit.kind == "count":
            reading.unit = None
            reading.counted = True
        elif (half := _AND_A_HALF.match(text, reading.end)) is not None:
            reading.value, reading.end = plus(reading.value, Decimal("0.5")), half.end()
        return
    _loose(text, reading)


def _loose(text: str, reading: Reading) -> None:
    end = reading.end
    if (times := _TIMES.match(text, end)) is not None:
        reading.unit, reading.end = "times", times.end()
        return
    at = end + 1 if text[end : end + 1] in (" ", "-", "\u00a0") else end
    slice_ = text[at : at + 24].lower()
    for words, meanings in (loose_money("en"), loose_units("en")):
        word = words.at(slice_, 0)
        if word is None or slice_[len(word) : len(word) + 1].isalpha():
            continue
        written = text[at : at + len(word)]
        if (len(word) == 1 and (at > end or written != word)) or (
            written.isupper() and word not in ("rmb", "m2", "km2")
        ):
            continue  # 5G is no weight, and RAND no money
        reading.end = at + len(word)
        reading.means(meanings[word])
        return


def _ending(text: str, reading: Reading, written: str) -> None:
    """Read what stands right after a bare number: an ordinal, a letter of a code; or the number is a year."""
    end = reading.end
    if (ordinal := _ORDINAL.match(text, end)) is not None:
        reading.kind, reading.end = "rank", ordinal.end()
        if (century := _CENTURY.match(text, reading.end)) is not None:
            reading.kind, reading.date, reading.end = "date", Moment(century=int(reading.value)), century.end()
    elif text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum():  # the Olympic 7s
        reading.end = end + 1
    elif text[end : end + 1].isascii() and text[end : end + 1].isalpha() and "," not in written:
        found = identifier(text, reading.start)
        if found is not None:
            reading.kind, reading.identifier, reading.end, reading.value = (
                "identifier",
                found.identifier,
                found.end,
                Decimal(0),
            )
    elif len(written) == 4 and written.isdigit() and (written[0] == "1" or written.startswith("20")):
        reading.kind, reading.date = "date", Moment(year=int(written))


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
        if end - start > _MOST_FIGURE_DIGITS or _shaped(text, start, end) is not None:
            return None
        found = _amount(text, start)
        return None if found is None or found.start > at else found
    match = _WORD.match(text, at)
    if match is None or match.group().lower() not in FIRST_WORDS:
        return None
    return _number_words(text, at)


_WORD = re.compile(r"[A-Za-z]+")


def _year_pair(first: Reading, second: Reading) -> None:
    """Read 2018-19 as two years."""
    year = None if first.date is None else first.date.year
    if year is not None and second.bare and 0 <= second.value < 100 and not second.in_words:
        second.also.append((Decimal(year - year % 100) + second.value, None, None))


def _from_word(text: str, token: re.Match[str]) -> Reading | None:
    written, at = token.group(), token.start()
    word = written.lower()
    if word in _MONTHS:
        return _month(text, token)
    if word in FIRST_WORDS:
        return _number_words(text, at)
    currency = money_names("en")[1].get(word)
    if currency is not None and _NUMBER_AFTER.match(text, token.end()) is None:
        return money_alone(currency, at, token.end())
    if (many := _INDEFINITE.match(text, at)) is not None:
        return _indefinite(text, many)
    if word in ("fiscal", "fy"):
        fiscal = _FISCAL.match(text, at)
        return None if fiscal is None else _fiscal(fiscal)
    if (age := said_ages().get(word)) is not None:
        return Reading(at, token.end(), Decimal(age), kind="date", date=Moment(year=age, decade=True), optional=True)
    if word in _PERIODS:
        return _period(text, token, word)
    if (factor := said_multiples().get(word)) is not None:
        return Reading(at, token.end(), Decimal(factor), unit="times", optional=True, in_words=True)
    if (count := said_counts().get(word if written.istitle() else written)) is not None:
        return Reading(at, token.end(), Decimal(count), optional=True, in_words=True)
    return None


_BEFORE_MONTH = re.compile(
    r"(?:^|[^A-Za-z])(?:in|of|since|by|last|this|next|until|till|from|early|late|mid|to|through|during|and|or|before|after"
    r"|every|each|for|between)[ \u00a0-]$",
    re.IGNORECASE,
)
_AMBIGUOUS_MONTHS = frozenset(("may", "march", "april", "june", "august"))


def _period(text: str, token: re.Match[str], word: str) -> Reading | None:
    """Read "a decade", "a century", and "a year and a half"."""
    if word in ("decade", "century"):
        return Reading(token.start(), token.end(), Decimal(1), unit=word, optional=True, in_words=True)
    half = _AND_A_HALF.match(text, token.end())
    if half is None:
        return None
    return Reading(token.start(), half.end(), Decimal("1.5"), unit=word, in_words=True)


def _indefinite(text: str, many: re.Match[str]) -> Reading | None:
    """Read "millions of dollars", which says no number, but a currency."""
    reading = Reading(many.start(), many.end(), Decimal(0), optional=True, counted=True)
    _measure(text, reading)
    return None if reading.currency is None else reading


def _month(text: str, token: re.Match[str]) -> Reading | None:
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


def _number_words(text: str, at: int) -> Reading | None:
    found = numeral_en(text, at)
    if found is None:
        return None
    reading = Reading(found.start, found.end, found.value, power=found.power, in_words=True)
    if found.ordinal:
        reading.kind, reading.optional = "rank", found.value <= 10
        if found.article:  # almost a fifth
            reading.also.append((percentage(Decimal(1), found.value), "percent", None))
        reading.counted = 3 < found.value <= 10 and (not found.article and _NOUN.match(text, reading.end) is not None)
        if (century := _CENTURY.match(text, reading.end)) is not None:
            reading.kind, reading.date, reading.end = "date", Moment(century=int(found.value)), century.end()
        elif found.value <= 4 and (quarter := _QUARTER_WORD.match(text, reading.end)) is not None:
            return _quarter(text, reading.start, quarter.end(), int(found.value))
        return reading
    if found.fraction and found.value == 50 and (half := _HALF_OF.match(text, found.end)) is not None:
        reading.value, reading.unit, reading.end = Decimal("0.5"), half["unit"].lower(), half.end()
        reading.optional = True
        return reading
    if found.fraction:
        reading.unit, reading.optional, reading.counted = "percent", True, not found.article
        if found.article and found.value == 50:
            reading.also.append((Decimal("0.5"), None, None))
        return reading
    if text.endswith("dozen", found.start, found.end):
        reading.also.append((found.value / 12 * 10, None, None))
    _measure(text, reading)
    bare = reading.unit in (None, "times") and reading.currency is None
    reading.optional = (bare and found.value <= 10) or found.value <= 1 or found.article
    counted = reading.counted or reading.unit == "times" or _NOUN.match(text, reading.end) is not None
    reading.counted = bare and counted and 2 <= found.value <= 10 and not found.article
    _approximate(text, reading)
    return reading


def _approximate(text: str, reading: Reading) -> None:
    if (hedge := hedge_before(text, reading.start, "en")) is not None:
        reading.approximate, reading.start = hedge
