"""What a target says beside its source: another sentence, or a note of the translator's.

For leaves of an analysis only, which are single sentences. Translators of whole articles part every sixth Chinese
sentence in two; an engine that is asked for one sentence can write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.scopes import sentences
from shared.model import Language

ADDED: Final = "added"
# Sentences of a quotation are the speaker's, and the mark after one may stand inside or outside.
_QUOTATION: Final = re.compile('“[^“”]{0,600}”|「[^「」]{0,600}」|『[^『』]{0,600}』|"[^"]{0,600}"')
_MARKED: Final = re.compile(r"[.!?。！？…][”」』\"]$")
_NOTE: Final = re.compile(
    r"[(（\[【]\s?(?:译者?注|编者?注|注[:：释]|说明[:：]|(?:translator|editor)['’]?s?['’]? note|note:|n\.b\.)"
    r"|译者?注[:：]|\b(?:translator|editor)['’]s note\b",
    re.IGNORECASE,
)


def additions(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a failure for a target with more sentences than its source, or with a note that the source lacks."""
    target_language: Language = "zh" if source_language == "en" else "en"
    ours, theirs = _sentences(source, source_language), _sentences(target, target_language)
    note = _NOTE.search(target)
    if note is not None and not _NOTE.search(source):
        shown = target[note.start() : note.start() + FRAGMENT]
        request = "The translation has a note. Translate, and add nothing."
        yield finding(ADDED, "fail", source_language, "", shown, request)
    elif len(theirs) > max(1, len(ours)):
        said, written = _count(len(ours)), _count(len(theirs))
        request = f"The source is {said}; the translation is {written}. Write as many, and add nothing."
        yield finding(ADDED, "fail", source_language, "", theirs[-1], request)


def _sentences(text: str, language: Language) -> list[str]:
    plain = _QUOTATION.sub(lambda match: match[0][-2] if _ends_all(match) else "X", text)
    return [plain[each.start : each.stop].strip() for each in sentences(plain, language)]


def _ends_all(match: re.Match[str]) -> bool:
    """Say whether a quotation's last mark ends the sentence around it: it stands at the end of the text."""
    return bool(_MARKED.search(match[0])) and not match.string[match.end() :].strip()


def _count(number: int) -> str:
    return "one sentence" if number <= 1 else f"{number} sentences"
