"""What is wrong with a target whatever it says: empty, copied, repeated, cut off, with markup or a URL of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from services.translate.gate.finding import Finding, Result, finding
from shared.model import Language

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD: Final = re.compile(r"[A-Za-z]+")
_LOWER_WORD: Final = re.compile(r"(?<![A-Za-z'’-])[a-z]{2,}")
_SPACE: Final = re.compile(r"\s+")
_ENDED: Final = re.compile(r"[.!?。！？…][\"'”’」』）)\]】》]{0,4}\s{0,4}$")
_TARGET_ENDED: Final = re.compile(r"[.!?。！？…:：;；~～—”\"'’」』）)\]】》]\s{0,4}$")
_MARKUP: Final = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|&(?:[a-z]{2,8}|#\d{1,6});|\]\(|\*\*|```|^#{1,6} |^[-*] (?=\S)|__", re.MULTILINE
)
_URL: Final = re.compile(r"(?:https?://|www\.)[A-Za-z0-9./?=&%_#:~+-]{1,400}", re.IGNORECASE)
_END_OF_SENTENCE: Final = re.compile(r"[.!?。！？]+")
_RUN: Final = re.compile(r"(?<!\w)(\w{2,30})(?:\W{1,3}\1){3}(?!\w)")
_LEAST_REPEATED: Final = 12
_TYPICAL_SHARE: Final[Mapping[Language, float]] = {"en": 0.31, "zh": 3.3}
"""How long a target usually is, as a multiple of its source, by the source's language (code points; median of news)."""
_LEAST_SHARE: Final = 0.3
"""Of the usual length: shorter targets lack most of their source."""
_CUT_SHARE: Final = 0.8
"""Of the usual length: shorter ones that end without a full stop are cut off."""
_LINKING: Final = re.compile(
    r"(?:\b(?:the|a|an|of|and|or|but|to|in|on|at|for|with|from|by|that|which|is|are|was|were|has|have|will)|[,，、的和与及或但被把将在是]|-)\s{0,4}$",
    re.IGNORECASE,
)
_SHORT: Final = 40
"""A source of fewer code points may have a target of any length: a title, a name."""


def broken(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give what is wrong with the form of the target."""
    if not any(char.isalnum() for char in target):
        if any(char.isalnum() for char in source):
            yield finding(
                "empty",
                "fail",
                source_language,
                source[:160],
                target[:160],
                "The translation is empty. Translate the text.",
            )
        return
    if _is_copied(source, target, source_language):
        yield finding(
            "copied",
            "fail",
            source_language,
            source[:160],
            target[:160],
            "The translation is the source itself. Translate it.",
        )
    yield from _cut_off(source, target, source_language)
    yield from _repeated(source, target, source_language)
    yield from _added(source, target, source_language)


def _is_copied(source: str, target: str, source_language: Language) -> bool:
    if _SPACE.sub("", source).casefold() != _SPACE.sub("", target).casefold():
        return False
    # A Latin name stays as it is in Chinese; a sentence does not.
    return bool(_HAN.search(source)) if source_language == "zh" else len(_LOWER_WORD.findall(source)) >= 2


def _cut_off(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    expected = _TYPICAL_SHARE[source_language] * len(source)
    if len(source) >= _SHORT and len(target) < _LEAST_SHARE * expected:
        request = "The translation is far shorter than its source. Translate all of it."
        yield finding("cut_off", "fail", source_language, source[:160], target[:160], request)
    elif _ENDED.search(source[-12:]) and not _TARGET_ENDED.search(target[-12:]):
        # Many good translations lack the full stop only; what is cut off is shorter, too, or ends in a word that links.
        short = len(target) < _CUT_SHARE * expected
        result: Result = "fail" if short or _LINKING.search(target[-12:]) else "warn"
        request = "The source ends its sentence; the translation breaks off. Translate it to its end."
        yield finding("cut_off", result, source_language, source[-40:], target[-40:], request)


def _repeated(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    part = _repetition(target)
    if part and source.casefold().count(part.casefold()) < 2 and not _repetition(source):
        yield finding(
            "repeated",
            "fail",
            source_language,
            "",
            part[:160],
            f"The translation repeats {part[:60]!r}. Write it once.",
        )


def _repetition(text: str) -> str:
    run = _RUN.search(text)
    if run is not None:
        return run[1]
    counts = Counter(part.strip() for part in _END_OF_SENTENCE.split(text))
    return next((part for part, count in counts.items() if count > 1 and len(part) >= _LEAST_REPEATED), "")


def _added(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    for check, pattern in (("url", _URL), ("markup", _MARKUP)):
        have = {match[0].casefold() for match in pattern.finditer(source)}
        for match in pattern.finditer(target):
            if match[0].casefold() not in have:
                yield finding(
                    check,
                    "fail",
                    source_language,
                    "",
                    match[0],
                    f"The source has no {match[0][:60]!r}. Write plain text with the source's own links only.",
                )
                break
