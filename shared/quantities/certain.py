"""Finds quantities in text, as exact values: amounts, shares, points, counts, durations, measures and multiples.

A quantity is certain where two readings of the text agree: the comparing parser's, which takes every number for
something, and the rules here. What these can't tell is no quantity: a bare number, an identifier, a number word, a
fraction, a factor of growth (增长3倍 and "rose 3 times" mean different things to different writers), money for each of
something, one of two figures ("$5 or $6 million"), a negated comparison ("not more than" it is, "will not pay more
than" it isn't), a count of what the vocabulary has no unit for. Negation elsewhere in the clause is not looked at. Runs
in time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pydantic import ValidationError

from shared.model import Language, Quantity
from shared.quantities.chinese import find_zh
from shared.quantities.compare import supports
from shared.quantities.english import find_en
from shared.quantities.forms import SIGNS, currency_after, currency_before, unit_at
from shared.quantities.hedges import hedge_after, hedge_before
from shared.quantities.mention import Mention
from shared.quantities.numerals import (
    FOLD,
    NUMBER,
    digits,
    plus,
    scale_en,
    times_power,
)
from shared.quantities.numerals_zh import numeral_zh
from shared.vocabulary import UnitForms, unit


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity and where it stands: code points of the searched text, approximation and unit included."""

    quantity: Quantity
    start: int
    end: int


def find_quantities(text: str, language: Language, *, yuan: bool = True) -> tuple[FoundQuantity, ...]:
    """Return the quantities of a text in `language`, in order, without overlaps. Never raises.

    `yuan`: whether 元 alone is the Chinese yuan. In a report from Taiwan or Hong Kong it is not, and amounts that say
    no more than 元 are then left out.
    """
    folded = text.translate(FOLD)
    found: list[FoundQuantity] = []
    done = 0
    for match in (_ANY_ZH if language == "zh" else NUMBER).finditer(folded):
        if match.start() < done:
            continue
        reading = _in_characters(folded, match) if language == "zh" else None
        if reading is None:
            reading = _in_digits(folded, match, language)
        if reading is None:
            continue
        quantity = _finish(folded, reading, language)
        if quantity is not None and quantity.start >= done:
            found.append(quantity)
            done = quantity.end
    agreed = _agreed(folded, found, find_zh(folded) if language == "zh" else find_en(folded)) if found else ()
    return tuple(each for each in agreed if yuan or not _is_bare_yuan(folded, each))


def _agreed(text: str, found: Sequence[FoundQuantity], mentions: Sequence[Mention]) -> Iterator[FoundQuantity]:
    """Yield the quantities that the comparing parser reads at the same place as the same number, its sign aside.

    What it reads as a part of something longer is not certain: the 五十 of 百分之五十一点六, the 2年 of 2年半.
    """
    first = 0
    for each in found:
        while first < len(mentions) and mentions[first].end <= each.start:
            first += 1
        last = first
        while last < len(mentions) and mentions[last].start < each.end:
            last += 1
        unsigned = each.quantity.model_copy(update={"value": each.quantity.value.copy_abs()})
        if supports(mentions[first:last], Mention(unsigned, each.start, each.end, text[each.start : each.end])):
            yield each


