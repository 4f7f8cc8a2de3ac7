"""Which quotes may be shown: at most a quarter of an article's text in total, unless its source shows all of it."""

from __future__ import annotations

from collections.abc import Iterator

from services.publish.library import Span
from shared.model import Content, Quote

_SHARE = 4


def quotable(content: Content, text_length: int) -> frozenset[Span]:
    """Return the spans of the quotes that may be shown, the first of the page first.

    `text_length`: code points of the canonical text. Words that are quoted twice count once.
    """
    left = text_length // _SHARE
    shown = bytearray(text_length)
    allowed: set[Span] = set()
    for quote in _quotes(content):
        more = shown[quote.start : quote.end].count(0)
        if more <= left and quote.end <= text_length:
            left -= more
            shown[quote.start : quote.end] = b"\1" * (quote.end - quote.start)
            allowed.add((quote.start, quote.end))
    return frozenset(allowed)


def every_quote(content: Content) -> frozenset[Span]:
    """Return the spans of all quotes, for a source that shows its text."""
    return frozenset((quote.start, quote.end) for quote in _quotes(content))


def _quotes(content: Content) -> Iterator[Quote]:
    for claim in content.analysis.claims():
        yield from claim.evidence
    scores = content.scores
    for card in (scores.hot, scores.quality, scores.impact):
        for component in card.components:
            yield from component.evidence
