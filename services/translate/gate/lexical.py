"""Hedges and negations of the source that the target lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.translate.gate.finding import Finding, finding
from services.translate.gate.lexicon import CLASSES, Entry, LexicalClass, Lexicon, lexicon
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
        ours = _found(source, words.matchers[source_language].find(folded_source), words)
        if not any(match.entry.group for match in ours):
            continue
        theirs = words.matchers[target_language].find(folded_target)
        lost = _lost(parts, ours, theirs, words, name)
        if lost is not None:
            scope, match, group = lost
            word = source[match.start : match.end]
            example = words.example.get((group, target_language))
            shown = f", such as {example}" if example else ""
            yield finding(
                name,
                "fail",
                source_language,
                word,
                target[scope.target.start : scope.target.stop].strip()[:_FRAGMENT],
                _REQUESTS[name].format(word=word, example=shown),
            )


def _found(source: str, matches: Sequence[Match[Entry]], words: Lexicon) -> list[Match[Entry]]:
    return [
        match
        for match in matches
        if not (source[match.start].isupper() and source[match.start : match.end].lower() in words.lower_case)
    ]


def _lost(
    parts: Sequence[Scope],
    ours: Sequence[Match[Entry]],
    theirs: Sequence[Match[Entry]],
    words: Lexicon,
    name: LexicalClass,
) -> tuple[Scope, Match[Entry], str] | None:
    """Return the first part with too few counterparts, the word that it has too few for, and that word's group."""
    for scope in parts:
        source = [match for match in ours if match.start in scope.source]
        if not any(match.entry.group for match in source):
            continue
        target = [match.entry for match in theirs if match.start in scope.target]
        explicit = sum(1 for entry in target if entry.group is not None)
        # A word that renders another word of the source is no counterpart.
        notions = Counter(entry.notion for entry in target)
        notions.subtract(match.entry.notion for match in source)
        needed = 0
        for match in source:
            group = match.entry.group
            if group is None:
                continue
            needed = needed + 1 if name in _BY_COUNT else 1
            others = sum(max(0, notions[notion]) for notion in words.notions[group])
            if explicit + others < needed:
                return scope, match, group
    return None
