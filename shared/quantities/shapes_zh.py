"""Chinese dates, times, shares, scores: numbers that are read as a whole, in digits and in characters."""

from __future__ import annotations

import re
from decimal import Decimal

from shared.quantities.mention import Moment
from shared.quantities.numerals_en import percentage
from shared.quantities.numerals_zh import numeral_zh
from shared.quantities.reading import (
    Reading,
    code,
    season,
)

HAN = "零〇一二三四五六七八九十两"
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
DAY = re.compile(r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?:日(?![元圆币])|号(?=[上下]午|[，在电晚早至到]|凌晨))")
_HAN_DAY = re.compile(
    r"(?P<day>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])号(?=[上下]午|[，在电晚早至到]|凌晨)"
    r"|(?P<tens>[一二三]?十[一二三四五六七八九]?)日(?!游|元)"
)
_ISO = re.compile(
    r"(?P<year>1[0-9]{3}|20[0-9]{2})(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sep)(?P<day>3[01]|[12][0-9]|0?[1-9])(?![0-9])"
)
_DECADE = re.compile(
    rf"(?:(?P<century>[0-9]{{1,2}}|[{HAN}]{{1,3}})世纪)?(?P<decade>[0-9]{{2,4}}|[一二三四五六七八九]十)年代"
)
_GENERATION = re.compile(r"(?P<decade>[0-9]0)后(?![来期续卫])")
_CENTURY = re.compile(rf"(?P<century>[0-9]{{1,2}}|[{HAN}]{{1,3}})世纪(?![0-9{HAN}]{{1,4}}年代)")
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
_AFTERNOON = ("下午", "午后", "傍晚")
_LEAST_AT_NIGHT = 6  # 深夜1点 is after midnight
_SCORE = re.compile(
    r"(?P<a>[0-9]{1,4}|[零一二三四五六七八九十])[ ]?[比:][ ]?"
    r"(?P<b>[0-9]{1,4}|[零一二三四五六七八九十](?![零一二三四五六七八九十较如例]))(?![0-9])"
)
PARTS = re.compile(rf"(?P<whole>[0-9]+|[{HAN}百千万]{{1,6}})分之")
_FRACTION = re.compile(r"(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,4})(?![0-9/])")
_TENTHS = re.compile(
    r"(?P<tenths>[0-9]|[一二三四五六七八九两])(?:到|至|、)?(?P<upper>[一二三四五六七八九])?成(?P<half>[一二三四五六七八九半])?(?![不熟功为立员本交效品因都绩长就人果年])"
)
_DISCOUNT = re.compile(r"(?P<fold>[0-9](?:\.[0-9])?|[0-9]{2}|[一二三四五六七八九]{1,2})折")
_QUARTER = re.compile(r"第?(?P<quarter>[一二三四1-4])季度?(?!度)")
_EVENT = re.compile(
    r"(?P<month>1[0-2]|[1-9])(?:[·•・]|\.(?=[0-9]{1,2}[”」]?(?:洪|暴|强降|特大|大地震|地震|事|案|抗)))(?P<day>[12][0-9]|3[01]|0?[1-9])(?![0-9])"
)
_HOLIDAY = re.compile(
    r"(?P<month>[五六七八十])一(?=大楼|勋章|建军|儿童|建党|国庆|劳动|国际|假|长假|小长假|黄金周|期间|节)"
)  # 八一大楼
_NINE_ELEVEN = re.compile(r"(?P<month>9)(?P<day>11)(?=事件|恐|袭)")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}


def shape_at(text: str, at: int) -> Reading | None:
    """Read a date, a time, a score, a fraction: what is no plain number, in digits or in characters."""
    for pattern, make in _SHAPES:
        match = pattern.match(text, at)
        if match is not None and (found := make(text, match)) is not None:
            return found
    return None


def whole_number(written: str) -> int:
    """Return the value of a short whole number in digits or characters."""
    if written.isascii():
        return int(written)
    if len(written) > 1 and "十" not in written and "百" not in written:
        return int("".join(str(HAN_DIGITS[character]) for character in written))
    found = numeral_zh(written, 0)
    return 0 if found is None else int(found.value)


def moment_reading(match: re.Match[str], moment: Moment, value: int | None, *, optional: bool = False) -> Reading:
    """Return a date or time with the number that stands for it in a `Quantity`."""
    return Reading(match.start(), match.end(), Decimal(value or 0), kind="date", date=moment, optional=optional)


def _date(text: str, match: re.Match[str]) -> Reading | None:
    parts = match.groupdict()
    year = whole_number(parts["year"]) if parts.get("year") else None
    month = whole_number(parts["month"]) if parts.get("month") else None
    day = whole_number(parts["day"]) if parts.get("day") else None
    if (month or 0) > 12 or (day or 0) > 31:
        return None
    if year is not None and month is None and year < 1000 and not match["year"].startswith("0"):
        return None
    fiscal = (parts.get("mark") or "") in ("财年", "财政年度")
    quarter = whole_number(parts["quarter"]) if parts.get("quarter") else None
    moment = Moment(year=year, quarter=quarter, month=month, day=day, fiscal=fiscal)
    return moment_reading(match, moment, year or day or month)


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
    decade = whole_number(match["decade"])
    if match["century"] is not None and decade < 100:
        decade += 100 * (whole_number(match["century"]) - 1)
    elif decade < 100 and text.startswith("世纪", match.start() - 2) and match.start() > 1:  # 上世纪90年代
        decade += 1900
    return moment_reading(match, Moment(year=decade, decade=True), decade)


