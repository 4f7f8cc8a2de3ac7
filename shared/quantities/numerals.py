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
    "兩萬億點時個餘約幾數從間號歲紀財後過圓幣貳壹佰仟雙倆開漲噸鐘單與條項種張輛場隻臺屆級顆鎊歐韓盧碼畝頃攝將達強佔週對週",
    "0123456789.%+-¥$:/~"
    "两万亿点时个余约几数从间号岁纪财后过圆币二一百千双俩开涨吨钟单与条项种张辆场只台届级颗镑欧韩卢码亩顷摄将达强占周对周",
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
