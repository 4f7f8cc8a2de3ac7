"""Hedges and negations of the source that the target lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.translate.gate.finding import FRAGMENT, Finding, finding
from services.translate.gate.lexicon import CLASSES, Entry, LexicalClass, Lexicon, lexicon
from services.translate.gate.phrases import Match
from services.translate.gate.scopes import Scope, scopes
from shared.model import Language
from shared.names import folded

_LOWER: Final = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_REQUESTS: Final[Mapping[LexicalClass, str]] = {
    "hearsay": "The source says {word!r}; the translation states it as a fact. Add its counterpart{example}.",
    "possibility": "The source says {word!r}; the translation is more certain. Add its counterpart{example}.",
    "negation": "The source has the negation {word!r}; the translation has none for it. Negate it as the source does.",
}
_BY_COUNT: Final[frozenset[LexicalClass]] = frozenset({"negation"})
"""Classes of which each word needs a counterpart of its own; of the others one is enough for a sentence."""


def word_problems(source: str, target: str, source_language: Language) -> Iterator[Finding]:
    """Give a failure for each class of which the source has a word that nothing in the target stands for.

    The other way round it is a warning: a good translation may well be more careful than its source.
    """
    target_language: Language = "zh" if source_language == "en" else "en"
    # Lower case, simplified characters, plain apostrophes; every place stays where it is.
    folded_source, folded_target = folded(source).translate(_LOWER), folded(target).translate(_LOWER)
    said = {name: _found(source, folded_source, source_language, name) for name in CLASSES}
    written = {name: _found(target, folded_target, target_language, name) for name in CLASSES}
    written["hearsay"] = _not_needed(written["hearsay"], said["possibility"], written["possibility"])
    parts = None
    for name in CLASSES:
        words, ours, theirs = lexicon(name), said[name], written[name]
        if not any(match.entry.group for match in ours) and not any(match.entry.group for match in theirs):
            continue
        parts = parts or scopes(source, target, source_language)
        lost = _unmatched(parts, ours, theirs, words, name)
        if lost is not None:
            scope, match = lost
            word, place = source[match.start : match.end], target[scope.target.start : scope.target.stop]
            example = words.example.get((match.entry.group or "", target_language))
            request = _REQUESTS[name].format(word=word, example=f", such as {example}" if example else "")
            yield finding(name, "fail", source_language, word, place.strip()[:FRAGMENT], request)
        added = _unmatched([Scope(part.target, part.source) for part in parts], theirs, ours, words, name)
        if added is not None:
            scope, match = added
            word, place = target[match.start : match.end], source[scope.target.start : scope.target.stop]
            check = "added_negation" if name == "negation" else "added_hedge"
            request = f"The translation says {word!r}; the source has no such word. Remove it, unless it is meant so."
            yield finding(check, "warn", source_language, place.strip()[:FRAGMENT], word, request)


def _found(text: str, lower: str, language: Language, name: LexicalClass) -> list[Match[Entry]]:
    words = lexicon(name)
    return [
        match
        for match in words.matchers[language].find(lower)
        if not (text[match.start].isupper() and text[match.start : match.end].lower() in words.lower_case)
    ]


def _not_needed(
    hearsay: list[Match[Entry]], said: Sequence[Match[Entry]], written: Sequence[Match[Entry]]
) -> list[Match[Entry]]:
    """Leave out what may stand for hearsay, but stands for a possibility of the source: 可能, where it says "may"."""
    needed = sum(match.entry.group is not None for match in said)
    if not needed:
        return hearsay
    taken = {match.start for match in [each for each in written if each.entry.group is not None][:needed]}
    return [match for match in hearsay if match.entry.group is not None or match.start not in taken]


def _unmatched(
    parts: Sequence[Scope],
    ours: Sequence[Match[Entry]],
    theirs: Sequence[Match[Entry]],
    words: Lexicon,
    name: LexicalClass,
) -> tuple[Scope, Match[Entry]] | None:
    """Return the first part with too few counterparts, and the word that it has too few for."""
    if not any(match.entry.group for match in ours):
        return None
    source = _by_range(ours, [scope.source for scope in parts])
    target = _by_range(theirs, [scope.target for scope in parts])
    balances = [
        _Balance(scope, its_words, counterparts, words, by_count=name in _BY_COUNT)
        for scope, its_words, counterparts in zip(parts, source, target, strict=True)
    ]
    for at, balance in enumerate(balances):
        match = balance.short_of
        # Translators move a word into the sentence before or after.
        if match is not None and not any(
            near.surplus(match.entry.group) > 0 for near in balances[max(0, at - 1) : at + 2]
        ):
            return balance.scope, match
    return None


def _by_range(matches: Sequence[Match[Entry]], ranges: Sequence[range]) -> list[list[Match[Entry]]]:
    """Return the matches in each of the ranges; both are in the order of the text."""
    found: list[list[Match[Entry]]] = [[] for _ in ranges]
    at = 0
    for match in matches:
        while at < len(ranges) and match.start >= ranges[at].stop:
            at += 1
        if at == len(ranges):
            break
        if match.start >= ranges[at].start:
            found[at].append(match)
    return found


class _Balance:
    """The words of one part that need counterparts, against those that its translation has."""

    def __init__(
        self,
        scope: Scope,
        source: Sequence[Match[Entry]],
        target: Sequence[Match[Entry]],
        words: Lexicon,
        *,
        by_count: bool,
    ) -> None:
        self.scope = scope
        self._words = words
        self._explicit = sum(1 for match in target if match.entry.group is not None and match.entry.notion is None)
        # A word that renders another word of the source is no counterpart.
        self._notions = Counter(match.entry.notion for match in target)
        self._notions.subtract(match.entry.notion for match in source if match.entry.group is None)
        needed = [match for match in source if match.entry.group is not None]
        self._needed = len(needed)
        self.short_of = next(
            (
                match
                for count, match in enumerate(needed, start=1)
                if self._supply(match.entry.group) < (count if by_count else 1)
            ),
            None,
        )

    def surplus(self, group: str | None) -> int:
        """Return how many counterparts of the group's words there are that no word of this part needs."""
        return self._supply(group) - self._needed

    def _supply(self, group: str | None) -> int:
        notions = self._words.notions.get(group or "", ())
        return self._explicit + sum(max(0, self._notions[notion]) for notion in notions)
