"""Chinese numerals, in characters, in digits and mixed: 三十五, 3.5亿, 2亿3千万, 三四十, 一百多万, 二〇一九."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from shared.quantities.numerals import NUMBER, digits, exact, plus, times_power

_HAN_DIGITS = {character: Decimal(n) for n, character in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"〇": Decimal(0), "○": Decimal(0), "两": Decimal(2)}
_UNITS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_TOKEN = re.compile(
    rf"(?P<figure>{NUMBER.pattern})|(?P<digit>[零〇○一二三四五六七八九两])|个?(?P<unit>[万亿])|(?P<small>[十百]|千(?![米克瓦伏卡赫帕焦]))"
)
_MOST_TOKENS = 24
_CODE = re.compile(r"[零〇○一二三四五六七八九]{3,18}(?![零〇○一二三四五六七八九十百千万亿])")
_DECIMALS = re.compile(r"点(?P<decimals>[零一二三四五六七八九]{1,8})(?![十分刻零一二三四五六七八九])")
_MORE = "多余几"
# 十四五 is 十四 and 五, the plan of the 14th five years, unless something is counted.
_COUNTED = re.compile(r"[岁个名人天年位万亿种家次件元]")


class Numeral(NamedTuple):
    """A number as it is written. `power` is that of the unit behind its first figure: 8 in 3.5亿 and 3亿5000万.

    `upper` is the other number of 三四十. `more` tells of 多, 余 or 几 in it or after it.
    """

    value: Decimal
    end: int
    power: int
    upper: Decimal | None = None
    more: bool = False
    in_digits: bool = False


class _Token(NamedTuple):
    end: int
    number: Decimal | None
    power: int
    more: bool
    pair: Decimal | None = None


def numeral_zh(text: str, at: int) -> Numeral | None:
    """Read the numeral that begins at `at`, or return None. It begins with a digit or 十; the longest one is read."""
    if (code := _CODE.match(text, at)) is not None:
        value = Decimal("".join(str(_HAN_DIGITS[character]) for character in code.group()))
        return Numeral(value, code.end(), 0)
    tokens = _tokens(text, at)
    while tokens:
        if (found := _evaluate(text, tokens)) is not None:
            return found
        tokens.pop()
    return None


def _tokens(text: str, at: int) -> list[_Token]:
    tokens: list[_Token] = []
    while len(tokens) < _MOST_TOKENS and (match := _TOKEN.match(text, at)) is not None:
        token = _token(text, match)
        last = tokens[-1] if tokens else None
        if last is not None and last.number is not None and token.number is not None and last.number != 0:
            if match["digit"] is None or last.pair is not None or not _may_pair(text, tokens, token):
                break
            tokens[-1] = token._replace(number=last.number, pair=token.number)
        else:
            tokens.append(token)
        at = token.end
    return tokens


def _token(text: str, match: re.Match[str]) -> _Token:
    end = match.end()
    if (unit := match["unit"] or match["small"]) is not None:
        more = text[end : end + 1] in _MORE and end < len(text)
        return _Token(end + more, None, _UNITS[unit], more)
    if match["digit"] is not None:
        return _Token(end, _HAN_DIGITS[match["digit"]], 0, False)
    more = text[end : end + 1] in "多余" and end < len(text)
    return _Token(end + more, digits(match.group()) or Decimal(0), 0, more)


def _may_pair(text: str, tokens: Sequence[_Token], token: _Token) -> bool:
    first, second = tokens[-1].number, token.number
    if first is None or second is None:
        return False
    alone = len(tokens) == 1
    if first == 3 and second == 5 and alone:
        return True
    if second != first + 1 or first == 0:
        return False
    return alone or second != 5 or _COUNTED.match(text, token.end) is not None


def _evaluate(text: str, tokens: Sequence[_Token]) -> Numeral | None:
    """Return the numeral that all the tokens make, or None when they make none."""
    lower, upper = _sum(tokens, pair=False), None
    if any(token.pair is not None for token in tokens):
        upper = _sum(tokens, pair=True)
    value = None if lower is None else exact(lower)
    if value is None:
        return None
    end = tokens[-1].end
    if upper is None and value < 1000 and (tail := _DECIMALS.match(text, end)) is not None:
        value, end = _with_decimals(value, tail["decimals"]), tail.end()
        after = _tokens(text, end)
        power, end = _units(after, end)  # 三点五亿
        return Numeral(times_power(value, power) or value, end, power)
    in_digits = text[tokens[0].end - 1 - tokens[0].more].isascii()
    more = any(token.more for token in tokens)
    return Numeral(value, end, _units(tokens[1:], end)[0], upper, more, in_digits)


def _units(tokens: Sequence[_Token], end: int) -> tuple[int, int]:
    """Return the power of the units that tokens begin with, and where they end."""
    power = 0
    for token in tokens:
        if token.number is not None:
            break
        power, end = power + token.power, token.end
    return power, end


def _with_decimals(whole: Decimal, decimals: str) -> Decimal:
    fraction = "".join(str(_HAN_DIGITS[character]) for character in decimals)
    return Decimal(f"{whole:f}.{fraction}")


def _sum(tokens: Sequence[_Token], *, pair: bool) -> Decimal | None:
    """Return the value: what stands before the largest unit, times the unit, and what stands after it."""
    if not tokens:
        return Decimal(0)
    powers = [token.power for token in tokens]
    largest = max(powers)
    if largest == 0:
        return _ones(tokens, pair=pair)
    at = len(powers) - 1 - powers[::-1].index(largest)
    before, after = tokens[:at], tokens[at + 1 :]
    if any(token.power == largest for token in before) and not (largest > 3 and powers[at - 1] == largest):
        return None  # but 一亿亿
    left = _sum(before, pair=pair) if before else Decimal(1) if largest == 1 else None
    right = _sum(after, pair=pair)
    if left is None or right is None or left == 0:
        return _after_zero(before, right, largest)
    right = _implied(after, right, largest)
    value = times_power(left, largest)
    return None if value is None or right is None else plus(value, right)


def _after_zero(before: Sequence[_Token], right: Decimal | None, largest: int) -> Decimal | None:
    """Return the value of 零十五: it only follows a larger unit, and 十 then means 一十."""
    if largest == 1 and right is not None and before and all(token.number == 0 for token in before):
        return plus(Decimal(10), right)
    return None


def _ones(tokens: Sequence[_Token], *, pair: bool) -> Decimal | None:
    numbers = [token.number if token.pair is None or not pair else token.pair for token in tokens]
    while len(numbers) > 1 and numbers[0] == 0:
        numbers.pop(0)
    return numbers[0] if len(numbers) == 1 else None


def _implied(after: Sequence[_Token], right: Decimal, power: int) -> Decimal | None:
    """Return what the part after a unit is worth: 一百五 is 150, 三万五 is 35,000; in digits it would be a list."""
    if len(after) != 1 or after[0].number is None:
        return right if right < Decimal(10) ** power else None
    if right >= 10 or right != right.to_integral_value():
        return right if right < Decimal(10) ** power else None
    return right if power == 1 else times_power(right, power - 1)
