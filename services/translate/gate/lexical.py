"""Hedges and negations of the source that the target lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.translate.gate.finding import Finding, finding
from services.translate.gate.lexicon import CLASSES, LexicalClass, Lexicon, lexicon
from services.translate.gate.phrases import Match
from services.translate.gate.scopes import Scope, scopes
from shared.model import Language

_FRAGMENT: Final = 160
"""Code points of a sentence that a finding shows."""
# Lower case and one apostrophe, place by place: positions in the folded text are those of the text.
_FOLDED: Final = {**{ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, ord("’"): "'", ord("‘"): "'"}
_REQUESTS: Final[Mapping[LexicalClass, str]] = {
    "hearsay": "The source says {word!r}; the translation states it as a fact. Add its counterpart{example}.",
    "possibility": "The source says {word!r}; the translation is more certain. Add its counterpart{example}.",
    "negation": "The source has the negation {word!r}; the translation has no counterpart. Negate it as the source does.",
}
_BY_COUNT: Final[frozenset[LexicalClass]] = frozenset({"negation"})


def folded(text: str) -> str:
    """Return the text as the lexicons write words."""
    return text.translate(_FOLDED)


def lost_words(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a failure for each class of which a part of the source has a word without a counterpart."""
    target_language: Language = "zh" if source_language == "en" else "en"
    parts = scopes(source, target, source_language)
    folded_source, folded_target = folded(source), folded(target)
    for name in CLASSES:
        words = lexicon(name)
        explicit = _explicit(source, words.explicit[source_language].find(folded_source), words)
        if not explicit:
            continue
        counterparts = words.counterparts[target_language].find(folded_target)
        lost = _lost(parts, explicit, counterparts, name)
        if lost is not None:
            scope, match = lost
            word = source[match.start : match.end]
            example = words.example.get((match.entry, target_language))
            shown = f", such as {example}" if example else ""
            yield finding(
                name,
                "fail",
                source_language,
                word,
                target[scope.target.start : scope.target.stop].strip()[:_FRAGMENT],
                _REQUESTS[name].format(word=word, example=shown),
            )


def _explicit(source: str, matches: Sequence[Match[str]], words: Lexicon) -> list[Match[str]]:
    return [
        match
        for match in matches
        if match.entry
        and not (source[match.start].isupper() and source[match.start : match.end].lower() in words.lower_case)
    ]


def _lost(
    parts: Sequence[Scope],
    explicit: Sequence[Match[str]],
    counterparts: Sequence[Match[frozenset[str]]],
    name: LexicalClass,
) -> tuple[Scope, Match[str]] | None:
    """Return the first part with too few counterparts, and the word that it has too few for."""
    for scope in parts:
        needed = [match for match in explicit if match.start in scope.source]
        if not needed:
            continue
        found = Counter(group for match in counterparts if match.start in scope.target for group in match.entry)
        have: Counter[str] = Counter()
        for match in needed:
            have[match.entry] += 1
            wanted = have[match.entry] if name in _BY_COUNT else 1
            if found[match.entry] < wanted:
                return scope, match
    return None
