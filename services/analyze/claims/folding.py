"""One form for text that says the same in other characters: for finding a quote where it was copied with changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeGuard

import opencc

_QUOTATION_MARKS = "“”„‟‘’‚‛'\"「」『』«»‹›`´＂＇"
_DASHES = "-‐‑‒–—―−－ー─"
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_HALF_WIDTH = 0xFEE0
_PUNCTUATION = {
    "。": ".",
    "、": ",",
    "．": ".",
    "｡": ".",
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "《": "<",
    "》": ">",
}
# Signs of which several in a row are one: “““, ——, and the dots of "..." and ……, which fold to nothing else.
_RUNS = frozenset('"-.…')


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `places[i]` is where its character i stands in the original."""

    text: str
    places: tuple[int, ...]


def is_text(value: object) -> TypeGuard[str]:
    """Say whether a value is a text of whole characters: half of a surrogate pair can't be stored or converted."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def simplified(text: str) -> str:
    """Return a Chinese text in simplified characters, one for one: 據知情人士透露 is 据知情人士透露."""
    folded = _converter().convert(text)
    # Its tables replace characters by characters; spans would be wrong if that ever changed.
    return str(folded) if len(folded) == len(text) else text


def fold(text: str) -> Folded:
    """Fold white space, quotation marks, dashes, ellipses, width, traditional characters and case. Linear.

    Space and format characters are left out, so that "5 亿" is 5亿 and a line end inside a sentence is nothing.
    """
    kept: list[str] = []
    places: list[int] = []
    table = _table()
    for at, character in enumerate(simplified(text).translate(table)):
        if character == "\0" or character.isspace() or (character in _RUNS and kept and kept[-1] == character):
            continue
        kept.append(character)
        places.append(at)
    return Folded("".join(kept), tuple(places))


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _table() -> dict[int, str]:
    """One character for one, so that places stay; what folds to nothing becomes NUL."""
    table = {ord(mark): '"' for mark in _QUOTATION_MARKS}
    table |= {ord(dash): "-" for dash in _DASHES}
    table |= {code: chr(code - _TO_HALF_WIDTH) for code in _FULL_WIDTH if code not in table}
    table |= {ord(sign): plain for sign, plain in _PUNCTUATION.items()}
    table |= {ord("…"): ".", ord("⋯"): "."}
    table |= dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD), "\0")
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    table |= {code: chr(code - _TO_HALF_WIDTH + 32) for code in range(0xFF21, 0xFF3B)}
    return table
