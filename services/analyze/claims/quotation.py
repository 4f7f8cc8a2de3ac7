"""Quotation marks inside a sentence."""

from __future__ import annotations

_PAIRED = {"“": "”", "「": "」", "『": "』"}


def is_quotation(text: str) -> bool:
    """Say whether more than half of a sentence stands between quotation marks."""
    quoted, opened, mark = 0, 0, ""
    for at, character in enumerate(text):
        if mark and character == mark:
            quoted += at - opened
            mark = ""
        elif not mark and (character in _PAIRED or character == '"'):
            opened, mark = at, _PAIRED.get(character, '"')
    return 2 * quoted > len(text)


def in_quotation(text: str, at: int) -> bool:
    """Say whether a place of a sentence stands between quotation marks."""
    before = text[:at]
    opened = sum(before.count(mark) - before.count(_PAIRED[mark]) for mark in _PAIRED)
    return opened > 0 or before.count('"') % 2 == 1
