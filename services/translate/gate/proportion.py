"""What is odd about a target, but is no failure: its length, its script, words of another language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.form import HAN, SHORT, URL
from shared.model import Language

_SHARES: Final[Mapping[Language, tuple[float, float]]] = {"en": (0.16, 0.62), "zh": (1.7, 6.7)}
"""How long 99% of the targets are, as multiples of their sources, by the source's language (code points; news)."""
_LEAST_HAN: Final = 0.5
"""Share of the letters of a Chinese target that are Chinese characters, in sentences; titles have less."""
_LETTER: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LOWER_LATIN: Final = re.compile(r"(?<![A-Za-z0-9'’.@/_-])[a-z]{4,}(?![A-Za-z0-9.@/_-])")


def oddities(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a warning for each thing that is unusual in a translation, and may be right."""
    if len(source) >= SHORT:
        least, most = _SHARES[source_language]
        if not least * len(source) <= len(target) <= most * len(source):
            longer = "longer" if len(target) > len(source) * most else "shorter"
            request = f"The translation is much {longer} than usual. Say what the source says, no more and no less."
            yield finding("length", "warn", source_language, source[:FRAGMENT], target[:FRAGMENT], request)
    if source_language == "en":
        yield from _latin(source, URL.sub("", target))


def _latin(source: str, target: str) -> Iterator[Finding]:
    characters, letters = len(HAN.findall(target)), len(_LETTER.findall(target))
    # A word has about five letters, and a Chinese one two characters.
    if len(source) >= SHORT and characters < _LEAST_HAN * (characters + letters / 2.5):
        request = "Much of the translation is in Latin script. Write all but names in Chinese."
        yield finding("script", "warn", "en", source[:FRAGMENT], target[:FRAGMENT], request)
    word = _LOWER_LATIN.search(target)
    if word is not None:
        request = f"{word[0]!r} is in Latin script. If Chinese has a word for it, write that."
        yield finding("latin", "warn", "en", word[0] if word[0] in source else "", word[0], request)
