"""Which quotes may be shown: at most a quarter of an article's text in total, unless its source shows all of it."""

from __future__ import annotations

from collections.abc import Iterator

from services.publish.library import Span
from shared.model import Claim, Content, Fact, Pair, Quote

_SHARE = 4


def quotable(content: Content, text_length: int) -> frozenset[Span]:
    """Return the spans of the quotes that may be shown.

    The claims that need their quote most come first: facts, which are in our words, then prose that says more or less
    than its quote, last the claims that are their quote word for word. Within these the order of the page counts.

    `text_length`: code points of the canonical text. Words that are quoted twice count once.
    """
    left = text_length // _SHARE
    shown = bytearray(text_length)
    allowed: set[Span] = set()
    for quote in _most_needed_first(content):
        more = shown[quote.start : quote.end].count(0)
        if quote.end <= text_length and more <= left:
            left -= more
            shown[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
            allowed.add((quote.start, quote.end))
    return frozenset(allowed)


def every_quote(content: Content) -> frozenset[Span]:
    """Return the spans of all quotes, for a source that shows its text."""
    return frozenset((quote.start, quote.end) for quote in _most_needed_first(content))


def _most_needed_first(content: Content) -> Iterator[Quote]:
    for claim in sorted(content.analysis.claims(), key=lambda claim: _repeats_its_quote(claim, content)):
        yield from claim.evidence
    scores = content.scores
    for card in (scores.hot, scores.quality, scores.impact):
        for component in card.components:
            yield from component.evidence


def _repeats_its_quote(claim: Claim[Pair], content: Content) -> int:
    """0 for a fact, 1 for prose of its own, 2 for a claim that is its quote."""
    if isinstance(claim.text, Fact):
        return 0
    text = claim.text.get(content.analysis.language) or ""
    return 2 if all(quote.quote in text for quote in claim.evidence) else 1
