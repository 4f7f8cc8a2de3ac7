"""Cuts an article into the parts that are asked about one by one.

A part is some paragraphs that follow one another, an exact slice of the canonical text; its text is what the cache key
of its answer is made of. Borders are set by the paragraphs themselves: one begins where the first characters of a
paragraph have a certain hash, so that an edit inside a paragraph moves no border and asks about one part again,
wherever it stands; only a paragraph that begins otherwise than before moves the borders around it. The first part
begins with the title. Nothing is left out: a paragraph that is too long for a part is cut between sentences, and a
sentence that is, anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.model import Language
from shared.text.segment import Span, paragraphs, sentences

LONGEST_PART: Final = {"en": 3_000, "zh": 1_200}
"""Code points, about 700 tokens: few enough that a part's claims are all found, many enough to see their context."""
# A share of a model's context for an item's text: the instructions, the answer, and a refused answer need the rest.
_CONTEXT_SHARE: Final = {"en": 1.0, "zh": 0.25}  # code points for each token of the context
_FEWEST_PARAGRAPHS: Final = 3
_BORDER_ONE_IN: Final = 4
_BEGINNING: Final = 16


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the canonical text, in code points."""

    index: int
    start: int
    end: int
    text: str


def parts_of(text: str, language: Language, context_tokens: int) -> tuple[Part, ...]:
    """Return the parts of a canonical text, in order: every paragraph is in one, none longer than a model can read."""
    longest = max(200, min(LONGEST_PART[language], int(_CONTEXT_SHARE[language] * context_tokens)))
    found: list[Part] = []
    for start, end in _stretches(tuple(_units(text, language, longest)), longest):
        found.append(Part(len(found), start, end, text[start:end]))
    return tuple(found)


def _units(text: str, language: Language, longest: int) -> Iterator[Span]:
    """Give the paragraphs, those that are too long in pieces."""
    for paragraph in paragraphs(text):
        if len(paragraph.text) <= longest:
            yield paragraph
        else:
            yield from _pieces(paragraph, language, longest)


def _pieces(paragraph: Span, language: Language, longest: int) -> Iterator[Span]:
    start = end = paragraph.start
    for sentence in sentences(paragraph.text, language, paragraph.start):
        if sentence.end - start > longest and end > start:
            yield _slice(paragraph, start, end)
            start = sentence.start
        while sentence.end - start > longest:
            yield _slice(paragraph, start, start + longest)
            start += longest
        end = sentence.end
    if end > start:
        yield _slice(paragraph, start, end)


def _slice(paragraph: Span, start: int, end: int) -> Span:
    return Span(start, end, paragraph.text[start - paragraph.start : end - paragraph.start])


def _stretches(units: tuple[Span, ...], longest: int) -> Iterator[tuple[int, int]]:
    first, count = 0, 0
    for at, unit in enumerate(units):
        full = count > 0 and unit.end - units[first].start > longest
        if full or (count >= _FEWEST_PARAGRAPHS and _is_border(unit)):
            yield units[first].start, units[at - 1].end
            first, count = at, 0
        count += 1
    if count:
        yield units[first].start, units[-1].end


def _is_border(unit: Span) -> bool:
    beginning = "".join(unit.text.split())[:_BEGINNING]
    return hashlib.sha256(beginning.encode("utf-8", "replace")).digest()[0] % _BORDER_ONE_IN == 0