def _is_bare_yuan(text: str, found: FoundQuantity) -> bool:
    return found.quantity.currency == "CNY" and _NAMED_YUAN.search(text, found.start, found.end) is None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One figure with all that belongs to it. `figure` is the number as printed, `power` its scale if it has one."""

    start: int
    end: int
    figure: Decimal
    value: Decimal
    power: int | None = None
    upper: Decimal | None = None
    more: bool = False
    currency: str | None = None
    unit: UnitForms | None = None
    multiple: bool = False
    singular: bool = False  # a unit's singular follows, of which the figure is no count: 2.3 million patient records

    @property
    def bare(self) -> bool:
        """Whether nothing says what the figure counts."""
        return self.currency is None and self.unit is None and not self.multiple


_HAN = "零〇一二三四五六七八九两十百千万亿"
_ANY_ZH = re.compile(
    r"(?P<tenths>[一二三四五六七八九两])成(?P<half>[一二三四五六七八九半])?(?![不熟功为立员本交效品因])"
    rf"|百分之(?P<hundredths>\d+(?:\.\d+)?|[{_HAN}]{{1,8}})(?![至到\d点.])"
    rf"|(?P<han>[十一二三四五六七八九两][{_HAN}]{{0,24}})"
    rf"|{NUMBER.pattern}"
)
_HYPHENS = "-–—−~～"
_UNCERTAIN_ZH = frozenset("第数几多十百千万亿零一二三四五六七八九两点至到成")
_JOINERS: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?P<word>[ \u00a0](?:to|and)[ \u00a0])|[-–—]"),
    "zh": re.compile(r"(?P<word>[至到和与])|[-–—~～]"),
}
# 从5亿至6亿元下调 speaks of a range that was lowered; 从5亿至6亿元 alone may be a rise.
_MOVED_ZH = re.compile(r"[^，。；、\d]{0,2}(?:下调|上调|调|降|增|升|提|改|减|缩|扩|下修|上修)")
_TIMES_EN = re.compile(
    r"[ \u00a0]times(?![A-Za-z])(?P<of>[ \u00a0](?:as|the|its|their|more|larger|higher|bigger|faster|annual)\b)?"
    r"|x(?![A-Za-z0-9])|×"
)
_NAMED_YUAN = re.compile(r"人民币|RMB|CNY|CN¥")
_TIMES_ZH = re.compile(r"倍(?!增|数|率|速|受|感|标准差)")
_GROWTH_ZH = re.compile(r"[增涨升扩翻提]|(?<![最至])[多高]")
_PENCE = re.compile(r"(?:[ \u00a0]pence|p)(?![A-Za-z])")
_RATE_EN = re.compile(
    r"[ \u00a0](?:an?|per|every|each)[ \u00a0](?!(?:year|quarter|month|week|day) (?:ago|earlier|before|later))[a-z]"
    r"|[ \u00a0](?:each|apiece)\b|/|[ -]?points?\b"
)
_RATE_BEFORE_ZH = re.compile(r"每[^，。；：]{1,8}$")
_RATE_AFTER_ZH = re.compile(r"[ ]?[/每]")
# A minus in words, and figures in groups that blanks part: 1 234 567.
_MINUS_WORD: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:minus|negative)[ \u00a0]$", re.IGNORECASE),
    "zh": re.compile(r"负$"),
}
_GROUP_BEFORE = re.compile(r"\d[ \u00a0\u202f]$")
_GROUP = re.compile(r"\d{3}(?!\d)")
_GROUP_AFTER = re.compile(r"[ \u00a0\u202f]\d{3}(?!\d)")
# One of two figures: "$5 or $6 million", 5或6亿元.
_OR_BEFORE = re.compile(r"\d[^\d，。；,;]{0,12}(?:[ \u00a0]or[ \u00a0]|或)$")
_OR_AFTER = re.compile(rf"(?:[ \u00a0]or[ \u00a0]|或)[A-Z]{{0,3}}[{re.escape(SIGNS)}]?\d")
# What may follow a scaled number that counts nothing we know: not a word, which may be a currency.
_WORD_AFTER = re.compile(r"[ \u00a0-]?[^\W\d_]")
_WORD_BEFORE = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]{0,3}\.?[ \u00a0]?$")
_NEGATED_EN = re.compile(r"(?:\b(?:not|never|no|nor|cannot|without|hardly)|n['’]t)\b", re.IGNORECASE)
_NEGATED_ZH = re.compile(r"没|并非|绝非|无法|无意|未(?!来)|不(?![断仅但过])")
_NEGATED_WITHIN: Mapping[Language, int] = {"en": 4, "zh": 8}  # words, and characters
_CLAUSE_END = re.compile(r"[,;:.!?，。；：！？]")

_WINDOW = 20


def _in_characters(text: str, match: re.Match[str]) -> _Reading | None:
    """Read 三成, 百分之三十 and 三十亿元. None: the match is none of these, or not certain."""
    before = text[match.start() - 1 : match.start()]
    if before in _UNCERTAIN_ZH and before:
        return None
    if match["tenths"]:
        more = text[match.end() : match.end() + 1] in ("多", "余")
        half = match["half"]
        ones = Decimal(0) if half is None else Decimal(5) if half == "半" else _whole(half) or Decimal(0)
        value = plus(10 * (_whole(match["tenths"]) or Decimal(0)), ones)
        return _Reading(match.start(), match.end() + more, value, value, more=more, unit=unit("percent"))
    if match["hundredths"]:
        number = _whole(match["hundredths"])
        if number is None:
            return None
        return _Reading(match.start(), match.end(), number, number, unit=unit("percent"))
    if match["han"]:
        number = _whole(match["han"])
        money = currency_after(text, match.end(), "zh")
        if number is None or money is None or number < 10_000:
            return None
        return _Reading(match.start(), money[1], number, number, currency=money[0])
    return None


def _whole(numeral: str) -> Decimal | None:
    """Return the value of a text that is one Chinese numeral, or None."""
    found = numeral_zh(numeral, 0)
    return None if found is None or found.end != len(numeral) or found.upper is not None else found.value


def _in_digits(text: str, match: re.Match[str], language: Language) -> _Reading | None:
    """Read a figure in digits, or the range that begins with it."""
    first = _figure(text, match, language)
    if first is None:
        return None
    if (found := _range(text, first, language)) is not None:
        return found
    return None if first.bare and not _counts_alone(text, first) else first


def _counts_alone(text: str, reading: _Reading) -> bool:
    """Say whether a figure without a unit is a count: a scaled one, beside no word that may be its currency."""
    if reading.power is None:
        return False
    if text.startswith("-", reading.start - 1) or _WORD_BEFORE.search(text, max(0, reading.start - 7), reading.start):
        return False
    return _WORD_AFTER.match(text, reading.end) is None or reading.singular


def _unscaled_bare(reading: _Reading) -> bool:
    return reading.bare and reading.power is None


def _figure(text: str, match: re.Match[str], language: Language) -> _Reading | None:
    if not match.group()[0].isascii() or not match.group()[0].isdigit():
        return None
    prefix = currency_before(text, match.start(), language)
    start = match.start() if prefix is None else prefix[1]
    if not _may_begin(text, start, language) or not _may_end(text, match.end()):
        return None
    printed = digits(match.group())
    if printed is None or _in_pieces(text, start, match.end(), language):
        return None
    negative = start > 0 and text[start - 1] in "-−"
    plain = _Reading(start, match.end(), printed, printed)
    reading = _scaled(text, match, plain, language, money=prefix is not None)
    if reading is None:
        return None
    if prefix is not None:
        reading = replace(reading, currency=prefix[0])
    reading = _measured(text, reading, language)
    if reading is None or not negative:
        return reading
    return replace(reading, start=reading.start - 1, figure=-reading.figure, value=-reading.value)


def _may_begin(text: str, start: int, language: Language) -> bool:
    """Say whether a quantity may begin at `start`; what stands before may make it an identifier, an ordinal, a tail."""
    if start == 0:
        return True
    before = text[start - 1]
    earlier = text[start - 2 : start - 1] if start > 1 else ""
    if before in "-−":  # a minus sign, unless it joins
        return earlier == "" or earlier.isspace() or earlier in "(（：:，。；、"
    if before in _HYPHENS:
        return not earlier.isalnum() or not earlier.isascii()
    if before in SIGNS or before in "_/\\#@^" or (before in ".,:" and earlier.isdigit()) or before == "第":
        return False
    return not (before.isascii() and before.isalnum()) and before not in _HAN


def _in_pieces(text: str, start: int, end: int, language: Language) -> bool:
    """Say whether digits are only a piece of what is written, or signed in words."""
    back = max(0, start - _WINDOW)
    return (
        _MINUS_WORD[language].search(text, back, start) is not None
        or (_GROUP.match(text, start) is not None and _GROUP_BEFORE.search(text, back, start) is not None)
        or _GROUP_AFTER.match(text, end) is not None
        or _OR_BEFORE.search(text, back, start) is not None
    )


def _may_end(text: str, end: int) -> bool:
    following = text[end : end + 1]
    return not (following in (".", ",", "/", ":") and text[end + 1 : end + 2].isdigit())


def _scaled(text: str, match: re.Match[str], reading: _Reading, language: Language, *, money: bool) -> _Reading | None:
    """Add the scale behind the digits of `match`. None: the number that it makes is not certain."""
    if language == "zh":
        numeral = numeral_zh(text, match.start())
        if numeral is None or numeral.upper is not None or text[numeral.end : numeral.end + 1].isdigit():
            return None
        power = numeral.power or None
        return replace(reading, value=numeral.value, power=power, more=numeral.more, end=numeral.end)
    scale = scale_en(text, match.end(), money=money)
    if scale is None:
        return reading
    value = times_power(reading.figure, scale[0])
    return None if value is None else replace(reading, value=value, power=scale[0], end=scale[1])


def _measured(text: str, reading: _Reading, language: Language) -> _Reading | None:
    """Add the currency, unit or factor that follows. None: what follows makes the whole uncertain."""
    if reading.currency is not None:
        after = currency_after(text, reading.end, language)  # ¥12亿元, $3 million US dollars
        if after is None:
            return reading
        local = text.startswith("元", reading.end)  # 新台币7亿元
        return replace(reading, end=after[1]) if local or after[0] == reading.currency else reading
    money = currency_after(text, reading.end, language)
    if money is not None:
        return replace(reading, currency=money[0], end=money[1])
    if language == "en" and (pence := _PENCE.match(text, reading.end)) is not None:
        value = times_power(reading.value, -2)
        return None if value is None else replace(reading, value=value, currency="GBP", end=pence.end())
    found = unit_at(text, reading.end, language)
    if found is None:
        return _multiplied(text, reading, language)
    if found.singular and not found.hyphenated and reading.value != 1:  # 2.3 million patient records
        return replace(reading, singular=True)
    if found.hyphenated and text[found.end : found.end + 1] == "-":  # 51-year-old
        return None
    if not _certain(text, reading, found.unit, found.end, language):
        return None
    return replace(reading, unit=found.unit, end=found.end)


def _certain(text: str, reading: _Reading, known: UnitForms, end: int, language: Language) -> bool:
    if known.id == "year" and language == "zh" and reading.value >= 1000:  # 2026年 is a date
        return False
    if known.kind == "measure" and "每" in text[max(0, reading.start - 5) : reading.start]:
        return False
    if language == "en" and known.kind in ("measure", "share"):
        rate = _RATE_EN.match(text, end)
        return rate is None or (known.kind == "share" and "point" not in rate.group())
    return True


def _is_rate(text: str, reading: _Reading, language: Language) -> bool:
    """Say whether money is for each of something: $71.40 a barrel, 每百万词元2元."""
    if language == "en":
        return _RATE_EN.match(text, reading.end) is not None
    before = _RATE_BEFORE_ZH.search(text, max(0, reading.start - _WINDOW), reading.start)
    return before is not None or _RATE_AFTER_ZH.match(text, reading.end) is not None


def _multiplied(text: str, reading: _Reading, language: Language) -> _Reading | None:
    if language == "zh":
        times = _TIMES_ZH.match(text, reading.end)
        if times is None:
            return (
                None
                if text[reading.end : reading.end + 1].isascii() and text[reading.end : reading.end + 1].isalpha()
                else reading
            )
        if _GROWTH_ZH.search(text, max(0, reading.start - 6), reading.start):
            return None
        return replace(reading, multiple=True, end=times.end())
    times = _TIMES_EN.match(text, reading.end)
    if times is None:
        return None if text[reading.end : reading.end + 1].isalpha() else reading
    whole = reading.figure == reading.figure.to_integral_value()
    if "times" in times.group() and whole and not times["of"]:  # "watched it 11 times"
        return None
    return replace(reading, multiple=True, end=times.start("of") if times["of"] else times.end())


def _range(text: str, first: _Reading, language: Language) -> _Reading | None:
    """Read the range that begins with `first`. None: there is none, or it may be a change."""
    joiner = _JOINERS[language].match(text, first.end)
    if joiner is None or first.multiple:
        return None
    second = _second(text, joiner.end(), language)
    if second is None or not _joins(text, joiner, first, second, language):
        return None
    if second.bare and _is_share(first) and (second.power is not None or joiner["word"]):
        return None  # "rose 10% to 15 billion": what it reached
    first, second = _shared(first, second)
    same = (first.currency, first.unit) == (second.currency, second.unit) and not _unscaled_bare(second)
    if not same or second.multiple or second.value <= first.value:
        return None
    return replace(second, start=first.start, value=first.value, upper=second.value)


def _is_share(reading: _Reading) -> bool:
    return reading.unit is not None and reading.unit.kind in ("share", "points")


def _second(text: str, at: int, language: Language) -> _Reading | None:
    for number in _NEXT_NUMBER.finditer(text, at, at + _WINDOW):
        prefix = currency_before(text, number.start("number"), language)
        if (number.start("number") if prefix is None else prefix[1]) != at:
            return None
        whole = NUMBER.match(text, number.start("number"))
        return None if whole is None else _after_joiner(text, whole, language)
    return None


_NEXT_NUMBER = re.compile(r"(?P<number>\d)")


def _after_joiner(text: str, match: re.Match[str], language: Language) -> _Reading | None:
    printed = digits(match.group())
    if printed is None or not _may_end(text, match.end()):
        return None
    prefix = currency_before(text, match.start(), language)
    plain = _Reading(match.start(), match.end(), printed, printed)
    reading = _scaled(text, match, plain, language, money=prefix is not None)
    if reading is None:
        return None
    return _measured(text, replace(reading, currency=None if prefix is None else prefix[0]), language)


def _joins(text: str, joiner: re.Match[str], first: _Reading, second: _Reading, language: Language) -> bool:
    """Say whether the joiner makes a range: "between 3 and 5" does; "from 3 to 5" and 从3到5 are changes or spans."""
    word = (joiner["word"] or "").strip()
    before = text[max(0, first.start - _WINDOW) : first.start]
    if language == "en":
        lead = _LEAD_EN.search(before)
        if word == "and":
            return lead is not None and lead["lead"].lower() == "between"
        return lead is None
    between = text.startswith("之间", second.end)
    if word in ("和", "与"):
        return between
    return between or _FROM_ZH.search(before) is None or _MOVED_ZH.match(text, second.end) is not None


_LEAD_EN = re.compile(
    r"(?<![A-Za-z])(?P<lead>between|from)(?:[ \u00a0](?:about|around|roughly|nearly|some))?[ \u00a0]$", re.IGNORECASE
)
_FROM_ZH = re.compile(r"[从由自](?:[^，。；\d]{0,3})$")


def _shared(first: _Reading, second: _Reading) -> tuple[_Reading, _Reading]:
    """Give each end of a range what only the other one prints: 3-5亿元, "$3 to 5 million"."""
    if first.bare:
        first = replace(first, currency=second.currency, unit=second.unit)
    elif second.bare:
        second = replace(second, currency=first.currency, unit=first.unit)
    if first.power is None and second.power is not None and first.figure < second.figure:
        value = times_power(first.figure, second.power)
        first = first if value is None else replace(first, value=value, power=second.power)
    return first, second


def _finish(text: str, reading: _Reading, language: Language) -> FoundQuantity | None:
    """Add the approximation around the figure and make the quantity; None where it is out of bounds or uncertain."""
    if _OR_AFTER.match(text, reading.end) or (reading.currency is not None and _is_rate(text, reading, language)):
        return None
    approximate: str | None = "over" if reading.more else None
    start, end = reading.start, reading.end
    if (before := hedge_before(text, start, language, certain=True)) is not None:
        approximate, start = before
        if _is_negated(text, start, language):
            return None
    if language == "zh" and (after := hedge_after(text, end, certain=True)) is not None:
        approximate, end = approximate or after[0], after[1]
    known = reading.unit
    if language == "en" and approximate == "over" and known is not None and known.kind == "duration":
        return None  # "over 5 years" is more than five years, or during them
    kind = "amount" if reading.currency else "multiple" if reading.multiple else known.kind if known else "count"
    try:
        quantity = Quantity.model_validate(
            {
                "kind": kind,
                "value": reading.value,
                "upper": reading.upper,
                "unit": None if known is None or reading.currency else known.id,
                "currency": reading.currency,
                "approximate": approximate,
            }
        )
    except ValidationError:
        return None
    return FoundQuantity(quantity, start, end)


def _is_negated(text: str, comparison: int, language: Language) -> bool:
    """Say whether a negation stands shortly before a comparison in its clause: "will not pay more than", 不会低于."""
    before = _CLAUSE_END.split(text[max(0, comparison - 2 * _WINDOW) : comparison])[-1]
    if language == "zh":
        return _NEGATED_ZH.search(before[-_NEGATED_WITHIN["zh"] :]) is not None
    near = before.split()[-_NEGATED_WITHIN["en"] :]
    return any(_NEGATED_EN.search(word) for word in near)
