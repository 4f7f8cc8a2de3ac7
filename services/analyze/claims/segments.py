"""Segments of a sentence: the stretches in which one subject does one thing, as far as words show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from services.analyze.lexicon import any_of, chinese_names, english_names
from shared.model import Language

_RELATIVE = re.compile(r"[\s,“\"]*(?:which|who|whose|whom|where|that)\b")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a sentence. `relative`: it says more of a name before it; `speech`: it ends in a word for saying."""

    start: int
    end: int
    relative: bool
    speech: bool


def segments(text: str, language: Language) -> tuple[Segment, ...]:
    """Return the segments of a sentence, which together are all of it."""
    found: list[Segment] = []
    start = 0
    for border in _borders(language).finditer(text):
        if text[start : border.end()].strip():
            found.append(_segment(text, start, border.end(), border["speech"] is not None))
            start = border.end()
    if start < len(text):
        found.append(_segment(text, start, len(text), False))
    return tuple(found)


def _segment(text: str, start: int, end: int, speech: bool) -> Segment:
    return Segment(start, end, _RELATIVE.match(text, start, end) is not None, speech)


@cache
def _borders(language: Language) -> re.Pattern[str]:
    if language == "zh":
        speech = any_of(chinese_names().speech)
        return re.compile(
            rf"(?P<speech>(?:{speech})(?!为|作|号|重))(?:，|：|:)?|[，；：。、](?<!、)[”」』]?|——|(?=但|而(?!且)|不过)"
        )
    speech = any_of(
        (*english_names().speech, "claims", "claimed", "denied", "denies", "announced", "expects", "believes")
    )
    return re.compile(
        rf"\b(?P<speech>{speech})\b(?: on [A-Z][a-z]+day)?(?: that\b)?,?|[,;:][”’\"']?(?=\s)|\s[–—-](?=\s)|—"
        r"|\s(?=(?:but|while|whereas|although|though|than|because|after|before|when|if|unless|unlike|who|which)\s)"
    )
