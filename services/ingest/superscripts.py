"""Superscripts as text: raised digits must not become digits of the number that they stand at."""

from __future__ import annotations

import re
from typing import Final

_RAISED: Final = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_HAS_FORM: Final = re.compile("[0-9+−=()n-]+")
_MARKER: Final = re.compile(
    r"[*†‡§¶‖]+|[\[［〔【][^\[\]［］〔〕【】]{0,16}[\]］〕】]|[(（]\d{1,3}[)）]|\d{1,3}(?:[,，、]\s?\d{1,3})+"
)


def raised(text: str, *, linked: bool) -> str:
    """Return what a superscript of `text` is in plain text. `linked`: it is or holds a link.

    Markers of notes are left out: links, signs, brackets, lists of numbers. Digits become superscript digits, `10⁶` and
    `km²`, where all has such a form, else `^2x`. Letters stay as they are, for `21st`.
    """
    text = text.strip()
    if linked or _MARKER.fullmatch(text):
        return ""
    if not any(character.isdecimal() for character in text):
        return text
    return text.translate(_RAISED) if _HAS_FORM.fullmatch(text) else f"^{text}"
