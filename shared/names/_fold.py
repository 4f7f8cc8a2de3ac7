"""Traditional characters read as simplified ones, one for one, so that places in the text stay what they are."""

from __future__ import annotations

import re
from functools import cache

import opencc

_HAN = "".join(map(chr, range(0x3400, 0xA000)))


def simplified(text: str) -> str:
    """Return a text with each traditional character as its simplified one: 華為 is 华为. The length is kept."""
    if text.isascii():
        return text
    pattern, table = _tables()
    return text.translate(table) if pattern.search(text) else text


@cache
def _tables() -> tuple[re.Pattern[str], dict[int, str]]:
    # opencc converts phrases, 30 times slower than this; names don't need to know 头发 from 发展.
    converted = opencc.OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    table = {ord(one): other for one, other in zip(_HAN, converted, strict=True) if one != other and len(other) == 1}
    return re.compile(f"[{''.join(map(chr, table))}]"), table
