"""Words of the source's language that were left in the target and are no name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.translate.gate.finding import Finding, finding
from services.translate.gate.lexicon import leftover_words
from shared.model import Language

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
# Words and what may stand between two words of one name or title.
_RUN: Final = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*(?:[ ,.&:/!?\"“”-]{1,3}[A-Za-z0-9][A-Za-z0-9'’-]*)*")
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_GLOSS: Final = re.compile(r"[(（\[【《“\"「『][^()（）\[\]【】《》“”\"「」『』]{0,120}$")
_BEFORE: Final = 122
_PROSE: Final = 4
"""Lower-case words in a row that are prose, and no term that stays in English."""


def leftovers(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give the first piece of the source's language that the target should not have."""
    piece = _english_in(target) if source_language == "en" else _chinese_in(target)
    if piece:
        language = "English" if source_language == "en" else "Chinese"
        yield finding(
            "leftover", "fail", source_language, piece, piece, f"{piece!r} is left in {language}. Translate it."
        )


def _english_in(target: str) -> str:
    hedges, function_words = leftover_words()
    for run in _RUN.finditer(target):
        if _GLOSS.search(target[max(0, run.start() - _BEFORE) : run.start()]):
            continue
        found = _WORD.findall(run[0])
        lower = [word for word in found if word[0].islower()]
        left = [word for word in lower if word.replace("’", "'") in hedges]
        if left:
            return left[0]
        if len(lower) == len(found) and any(word in function_words for word in lower):
            return run[0][:160]
        if len(lower) >= _PROSE and len(lower) * 2 > len(found):
            return run[0][:160]
    return ""


def _chinese_in(target: str) -> str:
    for run in _HAN.finditer(target):
        if not _GLOSS.search(target[max(0, run.start() - _BEFORE) : run.start()]):
            return run[0][:160]
    return ""
