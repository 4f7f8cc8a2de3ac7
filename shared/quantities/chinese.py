"""Finds the numbers of a Chinese text, in simplified or traditional characters."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from decimal import Decimal

from shared.model import QuantityKind
from shared.quantities.amounts_zh import add_measure, amount_at
from shared.quantities.contrast import settle
from shared.quantities.forms import currency_after, currency_before
from shared.quantities.lexicon import (
    idiom_end,
    loose_words,
    money_names,
)
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals import FOLD
from shared.quantities.numerals_zh import numeral_zh
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
from shared.quantities.shapes_zh import (
    DAY,
    HAN,
    HAN_DIGITS,
    PARTS,
    day_reading,
    moment_reading,
    parts_reading,
    quarter_reading,
    shape_at,
    whole_number,
)

_TOKEN = re.compile(
    rf"https?://[^\s\u4e00-\u9fff]{{1,2000}}|[0-9]+|[{HAN}]|[百千万亿]|[半双翻首俩仨]|Q(?=[1-4])|全天候|昼夜|日夜"
)
_DECADES = re.compile(r"(?P<a>[二三四五六七八])(?P<b>[三四五六七八九])十年代")
_Q = re.compile(r"Q(?P<quarter>[1-4])(?![A-Za-z0-9])")
_JOINER = re.compile(r"[ ]?[-–—~‑][ ]?|[至到或比]|[ ][至到][ ]")
_BY = re.compile(r"[x×*](?=[0-9])", re.IGNORECASE)
_DOUBLED = re.compile(
    r"翻(?:了)?(?:(?P<times>[一两三四五六七八九十])番|倍|番|了?一倍|了?(?P<fold>[0-9]+|[两三四五六七八九十])倍)"
)
_NUMERAL = re.compile("[0-9一二三四五六七八九十两]")
_HALF = re.compile(r"半(?:个(?P<unit>月|小时|世纪|多月)|(?P<year>年|天|小时|世纪|场|数))")
_UNITS_OF_HALF = {
    "月": "month",
    "小时": "hour",
    "世纪": "century",
    "年": "year",
    "天": "day",
    "多月": "month",
}
_INDEFINITE = frozenset("数几多好成以")
_AROUND = re.compile(r"(?:[近上过逾超约达破]|超过|将近|接近)$")
_MOST_FIGURE_DIGITS = 18
# Some write 2019 年 10 月 and 3 亿: the blanks between digits and characters say nothing.
_SPACE = re.compile(r"(?<=[0-9])[ \u00a0](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[ \u00a0](?=[0-9])")


def find_zh(text: str) -> tuple[Mention, ...]:
    """Return every number of a Chinese text, in order, without overlaps."""
    folded = text.translate(FOLD)
    compact = _SPACE.sub("", folded)
    found: list[Reading] = []
    done = 0
    for token in _TOKEN.finditer(compact):
        if token.start() < done:
            continue
        readings, end = _read(compact, token, done)
        found.extend(readings)
        done = max(done, end)
    found = _with_money(compact, found)
    settle(compact, found, "zh")
    if len(compact) != len(folded):
        _restore(found, [space.start() for space in _SPACE.finditer(folded)])
    return tuple(reading.mention(text) for reading in found)


def _with_money(text: str, found: list[Reading]) -> list[Reading]:
    """Add the currencies that are said without a number."""
    pattern, codes = money_names("zh")
    alone = [money_alone(codes[match.group()], match.start(), match.end()) for match in pattern.finditer(text)]
    if not alone:
        return found
    merged: list[Reading] = []
    for reading in sorted((*found, *alone), key=lambda each: each.start):  # stable: a number comes before its money
        if not merged or merged[-1].end <= reading.start:
            merged.append(reading)
    return merged


def _restore(readings: list[Reading], spaces: list[int]) -> None:
    """Give readings of a text without its spaces the places that they have in it."""
    kept = [place - count for count, place in enumerate(spaces)]
    for reading in readings:
        reading.start += bisect_right(kept, reading.start)
        reading.end += bisect_left(kept, reading.end)


def _read(text: str, token: re.Match[str], done: int) -> tuple[list[Reading], int]:
    """Return what stands at a token, and where reading goes on."""
    first, at = token.group()[0], token.start()
    if first == "h":
        return [], token.end()
    if first.isdigit() and first.isascii():
        readings = _from_digits(text, token, done)
    elif first in "全昼日":
        readings = [Reading(at, token.end(), Decimal(24), unit="hour", optional=True)]
    elif first == "Q":
        quarter = _Q.match(text, at)
        readings = [] if quarter is None else [quarter_reading(quarter)]
    elif (decades := _DECADES.match(text, at)) is not None:  # 七八十年代
        years = (10 * HAN_DIGITS[decades["a"]], 10 * HAN_DIGITS[decades["b"]])
        readings = [moment_reading(decades, Moment(year=year, decade=True), year) for year in years]
        readings[0].end = readings[1].start = decades.start("b")
    else:
        found = _from_characters(text, at)
        if found is None:
            return [], idiom_end(text, at) or token.end()
        readings = _with_range(text, found)
    return readings, readings[-1].end if readings else token.end()


def _from_digits(text: str, token: re.Match[str], done: int) -> list[Reading]:
    at = token.start()
    start = latin_before(text, at)
    if start < at and start >= done and currency_before(text, at, "zh") is None:
        found = identifier(text, start)
        if found is not None and text[found.end : found.end + 1] not in tuple("%万亿"):  # 占GDP10%
            return [found]
    if len(token.group()) > _MOST_FIGURE_DIGITS:
        return [code(token.group(), at, token.end())]
    shaped = shape_at(text, at)
    if shaped is not None:
        return _with_day(text, shaped)
    if (always := AROUND_THE_CLOCK.match(text, at)) is not None:
        return [code(always.group(), at, always.end())]
    if (by := _BY.match(text, token.end())) is not None:  # 4x200米
        return [Reading(at, by.start(), Decimal(token.group()))]
    return _with_range(text, amount_at(text, at))


def _with_day(text: str, first: Reading) -> list[Reading]:
    """Read the other end of 10月17-19日 and 2016-2020年."""
    if first.date is None or first.date.month is None:
        return [first]
    joiner = _JOINER.match(text, first.end)
    day = None if joiner is None else DAY.match(text, joiner.end())
    return [first] if day is None else [first, day_reading(text, day)]


def _with_range(text: str, first: Reading) -> list[Reading]:
    """Read the other end of a range or score, and give each end what only the other one says."""
    joiner = _JOINER.match(text, first.end)
    if joiner is None or first.identifier is not None or first.date is not None:
        return _listed(text, first)
    second = _second(text, joiner.end(), first)
    if second is None:
        return [first]
    if second.date is not None:
        return [first, second]
    if second.bare and text.startswith("百分之", first.start):  # 百分之五到十
        second.unit = first.unit
    share(first, second)
    same = (first.unit, first.currency) == (second.unit, second.currency)
    if joiner.group() in ("或", "比") or second.upper is not None or first.upper is not None or not same:
        return [first, second]
    return [joined(first, second)]


def _listed(text: str, first: Reading) -> list[Reading]:
    """Read 9、10月份 and 70、80年代, of which only the last says what they are."""
    if first.bare and text.startswith("、", first.end) and (second := shape_at(text, first.end + 1)) is not None:
        date = second.date
        if date is not None and date.decade:
            year = int(first.value) * (10 if first.value < 10 else 1)
            first.kind, first.date = "date", Moment(year=year, decade=True)
        elif date is not None and date.month is not None and date.day is None and date.year is None:
            first.kind, first.date = "date", Moment(month=int(first.value))
    return [first]


def _second(text: str, at: int, first: Reading) -> Reading | None:
    """Read the other end of a range at `at`. None: there is none, or a number of its own."""
    start = at + (text[at : at + 1] in tuple("$¥£€"))
    if not _NUMERAL.match(text, start) or idiom_end(text, start) is not None:
        return None
    if (shaped := shape_at(text, start)) is not None:
        return _same_kind(first, shaped)
    if _digit_run(text, start) > _MOST_FIGURE_DIGITS:
        return None
    second = amount_at(text, start)
    return None if second.identifier is not None else second


def _same_kind(first: Reading, shaped: Reading) -> Reading | None:
    """Return a date or share that ends a range: 2016-2020年, 1至9月, 三成至五成."""
    date = shaped.date
    if date is None:
        return shaped if shaped.unit is not None else None
    if not first.bare:
        return None
    if date.day is None and date.month is not None and date.year is None:
        first.kind, first.date = "date", Moment(month=int(first.value))
        return shaped
    return shaped if date.year is not None else None


def _digit_run(text: str, at: int) -> int:
    end = at
    while end < len(text) and end - at < 40 and "0" <= text[end] <= "9":
        end += 1
    return end - at


def _from_characters(text: str, at: int) -> Reading | None:
    """Read a number in characters. None: the characters are no number here, or an uncertain one."""
    character = text[at]
    if (parts := PARTS.match(text, at)) is not None and (portion := parts_reading(text, parts)) is not None:
        return portion
    if character in "半双翻首俩仨":
        return _word(text, at)
    before = text[at - 1] if at else ""
    if character in "百千万亿":
        return _around_scale(text, at, before)
    if before in _INDEFINITE and character == "十":
        return _indefinite(text, at)
    if text.startswith("一半", at):
        return Reading(at, at + 2, Decimal(50), unit="percent", optional=True, counted=True)
    if (shaped := shape_at(text, at)) is not None:
        shaped.in_words = True
        return shaped
    if idiom_end(text, at) is not None:
        return None
    reading = amount_at(text, at)
    _settle(text, reading, before)
    if loose_words().at(text, at) is not None:
        reading.optional, reading.counted = True, False
    return reading


def _settle(text: str, reading: Reading, before: str) -> None:
    """Say whether a number in characters may have no counterpart."""
    if text.startswith("国集团", reading.end):  # 七国集团 is the G7
        reading.in_words = reading.counted = False
        return
    small = reading.value <= 10 and reading.upper is None
    bare = reading.unit in (None, "times") and reading.currency is None
    if before == "第":
        reading.kind = "rank" if reading.bare else reading.kind
        reading.optional = reading.value <= 10
        reading.counted = reading.counted and reading.value > 1
        return
    around_ten = "十几" in text[reading.start : reading.end]
    pair = reading.upper is not None and reading.value < 10
    reading.optional = reading.optional or (small and (bare or around_ten)) or reading.value <= 1 or pair
    if text.startswith("号", reading.end) and reading.bare:  # 长征五号
        reading.kind, reading.in_words = "rank", False
    # 这五个州 after their names adds no number.
    reading.counted = reading.counted and small and reading.value > 1 and bare and before != "这"


def _around_scale(text: str, at: int, before: str) -> Reading | None:
    """Read 百, 千, 万 without a digit before: 近百, 上千, 百万, 百余."""
    if before in _INDEFINITE:
        return _indefinite(text, at)
    if before and before in "十百千万亿":
        return None
    around = _AROUND.search(text, max(0, at - 2), at)
    more = text[at + 1 : at + 2] in ("余", "多")
    large = text[at : at + 2] in ("百万", "千万", "百亿", "千亿", "万亿")
    counted = text[at + 1 : at + 2] in tuple("日天年人名家")
    if around is None and not more and not large and not counted:
        return None
    if idiom_end(text, at) is not None:
        return None
    number = numeral_zh("一" + text[at : at + 6], 0)
    if number is None:
        return None
    start = at if around is None else around.start()
    reading = Reading(start, at + number.end - 1, number.value, optional=True, in_words=True)
    if more or (around is not None and around.group() in ("上", "过", "逾", "超", "破", "超过")):
        reading.approximate = "over"
    elif around is not None:
        reading.approximate = "nearly"
    hedged = around is not None and around.group() != "上"
    add_measure(text, reading)
    reading.counted = hedged and number.value == 100  # 逾百人, of which a translation says the number
    return reading


def _indefinite(text: str, at: int) -> Reading | None:
    """Read 数百万美元, which says no number, but a currency."""
    end = at
    while end < len(text) and end - at < 4 and text[end] in "十百千万亿":
        end += 1
    money = currency_after(text, end, "zh")
    return (
        None if money is None else Reading(at - 1, money[1], Decimal(0), currency=money[0], optional=True, counted=True)
    )


def _word(text: str, at: int) -> Reading | None:
    character = text[at]
    if character == "翻":
        match = _DOUBLED.match(text, at)
        if match is None:
            return None
        reading = Reading(at, match.end(), Decimal(2), unit="times", optional=True, counted=True)
        if match["times"]:
            reading.value = Decimal(2 ** whole_number(match["times"]))
        elif match["fold"]:
            reading.value = Decimal(whole_number(match["fold"]))
            reading.also.append((reading.value + 1, "times", None))
            reading.optional = not match["fold"].isascii()
        return reading
    if idiom_end(text, at) is not None:
        return None
    if character == "半" and text[at - 1 : at] in ("上", "下") and text[at + 1 : at + 2] in ("年", "场", "赛"):
        return half_reading(at - 1, at + 2, 1 if text[at - 1] == "上" else 2)
    if character == "半":
        match = _HALF.match(text, at)
        if match is None or (match["year"] or match["unit"]) in ("场", "数"):
            return Reading(at, at + 1, Decimal(50), unit="percent", optional=True, in_words=True)
        unit = _UNITS_OF_HALF[match["unit"] or match["year"]]
        return Reading(at, match.end(), Decimal("0.5"), unit=unit, optional=True, in_words=True)
    value = {"首": 1, "双": 2, "俩": 2, "仨": 3}[character]
    kind: QuantityKind | None = "rank" if character == "首" else None
    return Reading(at, at + 1, Decimal(value), kind=kind, optional=True, in_words=True)
