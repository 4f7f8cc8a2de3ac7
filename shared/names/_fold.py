"""One writing for what is written in several, one character for one: places in the text stay what they are."""

from __future__ import annotations

import re
from functools import cache

import opencc

_HAN = "".join(map(chr, range(0x3400, 0xA000)))


_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~"))}
_PLAIN = {"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " ", "‑": "-", "‐": "-", "•": "·", "‧": "·", "・": "·"}


def folded(text: str) -> str:
    """Return a text with traditional characters simplified (華為 is 华为), and Latin ones, spaces, apostrophes, hyphens
    and the dot in foreign names in their plain form. The length is kept."""
    if text.isascii():
        return text
    pattern, table = _tables()
    return text.translate(table) if pattern.search(text) else text


@cache
def _tables() -> tuple[re.Pattern[str], dict[int, str]]:
    # opencc converts phrases, 30 times slower than this; names don't need to know 头发 from 发展.
    converted = opencc.OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    table = {ord(one): other for one, other in zip(_HAN, converted, strict=True) if one != other and len(other) == 1}
    table |= {ord(one): other for one, other in (_FULL_WIDTH | _PLAIN).items()}
    return re.compile(f"[{''.join(map(chr, table))}]"), table
