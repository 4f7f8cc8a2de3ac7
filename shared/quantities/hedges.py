"""Words around a number that say that it is rounded, or a bound: about, nearly, 超过, 左右."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from shared.model import Language
from shared.model.quantity import Approximation
from shared.quantities.lexicon import Hedges, Words, hedges, hedges_not_after

_LONGEST_EN = 20  # code points before a number in which a hedge is looked for
Row = tuple[str, Approximation]


def hedge_before(text: str, at: int, language: Language, *, certain: bool = False) -> tuple[Approximation, int] | None:
    """Return what the words mean that end at a number at `at`, and where they begin, or None.

    `certain`: only with words that have no other sense.
    """
    end = at
    if end and text[end - 1] in " \u00a0":
        end -= 1
    elif language == "en":
        return None
    window = text[max(0, end - _LONGEST_EN) : end].lower() if language == "en" else text[max(0, end - 4) : end]
    for word, meaning in _by_end(language, certain).get(window[-1:], ()):
        if window.endswith(word) and _stands_alone(window[: -len(word)][-1:], word, language):
            return meaning, end - len(word)
    return None


def hedge_after(text: str, at: int, *, certain: bool = False) -> tuple[Approximation, int] | None:
    """Return what the Chinese word means that stands right after a number, and its end, or None."""
    words, meanings = _after(certain)
    word = words.at(text, at)
    return None if word is None else (meanings[word], at + len(word))


def _stands_alone(before: str, word: str, language: Language) -> bool:
    if language == "en":
        return not before.isalpha()
    return not before or before not in hedges_not_after().get(word, "")


def _rows(place: str, certain: bool) -> Iterator[Row]:
    lists: tuple[Hedges, ...] = hedges()[:1] if certain else hedges()
    for found in lists:
        for meaning, words in found[place].items():
            yield from ((word, meaning) for word in words)


@cache
def _by_end(language: Language, certain: bool) -> Mapping[str, tuple[Row, ...]]:
    by_end: dict[str, list[Row]] = {}
    for word, meaning in sorted(_rows(language, certain), key=lambda row: -len(row[0])):
        by_end.setdefault(word[-1], []).append((word, meaning))
    return {end: tuple(rows) for end, rows in by_end.items()}


@cache
def _after(certain: bool) -> tuple[Words, Mapping[str, Approximation]]:
    meanings = dict(_rows("zh_after", certain))
    return Words(meanings), meanings
