"""Numbers as both languages write them, and the scales that follow them, as exact decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Context, Decimal

# Figures have at most 30 digits; products of two stay exact well within this.
_EXACT = Context(prec=80)
_MAX_WHOLE_DIGITS = 18
_MAX_DECIMALS = 12

# Full-width digits and signs, and the traditional characters of numerals, measure words and units, one for one, so that
# positions stay what they were.
FOLD = str.maketrans(
    "０１２３４５６７８９．％＋－￥＄：／～"
    "兩萬億點時個餘約幾數從間號歲紀財後過圓幣貳參壹佰仟雙倆開漲噸鐘單與條項種張輛場隻臺屆級顆鎊歐韓盧碼畝頃攝將達強佔週對週",
    "0123456789.%+-¥$:/~"
    "两万亿点时个余约几数从间号岁纪财后过圆币二三一百千双俩开涨吨钟单与条项种张辆场只台届级颗镑欧韩卢码亩顷摄将达强占周对周",
)

# No more groups than a figure has room for: else each group of a long list would be the beginning of a search.
NUMBER = re.compile(r"\d{1,3}(?:,\d{3}){1,9}(?:\.\d+)?(?!\d|,\d)|\d+(?:\.\d+)?")
_SCALE_EN = re.compile(
    r"[ \u00a0-]?(?P<word>trillion|billion|million|thousand|lakh|crore)(?![A-Za-z])"
    r"|[ \u00a0]?(?P<short>trn|tn|bn|mn)(?![A-Za-z])",
    re.IGNORECASE,
)
# A single letter is a scale only after a currency sign: $3m is money, 3m a length.
_LETTER_EN = re.compile(r"[mMbBkKT](?![A-Za-z])")
_SCALE_ZH = re.compile(r"[ ]?(?P<word>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万)")
_REST_ZH = re.compile(r"(?P<figure>\d{1,4}(?:\.\d+)?)(?P<scale>千万|百万|十万|万)")

_EN_SCALES: Mapping[str, int] = {
    "trillion": 12,
    "billion": 9,
    "million": 6,
    "thousand": 3,
    "lakh": 5,
    "crore": 7,
    "trn": 12,
    "tn": 12,
    "bn": 9,
    "mn": 6,
    "m": 6,
    "b": 9,
    "k": 3,
    "t": 12,
}
_ZH_SCALES: Mapping[str, int] = {
    "万亿": 12,
    "千亿": 11,
    "百亿": 10,
    "十亿": 9,
    "亿": 8,
    "千万": 7,
    "百万": 6,
    "十万": 5,
    "万": 4,
}
_HAN_DIGITS: Mapping[str, int] = dict(zip("零〇一二三四五六七八九两", [0, 0, *range(1, 10), 2], strict=True))
_HAN_UNITS: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000}


def exact(value: Decimal) -> Decimal | None:
    """Return the value without trailing zeros, or None when a `Quantity` has no room for all its digits."""
    plain = value.normalize(_EXACT)
    exponent = plain.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _MAX_DECIMALS or plain.adjusted() >= _MAX_WHOLE_DIGITS:
        return None
    return plain if exponent <= 0 else plain.quantize(Decimal(1), context=_EXACT)


def digits(figure: str) -> Decimal | None:
    """Return the value of digits with optional separators, or None for more digits than a figure can have."""
    plain = figure.replace(",", "")
    return exact(Decimal(plain)) if len(plain) <= 2 * _MAX_WHOLE_DIGITS else None


def times_power(value: Decimal, power: int) -> Decimal | None:
    """Return value * 10^power exactly, or None when it has too many digits."""
    return exact(_EXACT.scaleb(value, power))


def plus(a: Decimal, b: Decimal) -> Decimal:
    """Return the exact sum."""
    return _EXACT.add(a, b)


def scale_en(text: str, at: int, *, money: bool) -> tuple[int, int] | None:
    """Return (power of ten, end) of an English scale word at `at`, or None."""
    match = _SCALE_EN.match(text, at) or (_LETTER_EN.match(text, at) if money else None)
    if match is None:
        return None
    return _EN_SCALES[match.group().strip(" \u00a0-").lower()], match.end()


def scale_zh(text: str, at: int) -> tuple[int, int] | None:
    """Return (power of ten, end) of a Chinese scale at `at`, or None."""
    match = _SCALE_ZH.match(text, at)
    return None if match is None else (_ZH_SCALES[match["word"]], match.end())


_YI = 10**8


def rest_zh(text: str, at: int) -> tuple[Decimal, int] | None:
    """Return the lower part of a number such as 3亿5000万 or 3亿5千万, and its end."""
    match = _REST_ZH.match(text, at)
    if match is None:
        return None
    rest = _EXACT.scaleb(Decimal(match["figure"]), _ZH_SCALES[match["scale"]])
    return (rest, match.end()) if rest < _YI else None


def han_number(text: str) -> int | None:
    """Return the value of a number in Chinese characters (三十, 一千二百亿), or None when it is not well formed."""
    total = 0
    for scale, power in (("亿", 10**8), ("万", 10**4), ("", 1)):
        if not scale:
            section = text
        elif scale in text:
            section, _, text = text.partition(scale)
        else:
            continue
        value = _han_section(section)
        if value is None or (scale and value == 0):
            return None
        total += value * power
    return total


def _han_section(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _HAN_DIGITS:
            if digit:  # two digits in a row are a code or a list, not a number
                return None
            digit = _HAN_DIGITS[character]
        elif character in _HAN_UNITS and _HAN_UNITS[character] < last and digit != 0:
            last = _HAN_UNITS[character]
            total += (digit or 1) * last
            digit = None
        else:
            return None
    return total + (digit or 0)
