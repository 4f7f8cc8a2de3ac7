"""Finds the quotes that an engine returns in the canonical text, and gives the exact slices.

Engines copy with changes: other quotation marks, a line end less, half-width signs, simplified characters. What is
stored is always the article's own slice: 20 to 300 code points inside one paragraph.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from services.analyze.claims.folding import Folded, fold
from shared.model import Language, Quote
from shared.text.segment import Span, paragraphs, sentences

SHORTEST_QUOTE = 20
LONGEST_QUOTE = 300
MOST_QUOTES = 3
# What an engine may return for one quote before it is not looked at: folding makes nothing this much shorter.
_LONGEST_RETURNED = 4 * LONGEST_QUOTE
# What is looked at of a text that repeats itself without end: places of a quote, and characters of one word.
_MOST_PLACES = 64
_LONGEST_WORD = 64
_ELLIPSES = ("...", "…", "[...]")


@dataclass(frozen=True, slots=True)
class NoQuote:
    """Why a returned quote can't be used, in words for who returned it."""

    why: str


@dataclass(frozen=True, slots=True)
class Located:
    """A found quote. `start` and `end` are what was returned; the quote may be widened to the sentences around it."""

    quote: Quote
    start: int
    end: int


class QuoteFinder:
    """Finds quotes in one canonical text. The text is folded once."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.paragraphs = paragraphs(text)
        self._starts = [paragraph.start for paragraph in self.paragraphs]

    def find(self, returned: str, hint: int | None = None) -> Quote | NoQuote:
        """Return the quote that `returned` is a copy of, as `locate` finds it."""
        found = self.locate(returned, hint)
        return found.quote if isinstance(found, Located) else found

    def locate(self, returned: str, hint: int | None = None) -> Located | NoQuote:
        """Return the slice that `returned` is a copy of.

        `hint`: where it should stand, in code points; of several places the nearest is taken, without a hint the first
        of the body. A whole sentence that is too short is given with the sentences beside it, in its paragraph.
        """
        refusal = _refusal(returned)
        if refusal is not None:
            return refusal
        needle = fold(returned).text
        # Quotation marks and dots around it may be the engine's own.
        spans = self._spans(needle) or self._spans(needle.strip('".'))
        if not spans:
            return NoQuote(_not_found(returned))
        body = [span for span in spans if span[0] >= self._body] or spans
        start, end = body[0] if hint is None else min(spans, key=lambda span: abs(span[0] - hint))
        return self._inside(start, end)

    def paragraph_index(self, at: int) -> int:
        """Return which paragraph a place of the text stands in, or follows."""
        return max(0, bisect_right(self._starts, at) - 1)

    @cached_property
    def _folded(self) -> Folded:
        return fold(self.text)

    @cached_property
    def _body(self) -> int:
        return self.paragraphs[1].start if len(self.paragraphs) > 1 else 0

    def _spans(self, needle: str) -> list[tuple[int, int]]:
        places = islice(_places(self._folded.text, needle), _MOST_PLACES) if needle else ()
        return [self._span(at, at + len(needle)) for at in places]

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the folded text stands, as far as the words that it begins and ends in."""
        text, places = self.text, self._folded.places
        first, stop = places[start], places[end - 1] + 1
        for _ in range(_LONGEST_WORD):
            first -= first > 0 and _goes_on(text, first)
            stop += stop < len(text) and _goes_on(text, stop)
        # The signs that close a quotation belong to a sentence that was copied without them.
        while stop < len(text) and text[stop] in "”’」』\"'" and text[stop - 1] in ".!?。！？，,":
            stop += 1
        return first, stop

    def _inside(self, start: int, end: int) -> Located | NoQuote:
        first, last = start, end
        paragraph = self.paragraphs[self.paragraph_index(start)]
        if end > paragraph.end:
            return NoQuote("the quote runs over the end of a paragraph: quote from one paragraph only")
        if end - start > LONGEST_QUOTE:
            return NoQuote(f"the quote has {end - start} characters, more than {LONGEST_QUOTE}: return only the clause")
        if end - start < SHORTEST_QUOTE:
            widened = self._widened(start, end, paragraph)
            if widened is None:
                return NoQuote(
                    f"the quote has {end - start} characters, fewer than {SHORTEST_QUOTE}: return the whole sentence"
                )
            start, end = widened
        return Located(Quote(quote=self.text[start:end], start=start, end=end), first, last)

    def _widened(self, start: int, end: int, paragraph: Span) -> tuple[int, int] | None:
        """Add the neighbours of a short quote that is a whole sentence, later ones first."""
        found = sentences(paragraph.text, self.language, paragraph.start)
        own = [
            i for i, s in enumerate(found) if s.start <= start and end <= s.end and s.end - s.start - 2 <= end - start
        ]
        if not own:
            return None
        first = last = own[0]
        while found[last].end - found[first].start < SHORTEST_QUOTE:
            if last + 1 < len(found):
                last += 1
            elif first > 0:
                first -= 1
            else:
                return None
        widened = found[first].start, found[last].end
        return widened if widened[1] - widened[0] <= LONGEST_QUOTE else None


def _refusal(returned: str) -> NoQuote | None:
    if not returned.strip():
        return NoQuote("the quote is empty: return the words of the article that say it")
    if len(returned) > _LONGEST_RETURNED:
        return NoQuote(f"the quote is longer than {LONGEST_QUOTE} characters: return only the clause that says it")
    return None


def _not_found(returned: str) -> str:
    inner = returned.strip().strip("\"'“”「」.。 ")
    if any(mark in inner for mark in _ELLIPSES):
        return "the quote leaves words out: return two quotes, each copied without a gap"
    return "the quote is not in the article: copy it word for word"


def _goes_on(text: str, border: int) -> bool:
    """Say whether a Latin word or a number goes on over a border: 1|5, 1|.5, wo|rd."""
    before, after = text[border - 1], text[border]
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return True
    following = text[border + 1 : border + 2]
    earlier = text[border - 2 : border - 1] if border > 1 else ""
    return (after in ".," and before.isdigit() and following.isdigit()) or (
        before in ".," and after.isdigit() and earlier.isdigit()
    )


def _places(text: str, needle: str) -> Iterator[int]:
    at = text.find(needle)
    while at != -1:
        yield at
        at = text.find(needle, at + len(needle))
