"""Chinese names of foreigners, written by their sound: 阿曼 is a country, and no part of 阿曼德·X."""

from __future__ import annotations

from functools import cache

from shared.names.learned import words

_DOTS = "·•‧・"
_LONGEST_PART = 8
# Longer names hardly begin other names.
_SHORT = 2


def in_dotted_name(text: str, start: int, end: int) -> bool:
    """Say whether a stretch of a text is a piece of a name with a dot that goes on before or after it."""
    if not _sounds().issuperset(text[start:end]):
        return False
    return _reaches_dot(text, end, 1) or _reaches_dot(text, start - 1, -1)


def is_whole_part(text: str, start: int, end: int) -> bool:
    """Say whether a piece of a name with a dot is its first or last part: 贾西 of 安迪·贾西."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before != "" and before in _DOTS) or (after != "" and after in _DOTS)


def may_be_longer(text: str, start: int, end: int) -> bool:
    """Say whether a stretch may be a piece of a longer name: it is short, and characters for sounds are beside it."""
    sounds = _sounds()
    if end - start > _SHORT or not sounds.issuperset(text[start:end]):
        return False
    return text[end : end + 1] in sounds or text[start - 1 : start] in sounds


def _reaches_dot(text: str, at: int, step: int) -> bool:
    for _ in range(_LONGEST_PART):
        if not 0 <= at < len(text):
            return False
        if text[at] in _DOTS:
            return True
        if text[at] not in _sounds():
            return False
        at += step
    return False


@cache
def _sounds() -> frozenset[str]:
    return frozenset(words().sounds.strip())
