"""Words of the source's language that were left in the target and are no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.form import URL
from services.translate.gate.lexicon import leftover_words
from shared.model import Language
from shared.names import NameMention, NameSheet, find_names

_HAN_RUN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
# Words, and what may stand between two words of one name or title.
_LATIN_RUN: Final = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*(?:[ ,.&:/!?-]{1,3}[A-Za-z0-9][A-Za-z0-9'’-]*)*")
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
# What stands in brackets is a gloss, in quotation marks a title or the words of somebody: more than one word.
_BRACKETED: Final = re.compile(r"[(（\[【《〈][^()（）\[\]【】《》〈〉]{0,120}$")
_QUOTED: Final = re.compile(r"[“「『‘][^“”「」『』‘’]{0,120}$")
_BEFORE: Final = 122
_PROSE: Final = 4
"""Lower-case words in a row that are prose, and no term that stays in English."""


def leftovers(source: str, target: str, source_language: Language, sheet: NameSheet | None) -> Iterator[Finding]:
    """Give the first piece of the source's language that the target should not have."""
    target_language: Language = "zh" if source_language == "en" else "en"
    names: tuple[NameMention, ...] | None = None
    for start, piece in _english_in(target) if source_language == "en" else _chinese_in(target):
        before = target[max(0, start - _BEFORE) : start]
        quoted = source_language == "zh" or " " in piece
        if _BRACKETED.search(before) or (quoted and _QUOTED.search(before)):
            continue
        if names is None:
            names = () if sheet is None else find_names(target, target_language, sheet)
        if any(name.start <= start and start + len(piece) <= name.end for name in names):
            continue
        language = "English" if source_language == "en" else "Chinese"
        said, shown = piece[:FRAGMENT] if piece in source else "", piece[:FRAGMENT]
        request = f"{shown!r} is left in {language}. Translate it."
        yield finding("leftover", "fail", source_language, said, shown, request)
        return


def _english_in(target: str) -> Iterator[tuple[int, str]]:
    """Give where something is that is neither a name nor a term, and what."""
    text = URL.sub(lambda match: "\u3000" * len(match[0]), target)
    for run in _LATIN_RUN.finditer(text):
        piece = _left(run[0])
        if piece:
            yield run.start() + run[0].index(piece), piece


def _chinese_in(target: str) -> Iterator[tuple[int, str]]:
    for run in _HAN_RUN.finditer(target):
        yield run.start(), run[0]


def _left(run: str) -> str:
    """Return what of Latin words in a row is neither a name nor a term."""
    hedges, function_words = leftover_words()
    found = _WORD.findall(run)
    lower = [word for word in found if word[0].islower()]
    for word in lower:
        if word.replace("’", "'") in hedges:
            return str(word)
    if len(lower) == len(found) and any(word in function_words for word in lower):
        return run
    if len(lower) >= _PROSE and len(lower) * 2 > len(found):
        return run
    # "If elected" begins a sentence; "The Verge" and "A" are names.
    begun = len(found) > 1 and len(lower) == len(found) - 1 and found[0].lower() in function_words
    return run if begun and len(found[0]) > 1 else ""
