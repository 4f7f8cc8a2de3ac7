"""Hedges and negations of the source that the target lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.lexicon import CLASSES, Entry, LexicalClass, Lexicon, lexicon
from services.translate.gate.phrases import Match
from services.translate.gate.scopes import Scope, scopes
from shared.model import Language

# Lower case and one apostrophe, place by place: positions in the folded text are those of the text.
_FOLDED: Final = {**{ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, ord("’"): "'", ord("‘"): "'"}
_REQUESTS: Final[Mapping[LexicalClass, str]] = {
    "hearsay": "The source says {word!r}; the translation states it as a fact. Add its counterpart{example}.",
    "possibility": "The source says {word!r}; the translation is more certain. Add its counterpart{example}.",
    "negation": "The source has the negation {word!r}; the translation has none for it. Negate it as the source does.",
}
_BY_COUNT: Final[frozenset[LexicalClass]] = frozenset({"negation"})


def folded(text: str) -> str:
    """Return the text as the lexicons write words."""
    return text.translate(_FOLDED)


def lost_words(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a failure for each class of which a part of the source has a word without a counterpart."""
    for lost in _unmatched(source, target, source_language):
        request = _REQUESTS[lost.name].format(
            word=lost.word, example=f", such as {lost.example}" if lost.example else ""
        )
        yield finding(lost.name, "fail", source_language, lost.word, lost.place, request)


def added_words(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a warning for each class of which a part of the target has a word that nothing in the source stands for."""
    for added in _unmatched(target, source, "zh" if source_language == "en" else "en"):
        check = "added_negation" if added.name == "negation" else "added_hedge"
        request = f"The translation says {added.word!r}; the source has no such word. Remove it, unless it is meant so."
        yield finding(check, "warn", source_language, added.place, added.word, request)


@dataclass(frozen=True, slots=True)
class _Unmatched:
    """A word of one side, and the part of the other side that lacks a counterpart; `example` is one."""

    name: LexicalClass
    word: str
    place: str
    example: str | None


def _unmatched(text: str, other: str, language: Language) -> Iterator[_Unmatched]:
    """Give, of each class, the first word of the text that has no counterpart in the other."""
    other_language: Language = "zh" if language == "en" else "en"
    folded_text, folded_other, parts = folded(text), folded(other), None
    for name in CLASSES:
        words = lexicon(name)
        ours = _found(text, words.matchers[language].find(folded_text), words)
        if not any(match.entry.group for match in ours):
            continue
        parts = parts or scopes(text, other, language)
        theirs = _found(other, words.matchers[other_language].find(folded_other), words)
        lost = _lost(parts, ours, theirs, words, name)
        if lost is not None:
            scope, match, group = lost
            place = other[scope.target.start : scope.target.stop].strip()[:FRAGMENT]
            yield _Unmatched(name, text[match.start : match.end], place, words.example.get((group, other_language)))


def _found(text: str, matches: Sequence[Match[Entry]], words: Lexicon) -> list[Match[Entry]]:
    return [
        match
        for match in matches
        if not (text[match.start].isupper() and text[match.start : match.end].lower() in words.lower_case)
    ]


def _lost(
    parts: Sequence[Scope],
    ours: Sequence[Match[Entry]],
    theirs: Sequence[Match[Entry]],
    words: Lexicon,
    name: LexicalClass,
) -> tuple[Scope, Match[Entry], str] | None:
    """Return the first part with too few counterparts, the word that it has too few for, and that word's group."""
    balances = [_Balance(scope, ours, theirs, words, by_count=name in _BY_COUNT) for scope in parts]
    for at, balance in enumerate(balances):
        if balance.short_of is None:
            continue
        match, group = balance.short_of
        # Translators move a word into the sentence before or after.
        if not any(near.surplus(group) > 0 for near in balances[max(0, at - 1) : at + 2]):
            return balance.scope, match, group
    return None


class _Balance:
    """The words of one part that need counterparts, against those that its translation has."""

    def __init__(
        self,
        scope: Scope,
        ours: Sequence[Match[Entry]],
        theirs: Sequence[Match[Entry]],
        words: Lexicon,
        *,
        by_count: bool,
    ) -> None:
        self.scope = scope
        source = [match for match in ours if match.start in scope.source]
        target = [match.entry for match in theirs if match.start in scope.target]
        self._words = words
        self._explicit = sum(1 for entry in target if entry.group is not None)
        # A word that renders another word of the source is no counterpart.
        self._notions = Counter(entry.notion for entry in target)
        self._notions.subtract(match.entry.notion for match in source)
        needed = [(match, match.entry.group) for match in source if match.entry.group is not None]
        self._needed = len(needed)
        self.short_of = next(
            (
                (match, group)
                for count, (match, group) in enumerate(needed, start=1)
                if self._supply(group) < (count if by_count else 1)
            ),
            None,
        )

    def surplus(self, group: str) -> int:
        """Return how many counterparts of the group's words there are that no word of this part needs."""
        return self._supply(group) - self._needed

    def _supply(self, group: str) -> int:
        return self._explicit + sum(max(0, self._notions[notion]) for notion in self._words.notions[group])
