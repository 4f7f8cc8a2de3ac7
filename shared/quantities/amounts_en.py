"""English numbers with their scale, unit, currency and hedge, in digits and in words."""

from __future__ import annotations

import re
from decimal import Decimal

from shared.quantities.forms import currency_after, currency_before, unit_at
from shared.quantities.hedges import hedge_before
from shared.quantities.lexicon import (
    loose_money,
    loose_units,
    money_codes,
    not_names,
    ordinal_nouns,
)
from shared.quantities.mention import Moment
from shared.quantities.numerals import NUMBER, digits, plus, scale_en, times_power
from shared.quantities.numerals_en import SCALES, NumeralWords, numeral_en, percentage
from shared.quantities.reading import (
    Reading,
    half_reading,
    identifier,
)
from shared.quantities.shapes_en import quarter_reading

_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z])")
_TIMES = re.compile(r"(?:[ \u00a0-]times|[ \u00a0-]?fold)(?![A-Za-z])|[ \u00a0]?[x×](?![A-Za-z0-9])", re.IGNORECASE)
_HUNDRED = re.compile(r"[ \u00a0-](?P<word>hundred|dozen)(?![A-Za-z])")
_LETTER_SCALE = re.compile(r"(?P<letter>[mMbBkK])(?![A-Za-z0-9])")
HALF_SIGN = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333333333", "⅔": "0.666666667"}
AND_A_HALF = re.compile(r"[ \u00a0]and[ \u00a0]a[ \u00a0]half(?![A-Za-z])")
_MIXED = re.compile(r"[ \u00a0-](?P<a>[1-9])/(?P<b>[2-9]|1[0-9])(?![0-9/])")
_HALF_OF = re.compile(
    r"[ \u00a0-](?:an?[ \u00a0-])?(?P<unit>hour|year|day|month|minute|century|decade|mile"
    r"|percentage[ \u00a0-]point)(?![A-Za-z])",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(r"(?<![A-Za-z])(?P<noun>[A-Za-z]{3,10})[ \u00a0]$")
# A number after a name is a part of it: Xbox 5, Boeing 737.
_NAMED = re.compile(r"(?<![.!?:“\"] )(?<!^)(?<![A-Za-z])(?P<name>[A-Z][A-Za-z]{2,20})[ \u00a0]$")
_CODE_BEFORE = re.compile(r"(?<![A-Za-z])(?P<code>[A-Z]{3})[ \u00a0]?$")
_CENTS = re.compile(r"(?:[ \u00a0-]cents?|c|¢)(?![A-Za-z])")
_PENCE = re.compile(r"(?:[ \u00a0]pence|p)(?![A-Za-z])")
_HALF_WORD = re.compile(r"[ \u00a0-]half(?![A-Za-z])", re.IGNORECASE)
_OF_LARGE = re.compile(
    r"[ \u00a0]of[ \u00a0]an?[ \u00a0](?P<scale>hundred|thousand|million|billion|trillion)(?![A-Za-z])", re.IGNORECASE
)
_CENTURY = re.compile(r"[ \u00a0-]centur(?:y|ies)(?![A-Za-z])", re.IGNORECASE)
_QUARTER_WORD = re.compile(r"[ \u00a0-](?:fiscal[ \u00a0-])?quarter(?![A-Za-z])", re.IGNORECASE)
_NOUN = re.compile(
    r"[ \u00a0-](?!(?:of|or|and|to|in|on|at|by|for|with|the|is|was|as|than|from|that|who|which)[ ])[a-z]{3,}"
)


def amount_at(text: str, at: int) -> Reading | None:
    """Read the number in digits at `at` with its scale, unit or currency."""
    number = NUMBER.match(text, at)
    value = None if number is None else digits(number.group())
    if number is None or value is None:
        return None
    reading = Reading(at, number.end(), value)
    _prefix(text, at, reading)
    if (mixed := _MIXED.match(text, reading.end)) is not None:
        reading.value = plus(value, percentage(Decimal(mixed["a"]), Decimal(mixed["b"])) / 100)
        reading.end = mixed.end()
    _scale(text, reading)
    if reading.start < at and text[at - 1] == "¥":
        reading.also.append((reading.value, None, "CNY"))
    add_measure(text, reading)
    if reading.bare and reading.power is None:
        _ending(text, reading, number.group())
        _after_noun(text, at, reading)
    _approximate(text, reading)
    return reading


def _prefix(text: str, at: int, reading: Reading) -> None:
    """Add the currency or the sign of a rank that stands right before a number."""
    if (money := currency_before(text, at, "en")) is not None:
        reading.currency, reading.start = money
    elif (code := _CODE_BEFORE.search(text, max(0, at - 5), at)) is not None and code["code"] in money_codes():
        reading.currency, reading.start = code["code"], code.start()
    elif at and text[at - 1] in "$¥£€":
        reading.currency, reading.start = {"$": "USD", "¥": "JPY", "£": "GBP", "€": "EUR"}[text[at - 1]], at - 1
    elif at and (text[at - 1] == "#" or text.startswith(("No. ", "no. "), at - 4)):
        reading.kind = "rank"


def _after_noun(text: str, at: int, reading: Reading) -> None:
    """Tell a number that counts from one that numbers (chapter 3) and one that is a part of a name (Xbox 5)."""
    if not reading.bare:
        return
    if (noun := _NOUN_BEFORE.search(text, max(0, at - 12), at)) is not None and noun["noun"].lower() in ordinal_nouns():
        reading.kind = "rank"
    elif (named := _NAMED.search(text, max(0, at - 24), at)) is not None and named["name"].lower() not in not_names():
        reading.kind = "identifier"


def _scale(text: str, reading: Reading) -> None:
    end = reading.end
    if text[end : end + 1] in "½¼¾" and text[end : end + 1]:
        reading.value += Decimal(HALF_SIGN[text[end]])
        end = reading.end = end + 1
    found = scale_en(text, end, money=reading.currency is not None)
    if found is not None:
        _times(reading, found[0], found[1])
        half = AND_A_HALF.match(text, reading.end)
        if half is not None and _NOUN.match(text, half.end()) is None and not text.startswith(" of", half.end()):
            reading.value, reading.end = plus(reading.value, Decimal("0.5").scaleb(found[0])), half.end()
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


def add_measure(text: str, reading: Reading) -> None:
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
        elif (half := AND_A_HALF.match(text, reading.end)) is not None:
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
        if word == "in" and at > end:
            continue
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


def words_at(text: str, at: int) -> Reading | None:
    """Read the number in words at `at` with its unit and hedge, or return None."""
    found = numeral_en(text, at)
    if found is None:
        return None
    reading = Reading(found.start, found.end, found.value, power=found.power, in_words=True)
    if found.ordinal:
        return _ordinal(text, found, reading)
    if found.fraction:
        return _fraction(text, found, reading)
    if text.endswith("dozen", found.start, found.end):
        reading.also.append((found.value / 12 * 10, None, None))
    add_measure(text, reading)
    bare = reading.unit in (None, "times") and reading.currency is None
    reading.optional = (bare and found.value <= 10) or found.value <= 1 or found.article
    counted = reading.counted or reading.unit == "times" or _NOUN.match(text, reading.end) is not None
    reading.counted = bare and counted and 2 <= found.value <= 10 and not found.article
    _approximate(text, reading)
    return reading


def _ordinal(text: str, found: NumeralWords, reading: Reading) -> Reading:
    """Read what an ordinal in words numbers: a century, a quarter, a half, or anything."""
    number = int(found.value)
    if (century := _CENTURY.match(text, found.end)) is not None:
        return Reading(found.start, century.end(), found.value, kind="date", date=Moment(century=number))
    if number <= 4 and (quarter := _QUARTER_WORD.match(text, found.end)) is not None:
        return quarter_reading(text, found.start, quarter.end(), number)
    if number <= 2 and (half := _HALF_WORD.match(text, found.end)) is not None:
        return half_reading(found.start, half.end(), number)
    reading.kind, reading.optional = "rank", number <= 10
    if found.article:  # almost a fifth
        reading.also.append((percentage(Decimal(1), found.value), "percent", None))
    reading.counted = 1 < number <= 10 and not found.article and _NOUN.match(text, found.end) is not None
    return reading


def _fraction(text: str, found: NumeralWords, reading: Reading) -> Reading:
    """Read what a fraction is of: half an hour, three quarters of a million, or anything."""
    if (large := _OF_LARGE.match(text, found.end)) is not None:
        reading.value, reading.end = (found.value / 100).scaleb(SCALES[large["scale"].lower()]), large.end()
        return reading
    reading.optional = True
    half = _HALF_OF.match(text, found.end) if found.value == 50 else None
    if half is not None:
        unit = half["unit"].lower()
        reading.value, reading.end = Decimal("0.5"), half.end()
        reading.unit = "percentage_point" if unit.startswith("percentage") else unit
        return reading
    reading.unit, reading.counted, reading.in_words = "percent", True, False
    if found.article and found.value == 50:
        reading.also.append((Decimal("0.5"), None, None))
    return reading


def _approximate(text: str, reading: Reading) -> None:
    if (hedge := hedge_before(text, reading.start, "en")) is not None:
        reading.approximate, reading.start = hedge
