"""Parts of a pair that say the same: its sentences one by one where both sides have as many, else the whole pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.model import Language

_BORDER: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(r"(?<=[.!?])[\"'”’)\]]{0,3}\s+(?=[\"'“‘(\[]{0,3}[A-Z0-9])"),
    "zh": re.compile(r"(?<=[。！？!?])[\"'”’」』）)\]]{0,3}"),
}
_ABBREVIATED: Final = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|St|Mt|No|vs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|Inc|Corp|Ltd|Co|Jr|Sr)|\b[A-Za-z])\.$"
)
_LONGEST_ABBREVIATION: Final = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the source and the part of the target that says the same (code points)."""

    source: range
    target: range


def scopes(source: str, target: str, source_language: Language) -> tuple[Scope, ...]:
    """Return the parts of a pair that are compared with one another."""
    target_language: Language = "zh" if source_language == "en" else "en"
    ours, theirs = sentences(source, source_language), sentences(target, target_language)
    if len(ours) != len(theirs):
        return (Scope(range(len(source)), range(len(target))),)
    return tuple(Scope(a, b) for a, b in zip(ours, theirs, strict=True))


def sentences(text: str, language: Language) -> list[range]:
    """Return where the sentences of a text are; the signs and blanks after one belong to it."""
    found: list[range] = []
    start = 0
    for match in _BORDER[language].finditer(text):
        before = text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()]
        if match.end() > start and not (language == "en" and _ABBREVIATED.search(before)):
            if text[start : match.end()].strip():
                found.append(range(start, match.end()))
            start = match.end()
    if text[start:].strip():
        found.append(range(start, len(text)))
    return found
