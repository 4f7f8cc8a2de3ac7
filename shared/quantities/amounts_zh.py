"""Chinese numbers with their unit, currency and hedge."""

from __future__ import annotations

import re
from decimal import Decimal

from shared.quantities.forms import currency_after, currency_before, unit_at
from shared.quantities.hedges import hedge_after, hedge_before
from shared.quantities.lexicon import (
    loose_money,
    loose_units,
    measure_words,
    not_before,
)
from shared.quantities.numerals import plus
from shared.quantities.numerals_zh import numeral_zh
from shared.quantities.reading import (
    Reading,
    identifier,
)

_GROWTH = re.compile(r"[增涨升扩翻提长高多加大快][^，。；,]{0,4}$")
_REACHED = re.compile(r"(?:[增涨升扩提长加]|上升|增长)[到至为达]|[是为达到至]|[达到至][约近]?$")
_TIMES = re.compile(r"倍(?!数|率|速|受|感|标准差)")
_SECONDS = re.compile(r"秒(?P<part>[0-9]{1,3})(?![0-9.:%万亿])")
_CLAUSE = re.compile(r"[，。；、,;]")


def amount_at(text: str, at: int) -> Reading:
    """Read the number at `at` with its scale, unit or currency. There is one: the caller has seen a digit."""
    number = numeral_zh(text, at)
    if number is None:
        return Reading(at, at + 1, Decimal(0), optional=True)
    reading = Reading(at, number.end, number.value, number.upper, number.power or None)
    if number.in_digits and at and text[at - 1] == "第" and number.upper is None:
        reading.kind = "rank"
    reading.in_words = not number.in_digits
    if at and text[at - 1] == "双" and number.value == 11:  # 双11 is Singles' Day
        reading.optional = True
    if number.more:
        reading.approximate = "over"
    if (money := currency_before(text, at, "zh")) is not None:
        reading.currency, reading.start = money
    elif at and text[at - 1] in "$¥£€":
        reading.currency, reading.start = {"$": "USD", "¥": "CNY", "£": "GBP", "€": "EUR"}[text[at - 1]], at - 1
    add_measure(text, reading)
    _ending(text, reading)
    _approximate(text, reading)
    if reading.value == 1 and reading.unit in ("year", "month", "week", "day", "hour", "minute", "second"):
        reading.optional = True
    return reading


def add_measure(text: str, reading: Reading) -> None:
    """Add the unit, currency or factor that follows."""
    end = reading.end
    money = currency_after(text, end, "zh")
    if money is not None:
        plain = text.startswith("元", end)
        if reading.currency is None or not plain:  # 新台币7亿元 are no yuan
            reading.currency = money[0]
        reading.end = money[1]
        return
    if reading.currency is not None:
        return
    if text.startswith(("美分", "欧分", "便士"), end):
        code_ = {"美": "USD", "欧": "EUR", "便": "GBP"}[text[end]]
        reading.value, reading.currency, reading.end = reading.value.scaleb(-2), code_, end + 2
        return
    if (second := _SECONDS.match(text, end)) is not None and reading.value == reading.value.to_integral_value():
        reading.value = Decimal(f"{reading.value:f}.{second['part']}")  # 22秒14
        reading.unit, reading.end = "second", second.end()
        return
    unit = unit_at(text, end, "zh")
    if unit is not None:
        reading.end = unit.end
        reading.counted = unit.unit.kind == "count"
        reading.unit = None if reading.counted else unit.unit.id
        return
    _loose(text, reading)


def _loose(text: str, reading: Reading) -> None:
    end = reading.end
    if text.startswith("旬", end) and 2 <= reading.value < 10:  # 年逾八旬
        reading.value, reading.unit, reading.end = 10 * reading.value, "year", end + 1
        return
    if text.startswith(("个亿", "个万"), end - 2):
        reading.also.append((reading.value, None, "CNY"))
    if (times := _TIMES.match(text, end)) is not None:
        reading.unit, reading.end = "times", times.end()
        if text.startswith("半", reading.end):
            reading.value, reading.end = plus(reading.value, Decimal("0.5")), reading.end + 1
        before = _CLAUSE.split(text[max(0, reading.start - 8) : reading.start])[-1]
        if _GROWTH.search(before) and not _REACHED.search(before):
            reading.also.append((plus(reading.value, Decimal(1)), "times", None))
        return
    for words, meanings in (loose_money("zh"), loose_units("zh")):
        word = words.at(text, end)
        if word is None or text[end + len(word) : end + len(word) + 1] in tuple(not_before().get(word, "")):
            continue
        reading.end = end + len(word)
        reading.means(meanings[word])
        return
    reading.counted = measure_words().at(text, end) is not None
    if reading.counted and reading.value == 1:  # 1名 is "a" in English
        reading.optional = True


def _ending(text: str, reading: Reading) -> None:
    """Read what stands right after: 半, a letter of a code; or the number is a year."""
    end = reading.end
    if (
        text.startswith("半", end)
        and reading.unit in ("year", "day", "hour", "month")
        and not text.startswith("半", end + 1)
    ):
        reading.value, reading.end = plus(reading.value, Decimal("0.5")), end + 1
    elif text.startswith(("个半小时", "个半月"), end):
        reading.value = plus(reading.value, Decimal("0.5"))
        reading.unit, reading.end = ("hour", end + 4) if text.startswith("个半小", end) else ("month", end + 3)
    elif _is_code(text, reading):
        found = identifier(text, reading.start)
        if found is not None and found.end > end:
            reading.kind, reading.identifier, reading.end = "identifier", found.identifier, found.end
            reading.value, reading.power = Decimal(0), None
            reading.optional = found.optional


def _is_code(text: str, reading: Reading) -> bool:
    """Say whether Latin letters follow that make a number a code; 2018CES is a year and a name."""
    following = text[reading.end : reading.end + 2]
    if not reading.bare or reading.in_words or not (following[:1].isascii() and following[:1].isalpha()):
        return False
    return not (1900 <= reading.value < 2100 and following.isascii() and following.isupper())


def _approximate(text: str, reading: Reading) -> None:
    for at in (reading.end, reading.end + 1, reading.end + 2):  # a measure word may stand between: 100人左右
        if (hedge := hedge_after(text, at)) is not None:
            reading.approximate = reading.approximate or hedge[0]
            reading.end = hedge[1] if at == reading.end else reading.end
            break
    if (hedge := hedge_before(text, reading.start, "zh")) is not None:
        reading.approximate, reading.start = hedge
