"""Quotes for claims: exact slices of 20 to 300 characters inside one paragraph, and the bound on their use."""

from __future__ import annotations

from services.analyze.claims.quotes import LONGEST_QUOTE, MOST_QUOTES, SHORTEST_QUOTE
from services.analyze.claims.reuse import MOST_CLAIMS
from services.analyze.offline.reading import Reading, Sentence
from shared.model import Quote
from shared.text.segment import Span


def quotes_for(reading: Reading, sentence: Sentence) -> tuple[Quote, ...]:
    """Return the quotes that hold a sentence: itself, or cut at clause borders, or with its neighbours when short.

    Empty when its paragraph is too short for a quote, or the sentence too long for three of them.
    """
    if len(sentence.span.text) < SHORTEST_QUOTE:
        widened = _widened(reading, sentence)
        return () if widened is None else (_quote(reading, *widened),)
    if len(sentence.span.text) <= LONGEST_QUOTE:
        return (_quote(reading, sentence.span.start, sentence.span.end),)
    return tuple(_quote(reading, start, end) for start, end in _cut(sentence.clauses))


def _quote(reading: Reading, start: int, end: int) -> Quote:
    return Quote(quote=reading.article.text[start:end], start=start, end=end)


def _widened(reading: Reading, sentence: Sentence) -> tuple[int, int] | None:
    indices = _neighbours(reading, sentence)
    if indices is None:
        return None
    start, end = reading.sentences[indices[0] - 1].span.start, reading.sentences[indices[-1] - 1].span.end
    return (start, end) if end - start <= LONGEST_QUOTE else None


def _neighbours(reading: Reading, sentence: Sentence) -> range | None:
    """Add whole sentences of the same paragraph, later ones first, until the quote is long enough; their indices."""
    if sentence.index == 0:
        return None
    first = last = sentence.index - 1
    body = reading.sentences
    while body[last].span.end - body[first].span.start < SHORTEST_QUOTE:
        if last + 1 < len(body) and body[last + 1].paragraph == sentence.paragraph:
            last += 1
        elif first > 0 and body[first - 1].paragraph == sentence.paragraph:
            first -= 1
        else:
            return None
    return range(first + 1, last + 2)


def _cut(clauses: tuple[Span, ...]) -> list[tuple[int, int]]:
    """Join clauses into at most three stretches that together hold the whole sentence; none if that can't be done."""
    stretches: list[tuple[int, int]] = []
    for clause in clauses:
        if stretches and clause.end - stretches[-1][0] <= LONGEST_QUOTE:
            stretches[-1] = (stretches[-1][0], clause.end)
        else:
            stretches.append((clause.start, clause.end))
    fit = len(stretches) <= MOST_QUOTES and all(
        SHORTEST_QUOTE <= end - start <= LONGEST_QUOTE for start, end in stretches
    )
    return stretches if fit else []


class Uses:
    """Counts the claims that each sentence serves, while one analysis is made; a quote's neighbours serve as well."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._uses: dict[int, int] = {}

    def left(self, sentence: Sentence) -> int:
        """Return how many more claims the sentence may serve."""
        return MOST_CLAIMS - max(self._uses.get(index, 0) for index in self._served(sentence))

    def take(self, sentence: Sentence) -> None:
        """Count one claim."""
        for index in self._served(sentence):
            self._uses[index] = self._uses.get(index, 0) + 1

    def _served(self, sentence: Sentence) -> range:
        """The indices of the sentences that a claim of this one is quoted with."""
        if len(sentence.span.text) >= SHORTEST_QUOTE:
            return range(sentence.index, sentence.index + 1)
        return _neighbours(self._reading, sentence) or range(sentence.index, sentence.index + 1)