def _generation(text: str, match: re.Match[str]) -> Reading:
    return moment_reading(match, Moment(year=int(match["decade"]), decade=True), int(match["decade"]))


def _century(text: str, match: re.Match[str]) -> Reading | None:
    if text[match.start() - 1 : match.start()] == "个":
        return None
    return moment_reading(match, Moment(century=whole_number(match["century"])), whole_number(match["century"]))


def _clock(text: str, match: re.Match[str]) -> Reading | None:
    parts = match.groupdict()
    hour, start = whole_number(parts["hour"]), match.start()
    around = _HALF_DAY.search(text, max(0, start - 3), start)
    if not around and _is_decimal(text, match):
        return None
    certain = around or parts["colon"] or parts["quarter"] or parts["half"] or parts["whole"] or parts["han_minute"]
    if not certain and (text[match.end() - 1] != "时" or not text[start].isdigit()):
        return None
    if hour > 24 or (parts["half"] and text.startswith("半小时", match.start("half"))):
        return None
    if around is not None and around["pm"] and hour < 12:
        hour += 12 if hour >= _LEAST_AT_NIGHT or around["pm"] in _AFTERNOON else 0
    minute = parts["minute"] or parts["han_minute"]
    minutes = 30 if parts["half"] else 15 * whole_number(parts["quarter"]) if parts["quarter"] else None
    minutes = whole_number(minute) if minute else minutes
    second = None if parts["second"] is None else int(parts["second"])
    morning = around is not None and around["am"] not in (None, "中午", "正午") and 0 < hour < 12
    return moment_reading(match, Moment(hour=hour, minute=minutes, second=second, morning=morning), hour)


def _is_decimal(text: str, match: re.Match[str]) -> bool:
    """Say whether 六点一 is 6.1 and no time."""
    minute = match["han_minute"]
    return not match["hour"].isascii() and minute is not None and len(minute) == 1 and text[match.end() - 1] != "分"


def _score(text: str, match: re.Match[str]) -> Reading:
    a, b = whole_number(match["a"]), whole_number(match["b"])
    return Reading(match.start(), match.end(), Decimal(a), Decimal(b), kind="score", optional=not match["a"].isascii())


def parts_reading(text: str, match: re.Match[str]) -> Reading | None:
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
    value = Decimal(10 * whole_number(match["tenths"]))
    if match["half"]:
        value += 5 if match["half"] == "半" else whole_number(match["half"])
    upper = None if match["upper"] is None else Decimal(10 * whole_number(match["upper"]))
    more = text[match.end() : match.end() + 1] in ("多", "余")
    reading = Reading(match.start(), match.end() + more, value, upper, unit="percent")
    reading.approximate = "over" if more else None
    return reading


def _discount(text: str, match: re.Match[str]) -> Reading | None:
    fold = match["fold"]
    figure = Decimal(fold) if fold.isascii() else Decimal(whole_number(fold))
    value = figure * 10 if figure < 10 else figure
    reading = Reading(match.start(), match.end(), value, unit="percent")
    reading.also.append((100 - value, "percent", None))
    return reading


def quarter_reading(match: re.Match[str]) -> Reading:
    """Return the quarter of a match; in characters it may be left out."""
    number = whole_number(match["quarter"])
    found = moment_reading(match, Moment(quarter=number), number, optional=not match["quarter"].isdigit())
    found.counted = found.optional
    return found


def _quarter_at(text: str, match: re.Match[str]) -> Reading | None:
    return None if text[match.start() - 1 : match.start()] == "个" else quarter_reading(match)


def _event(text: str, match: re.Match[str]) -> Reading:
    """Read 5·12 in the name of an event: 12 May, which English often writes 5.12."""
    found = moment_reading(match, Moment(month=int(match["month"]), day=int(match["day"])), int(match["day"]))
    for written in (f"{match['month']}.{match['day']}", f"{match['month']}{match['day']}"):
        found.also.append((Decimal(written), None, None))
    return found


def _nine_eleven(text: str, match: re.Match[str]) -> Reading:
    found = _event(text, match)
    found.optional = True
    return found


def _holiday(text: str, match: re.Match[str]) -> Reading:
    month = whole_number(match["month"])
    return moment_reading(match, Moment(month=month, day=1), 1, optional=True)


def _version(text: str, match: re.Match[str]) -> Reading:
    return code(match.group(), match.start(), match.end())


def day_reading(text: str, match: re.Match[str]) -> Reading:
    """Return a day of the month."""
    if text[match.start() - 1 : match.start()] == "月":  # of which month, is lost
        return Reading(match.start(), match.end(), Decimal(match["day"]), unit="day")
    return moment_reading(match, Moment(day=int(match["day"])), int(match["day"]))


def _han_day(text: str, match: re.Match[str]) -> Reading:
    """Read 二号上午: without a word of time after it, 二号 is a number two."""
    day = whole_number(match["day"] or match["tens"])
    return moment_reading(match, Moment(day=day), day)


_SHAPES = (
    (_ISO, _date),
    (_EVENT, _event),
    (_NINE_ELEVEN, _nine_eleven),
    (_HOLIDAY, _holiday),
    (_DATE, _date),
    (_VERSION, _version),
    (_DECADE, _decade),
    (_GENERATION, _generation),
    (_CENTURY, _century),
    (_MONTH_DAY, _month_day),
    (DAY, day_reading),
    (_HAN_DAY, _han_day),
    (_CLOCK, _clock),
    (_SCORE, _score),
    (PARTS, parts_reading),
    (_FRACTION, _fraction),
    (_TENTHS, _tenths),
    (_DISCOUNT, _discount),
    (_QUARTER, _quarter_at),
)
