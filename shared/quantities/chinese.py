"""Reads the numbers of a Chinese text, in simplified or traditional characters."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from decimal import Decimal

from shared.quantities.forms import currency_after, currency_before, unit_at
from shared.quantities.hedges import hedge_after, hedge_before
from shared.quantities.lexicon import (
    idiom_end,
    loose_money,
    loose_units,
    loose_words,
    measure_words,
    money_names,
)
from shared.quantities.mention import Mention, Moment
from shared.quantities.numerals import FOLD, plus
from shared.quantities.numerals_en import percentage
from shared.quantities.numerals_zh import numeral_zh
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

_HAN = "零〇一二三四五六七八九十两"
_TOKEN = re.compile(rf"https?://[^\s\u4e00-\u9fff]{{1,2000}}|[0-9]+|[{_HAN}]|[百千万亿]|[半双翻首俩仨]|Q(?=[1-4])")
_NUM = rf"(?:[0-9]{{1,4}}|[{_HAN}]{{1,4}})"
_YEAR = (
    r"(?:(?P<year>[0-9]{4}|[一二][零〇○一二三四五六七八九]{3}|[0-9]{2}(?=年[0-9]{1,2}月))(?P<mark>年度?|财政年度|财年))"
)
_DATE = re.compile(
    rf"{_YEAR}(?!代)(?:[ ]?(?P<month>[0-9]{{1,2}}|十[一二]?|[一二三四五六七八九])月(?!份?的?内)"
    rf"(?:[ ]?(?P<day>[0-9]{{1,2}}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号])?"
    r"|第?(?P<quarter>[一二三四1-4])季度?)?"
)
_MONTH_DAY = re.compile(
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?P<part>[初中底末上下]旬?|份)?"
    r"(?:[ ]?(?P<day>3[01]|[12][0-9]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
    r"[日号]?(?![0-9个点时元圆]))?"
)
_DAY = re.compile(r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?:日(?![元圆币])|号(?=[上下]午|[，在电晚早至到]|凌晨))")
_HAN_DAY = re.compile(
    r"(?P<day>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])号(?=[上下]午|[，在电晚早至到]|凌晨)"
    r"|(?P<tens>[一二三]?十[一二三四五六七八九]?)日(?!游|元)"
)
_ISO = re.compile(
    r"(?P<year>1[0-9]{3}|20[0-9]{2})(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sep)(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9])"
)
_DECADE = re.compile(
    rf"(?:(?P<century>[0-9]{{1,2}}|[{_HAN}]{{1,3}})世纪)?(?P<decade>[0-9]{{2,4}}|[一二三四五六七八九]十)年代"
)
_DECADES = re.compile(r"(?P<a>[二三四五六七八])(?P<b>[三四五六七八九])十年代")
_GENERATION = re.compile(r"(?P<decade>[0-9]0)后(?![来期续卫])")
_CENTURY = re.compile(rf"(?P<century>[0-9]{{1,2}}|[{_HAN}]{{1,3}})世纪(?![0-9{_HAN}]{{1,4}}年代)")
_CLOCK = re.compile(
    r"(?P<hour>2[0-4]|[01]?[0-9]|二?十[一二三四五六七八九]?|[一二三四五六七八九两])"
    r"(?:(?P<colon>:)(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?(?![0-9])"
    r"|[点时](?!代|间|候|期|尚|装|报|局|常|而|任|刻|隔|有|不|多)(?:(?P<quarter>[一三])刻|(?P<half>半)"
    r"|(?P<han_minute>[0-5]?[0-9]|[零二三四五]?十?[一二三四五六七八九]?(?<=[零一二三四五六七八九十]))分?(?![之%.0-9]))?(?P<whole>整|钟)?)"
)
_HALF_DAY = re.compile(
    r"(?:(?P<pm>下午|午后|晚上|晚间|傍晚|当晚|晚|夜间|深夜|夜里|今晚|昨晚)"
    r"|(?P<am>凌晨|清晨|早上|早晨|上午|早|清早|中午|正午|今早))[ ]?$"
)
_SCORE = re.compile(
    r"(?P<a>[0-9]{1,4}|[零一二三四五六七八九十])[ ]?[比:][ ]?"
    r"(?P<b>[0-9]{1,4}|[零一二三四五六七八九十](?![零一二三四五六七八九十较如例]))(?![0-9])"
)
_PARTS = re.compile(rf"(?P<whole>[0-9]+|[{_HAN}百千万]{{1,6}})分之")
_FRACTION = re.compile(r"(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,4})(?![0-9/])")
_TENTHS = re.compile(
    r"(?P<tenths>[0-9]|[一二三四五六七八九两])(?:到|至|、)?(?P<upper>[一二三四五六七八九])?成(?P<half>[一二三四五六七八九半])?(?![不熟功为立员本交效品因都绩长就人果年])"
)
_DISCOUNT = re.compile(r"(?P<fold>[0-9](?:\.[0-9])?|[0-9]{2}|[一二三四五六七八九]{1,2})折")
_QUARTER = re.compile(r"第?(?P<quarter>[一二三四1-4])季度?(?!度)")
_Q = re.compile(r"Q(?P<quarter>[1-4])(?![A-Za-z0-9])")
_EVENT = re.compile(
    r"(?P<month>1[0-2]|[1-9])(?:[·•・]|\.(?=[0-9]{1,2}[”」]?(?:洪|暴|强降|特大|大地震|地震|事|案|抗)))(?P<day>[12][0-9]|3[01]|0?[1-9])(?![0-9])"
)
_HOLIDAY = re.compile(
    r"(?P<month>[五六七八十])一(?=大楼|勋章|建军|儿童|建党|国庆|劳动|国际|假|长假|小长假|黄金周|期间|节)"
)  # 八一大楼
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
_JOINER = re.compile(r"[ ]?[-–—~‑][ ]?|[至到或比]|[ ][至到][ ]")
_BY = re.compile(r"[x×*](?=[0-9])", re.IGNORECASE)
_DOUBLED = re.compile(
    r"翻(?:了)?(?:(?P<times>[一两三四五六七八九十])番|倍|番|了?一倍|了?(?P<fold>[0-9]+|[两三四五六七八九十])倍)"
)
_GROWTH = re.compile(r"[增涨升扩翻提长高多加大快][^，。；,]{0,4}$")
_REACHED = re.compile(r"(?:[增涨升扩提长加]|上升|增长)[到至为达]|[是为达到至]|[达到至][约近]?$")
_TIMES = re.compile(r"倍(?!数|率|速|受|感|标准差)")
_SECONDS = re.compile(r"秒(?P<part>[0-9]{1,3})(?![0-9.:%万亿])")
_NUMERAL = re.compile("[0-9一二三四五六七八九十两]")
_CLAUSE = re.compile(r"[，。；、,;]")
_HALF = re.compile(r"半(?:个(?P<unit>月|小时|世纪|多月|世紀)|(?P<year>年|天|小时|世纪|场|数))")
_TAIL_HALF = re.compile(r"半")
_UNITS_OF_HALF = {
    "月": "month",
    "小时": "hour",
    "世纪": "century",
    "年": "year",
    "天": "day",
    "世紀": "century",
    "多月": "month",
}
_INDEFINITE = frozenset("数几多好成以")
_AROUND = re.compile(r"(?:[近上过逾超约达破]|超过|将近|接近)$")
_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_MOST_FIGURE_DIGITS = 18
# Some write 2019 年 10 月 and 3 亿: the blanks between digits and characters say nothing.
_SPACE = re.compile(r"(?<=[0-9])[ \u00a0](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[ \u00a0](?=[0-9])")
_ORDER = re.compile(r"第$")


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
    for reading in sorted((*found, *alone), key=lambda each: (each.start, each in alone)):
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
    elif first == "Q":
        quarter = _Q.match(text, at)
        readings = [] if quarter is None else [_quarter(quarter)]
    elif (decades := _DECADES.match(text, at)) is not None:  # 七八十年代
        years = (10 * _HAN_DIGITS[decades["a"]], 10 * _HAN_DIGITS[decades["b"]])
        readings = [_moment(decades, Moment(year=year, decade=True), year) for year in years]
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
    shaped = _shaped(text, at)
    if shaped is not None:
        return _with_day(text, shaped)
    if (always := AROUND_THE_CLOCK.match(text, at)) is not None:
        return [code(always.group(), at, always.end())]
    if (by := _BY.match(text, token.end())) is not None:  # 4x200米
        return [Reading(at, by.start(), Decimal(token.group()))]
    return _with_range(text, _amount(text, at))


def _shaped(text: str, at: int) -> Reading | None:
    """Read a date, a time, a score, a fraction: what is no plain number, in digits or in characters."""
    for pattern, make in _SHAPES:
        match = pattern.match(text, at)
        if match is not None and (found := make(text, match)) is not None:
            return found
    return None


def _number(written: str) -> int:
    """Return the value of a short whole number in digits or characters."""
    if written.isascii():
        return int(written)
    if len(written) > 1 and "十" not in written and "百" not in written:
        return int("".join(str(_HAN_DIGITS[character]) for character in written))
    found = numeral_zh(written, 0)
    return 0 if found is None else int(found.value)


def _moment(match: re.Match[str], moment: Moment, value: int | None, *, optional: bool = False) -> Reading:
    return Reading(match.start(), match.end(), Decimal(value or 0), kind="date", date=moment, optional=optional)


def _date(text: str, match: re.Match[str]) -> Reading | None:
    parts = match.groupdict()
    year = _number(parts["year"]) if parts.get("year") else None
    month = _number(parts["month"]) if parts.get("month") else None
    day = _number(parts["day"]) if parts.get("day") else None
    if (month or 0) > 12 or (day or 0) > 31:
        return None
    if year is not None and month is None and year < 1000 and not match["year"].startswith("0"):
        return None
    fiscal = (parts.get("mark") or "") in ("财年", "财政年度")
    quarter = _number(parts["quarter"]) if parts.get("quarter") else None
    moment = Moment(year=year, quarter=quarter, month=month, day=day, fiscal=fiscal)
    return _moment(match, moment, year or day or month)


def _month_day(text: str, match: re.Match[str]) -> Reading | None:
    if match.start() and text[match.start() - 1] in "个":
        return None
    found = _date(text, match)
    if found is not None and match["day"] is not None and text[match.end() - 1] not in "日号":
        following = text[match.end() : match.end() + 1]
        if following in "至到-—~、，" or not following:
            return found
        moment = found.date
        found.end = match.start("day")
        found.date = None if moment is None else Moment(month=moment.month)
    return found


def _decade(text: str, match: re.Match[str]) -> Reading | None:
    decade = _number(match["decade"])
    if match["century"] is not None and decade < 100:
        decade += 100 * (_number(match["century"]) - 1)
    elif decade < 100 and text.startswith("世纪", match.start() - 2) and match.start() > 1:  # 上世纪90年代
        decade += 1900
    return _moment(match, Moment(year=decade, decade=True), decade)


def _generation(text: str, match: re.Match[str]) -> Reading:
    return _moment(match, Moment(year=int(match["decade"]), decade=True), int(match["decade"]))


def _century(text: str, match: re.Match[str]) -> Reading | None:
    if text[match.start() - 1 : match.start()] == "个":
        return None
    return _moment(match, Moment(century=_number(match["century"])), _number(match["century"]))


def _clock(text: str, match: re.Match[str]) -> Reading | None:
    parts = match.groupdict()
    hour, start = _number(parts["hour"]), match.start()
    around = _HALF_DAY.search(text, max(0, start - 3), start)
    if not around and _is_decimal(text, match):
        return None
    certain = around or parts["colon"] or parts["quarter"] or parts["half"] or parts["whole"] or parts["han_minute"]
    if not certain and (text[match.end() - 1] != "时" or not text[start].isdigit()):
        return None
    if hour > 24 or (parts["half"] and text.startswith("半小时", match.start("half"))):
        return None
    if around is not None and around["pm"] and hour < 12:
        hour += 12
    minute = parts["minute"] or parts["han_minute"]
    minutes = 30 if parts["half"] else 15 * _number(parts["quarter"]) if parts["quarter"] else None
    minutes = _number(minute) if minute else minutes
    second = None if parts["second"] is None else int(parts["second"])
    return _moment(match, Moment(hour=hour, minute=minutes, second=second), hour)


def _is_decimal(text: str, match: re.Match[str]) -> bool:
    """Say whether 六点一 is 6.1 and no time."""
    minute = match["han_minute"]
    return not match["hour"].isascii() and minute is not None and len(minute) == 1 and text[match.end() - 1] != "分"


def _score(text: str, match: re.Match[str]) -> Reading:
    a, b = _number(match["a"]), _number(match["b"])
    return Reading(match.start(), match.end(), Decimal(a), Decimal(b), kind="score", optional=not match["a"].isascii())


def _parts(text: str, match: re.Match[str]) -> Reading | None:
    """Read 三分之二 and 百分之三点五, of which the whole stands first."""
    whole = (
        Decimal(100) if match["whole"] in ("百", "一百") else Decimal({"千": 1000, "万": 10000}.get(match["whole"], 0))
    )
    if not whole:
        known = numeral_zh(match["whole"], 0)
        whole = known.value if known is not None else whole
    part = numeral_zh(text, match.end())
    if not whole:
        return None
    if part is None:
        if not text.startswith(("百", "几"), match.end()):
            return None
        return Reading(match.start(), match.end() + 1, Decimal(100), unit="percent", optional=True)
    value = part.value if whole == 100 else percentage(part.value, whole)
    reading = Reading(match.start(), part.end, value, unit="percent", upper=part.upper)
    reading.approximate = "over" if part.more else None
    if whole not in (100, 1000) and not text[match.start()].isascii():
        reading.optional = reading.counted = reading.in_words = True
    if text.startswith("决赛", part.end):
        reading.optional, reading.counted = True, False
    return reading


def _fraction(text: str, match: re.Match[str]) -> Reading:
    if (season_ := season(match)) is not None:
        return season_
    found = code(match.group(), match.start(), match.end())
    found.optional = found.optional or text.startswith("决赛", match.end())
    return found


def _tenths(text: str, match: re.Match[str]) -> Reading | None:
    if text[match.start() - 1 : match.start()] in tuple("第数几多十百千这那之0123456789."):
        return None
    value = Decimal(10 * _number(match["tenths"]))
    if match["half"]:
        value += 5 if match["half"] == "半" else _number(match["half"])
    upper = None if match["upper"] is None else Decimal(10 * _number(match["upper"]))
    more = text[match.end() : match.end() + 1] in ("多", "余")
    reading = Reading(match.start(), match.end() + more, value, upper, unit="percent")
    reading.approximate = "over" if more else None
    return reading


def _discount(text: str, match: re.Match[str]) -> Reading | None:
    fold = match["fold"]
    figure = Decimal(fold) if fold.isascii() else Decimal(_number(fold))
    value = figure * 10 if figure < 10 else figure
    reading = Reading(match.start(), match.end(), value, unit="percent")
    reading.also.append((100 - value, "percent", None))
    return reading


def _quarter(match: re.Match[str]) -> Reading:
    number = _number(match["quarter"])
    found = _moment(match, Moment(quarter=number), number, optional=not match["quarter"].isdigit())
    found.counted = found.optional
    return found


def _quarter_at(text: str, match: re.Match[str]) -> Reading | None:
    return None if text[match.start() - 1 : match.start()] == "个" else _quarter(match)


def _event(text: str, match: re.Match[str]) -> Reading:
    """Read 5·12 in the name of an event: 12 May, which English often writes 5.12."""
    found = _moment(match, Moment(month=int(match["month"]), day=int(match["day"])), int(match["day"]))
    for written in (f"{match['month']}.{match['day']}", f"{match['month']}{match['day']}"):
        found.also.append((Decimal(written), None, None))
    return found


def _holiday(text: str, match: re.Match[str]) -> Reading:
    month = _number(match["month"])
    return _moment(match, Moment(month=month, day=1), 1, optional=True)


def _version(text: str, match: re.Match[str]) -> Reading:
    return code(match.group(), match.start(), match.end())


def _day_of_month(text: str, match: re.Match[str]) -> Reading:
    if text[match.start() - 1 : match.start()] == "月":  # of which month, is lost
        return Reading(match.start(), match.end(), Decimal(match["day"]), unit="day")
    return _moment(match, Moment(day=int(match["day"])), int(match["day"]))


def _han_day(text: str, match: re.Match[str]) -> Reading:
    """Read 二号上午: without a word of time after it, 二号 is a number two."""
    day = _number(match["day"] or match["tens"])
    return _moment(match, Moment(day=day), day)


_SHAPES = (
    (_ISO, _date),
    (_EVENT, _event),
    (_HOLIDAY, _holiday),
    (_DATE, _date),
    (_VERSION, _version),
    (_DECADE, _decade),
    (_GENERATION, _generation),
    (_CENTURY, _century),
    (_MONTH_DAY, _month_day),
    (_DAY, _day_of_month),
    (_HAN_DAY, _han_day),
    (_CLOCK, _clock),
    (_SCORE, _score),
    (_PARTS, _parts),
    (_FRACTION, _fraction),
    (_TENTHS, _tenths),
    (_DISCOUNT, _discount),
    (_QUARTER, _quarter_at),
)


def _with_day(text: str, first: Reading) -> list[Reading]:
    """Read the other end of 10月17-19日 and 2016-2020年."""
    if first.date is None or first.date.month is None:
        return [first]
    joiner = _JOINER.match(text, first.end)
    day = None if joiner is None else _DAY.match(text, joiner.end())
    return [first] if day is None else [first, _day_of_month(text, day)]


def _amount(text: str, at: int) -> Reading:
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
    _measure(text, reading)
    _ending(text, reading)
    _approximate(text, reading)
    if (reading.unit == "hour" and reading.value == 24) or (  # around the clock
        reading.value == 1 and reading.unit in ("year", "month", "week", "day", "hour", "minute", "second")
    ):
        reading.optional = True
    return reading


def _measure(text: str, reading: Reading) -> None:
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
        if word is None:
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
    share(first, second)
    same = (first.unit, first.currency) == (second.unit, second.currency)
    if joiner.group() in ("或", "比") or second.upper is not None or first.upper is not None or not same:
        return [first, second]
    return [joined(first, second)]


def _listed(text: str, first: Reading) -> list[Reading]:
    """Read 9、10月份 and 70、80年代, of which only the last says what they are."""
    if first.bare and text.startswith("、", first.end) and (second := _shaped(text, first.end + 1)) is not None:
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
    if (shaped := _shaped(text, start)) is not None:
        return _same_kind(first, shaped)
    if _digit_run(text, start) > _MOST_FIGURE_DIGITS:
        return None
    second = _amount(text, start)
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
    if (parts := _PARTS.match(text, at)) is not None and (portion := _parts(text, parts)) is not None:
        return portion
    if character in "半双翻首俩仨":
        return _word(text, at)
    before = text[at - 1] if at else ""
    if character in "百千万亿":
        return _around_scale(text, at, before)
    if before in _INDEFINITE and character == "十":
        return _indefinite(text, at)
    if text.startswith("一半", at):
        return Reading(at, at + 2, Decimal(50), unit="percent", optional=True, in_words=True)
    if (shaped := _shaped(text, at)) is not None:
        shaped.in_words = True
        return shaped
    if idiom_end(text, at) is not None:
        return None
    reading = _amount(text, at)
    _settle(text, reading, before)
    if loose_words().at(text, at) is not None:
        reading.optional, reading.counted = True, False
    return reading


def _settle(text: str, reading: Reading, before: str) -> None:
    """Say whether a number in characters may have no counterpart."""
    small = reading.value <= 10 and reading.upper is None
    bare = reading.unit in (None, "times") and reading.currency is None
    if before == "第":
        reading.kind = "rank" if reading.bare else reading.kind
        reading.optional = reading.value <= 10
        reading.counted = reading.counted and reading.value > 3
        return
    around_ten = "十几" in text[reading.start : reading.end]
    pair = reading.upper is not None and reading.value < 10
    reading.optional = reading.optional or (small and (bare or around_ten)) or reading.value <= 1 or pair
    if text.startswith("号", reading.end) and reading.bare:  # 长征五号
        reading.kind, reading.in_words = "rank", False
    reading.counted = reading.counted and small and reading.value > 1 and bare


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
    _measure(text, reading)
    reading.counted = False
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
        reading = Reading(at, match.end(), Decimal(2), unit="times", optional=True, in_words=True)
        if match["times"]:
            reading.value = Decimal(2 ** _number(match["times"]))
        elif match["fold"]:
            reading.value = Decimal(_number(match["fold"]))
            reading.also.append((reading.value + 1, "times", None))
            reading.optional = not match["fold"].isascii()
        return reading
    if idiom_end(text, at) is not None:
        return None
    if character == "半":
        match = _HALF.match(text, at)
        if match is None or (match["year"] or match["unit"]) in ("场", "数"):
            return Reading(at, at + 1, Decimal(50), unit="percent", optional=True, in_words=True)
        unit = _UNITS_OF_HALF[match["unit"] or match["year"]]
        return Reading(at, match.end(), Decimal("0.5"), unit=unit, optional=True, in_words=True)
    value = {"首": 1, "双": 2, "俩": 2, "仨": 3}[character]
    return Reading(at, at + 1, Decimal(value), optional=True, in_words=True)


def _approximate(text: str, reading: Reading) -> None:
    for at in (reading.end, reading.end + 1, reading.end + 2):  # a measure word may stand between: 100人左右
        if (hedge := hedge_after(text, at)) is not None:
            reading.approximate = reading.approximate or hedge[0]
            reading.end = hedge[1] if at == reading.end else reading.end
            break
    if (hedge := hedge_before(text, reading.start, "zh")) is not None:
        reading.approximate, reading.start = hedge
