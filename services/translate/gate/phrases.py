"""Finds the phrases of a lexicon in a text, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

# What "-free" says is not what "free" says, and "no-frills", "No. 5" and "No," at the beginning not what "no" says.
_WORD: Final = re.compile(r"-free\b|\bno-[a-z]+|\bno(?:,|\.? ?\d+)|[a-z0-9]+(?:'[a-z]+)?")
# A contraction is its two words, so that a lexicon has one form for both: "couldn't" is "could not".
_NEGATED: Final[Mapping[str, str]] = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_WORDS_KEPT: Final = 20_000
"""Words whose entries each lexicon remembers: more than most articles use together."""
_MIN_ENDING: Final = 3
"""Letters that a word has besides a stem of one or two letters: "un*" is for "unseen", not for "unit"."""


class Word(NamedTuple):
    """A word of English text: lower case, and its place (code points)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase that was found: its place (code points) and what the lexicon says of it."""

    start: int
    end: int
    entry: T


class Matcher(Protocol[T]):
    """Finds phrases in a text: the longest at each place, from left to right, without overlaps."""

    def find(self, text: str) -> list[Match[T]]: ...


@lru_cache(maxsize=4)
def words(text: str) -> tuple[Word, ...]:
    """Return the words of lower-case English text; contractions as two words, as "could", "not".

    The last few texts are kept, because every lexicon looks at the same ones.
    """
    return tuple(_words(text))


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        word, start, end = match[0], match.start(), match.end()
        if word.endswith("n't"):
            base = word[:-3]
            yield Word(_NEGATED.get(base, base), start, end - 3)
            yield Word("not", end - 3, end)
        elif word == "cannot":
            yield Word("can", start, start + 3)
            yield Word("not", start + 3, end)
        else:
            yield Word(word, start, end)


class EnglishPhrases(Generic[T]):
    """Phrases of whole words. A single word may be a stem, as `possib*`, or an ending, as `*less`."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._exact: dict[str, T] = {}
        self._stems: dict[str, T] = {}
        self._endings: dict[str, T] = {}
        self._longer: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, entry in entries.items():
            self._add(phrase, entry)
        for phrases in self._longer.values():
            phrases.sort(key=lambda item: -len(item[0]))
        self._stem_lengths = sorted({len(stem) for stem in self._stems}, reverse=True)
        self._ending_lengths = sorted({len(ending) for ending in self._endings}, reverse=True)
        self._single = lru_cache(maxsize=_WORDS_KEPT)(self._look_up)

    def _add(self, phrase: str, entry: T) -> None:
        if phrase.endswith("*"):
            self._stems[phrase[:-1]] = entry
        elif phrase.startswith("*"):
            self._endings[phrase[1:]] = entry
        else:
            parts = tuple(word.text for word in _words(phrase))
            if len(parts) == 1:
                self._exact[parts[0]] = entry
            else:
                self._longer.setdefault(parts[0], []).append((parts, entry))

    def find(self, text: str) -> list[Match[T]]:
        """Return what is found in lower-case text."""
        found = words(text)
        matches: list[Match[T]] = []
        after = 0
        for at, word in enumerate(found):
            if at < after:
                continue
            longer = self._longer.get(word.text)
            count, entry = self._longest(found, at, longer) if longer else (1, None)
            if entry is None:
                entry = self._single(word.text)
            if entry is not None:
                matches.append(Match(word.start, found[at + count - 1].end, entry))
                after = at + count
        return matches

    @staticmethod
    def _longest(found: Sequence[Word], at: int, phrases: Sequence[tuple[tuple[str, ...], T]]) -> tuple[int, T | None]:
        for parts, entry in phrases:
            words_here = found[at : at + len(parts)]
            if tuple(word.text for word in words_here) == parts and _adjoin(words_here):
                return len(parts), entry
        return 1, None

    def _look_up(self, word: str) -> T | None:
        if word in self._exact:
            return self._exact[word]
        for length in self._stem_lengths:
            if len(word) >= length + (_MIN_ENDING if length < _MIN_ENDING else 0) and word[:length] in self._stems:
                return self._stems[word[:length]]
        for length in self._ending_lengths:
            if len(word) > length and word[-length:] in self._endings:
                return self._endings[word[-length:]]
        return None


def _adjoin(found: Sequence[Word]) -> bool:
    """Say whether nothing but a space or a hyphen stands between the words: "say, no longer" is not "say no"."""
    return all(later.start - earlier.end <= 1 for earlier, later in pairwise(found))


class ChinesePhrases(Generic[T]):
    """Phrases as strings of characters."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._entries = dict(entries)
        self._pattern = re.compile(_trie(sorted(entries)) or r"(?!)")

    def find(self, text: str) -> list[Match[T]]:
        """Return what is found in the text."""
        return [Match(m.start(), m.end(), self._entries[m[0]]) for m in self._pattern.finditer(text)]


def _trie(phrases: Iterable[str]) -> str:
    """Return a pattern that takes the longest of the phrases at a place.

    Its branches differ in their first character, so it never tries a second one.
    """
    branches: dict[str, list[str]] = {}
    ends = False
    for phrase in phrases:
        if phrase:
            branches.setdefault(phrase[0], []).append(phrase[1:])
        else:
            ends = True
    if not branches:
        return ""
    inner = "|".join(re.escape(first) + _trie(rest) for first, rest in branches.items())
    return f"(?:{inner}){'?' if ends else ''}"
