"""Which quotes may be shown: at most a quarter of an article's text in total, unless its source shows all of it."""

from __future__ import annotations

from collections.abc import Iterator

from services.publish.library import Span
from shared.model import Content, Fact, Quote

_SHARE = 4


def quotable(content: Content, text_length: int) -> frozenset[Span]:
    """Return the spans of the quotes that may be shown.

    Words that stand on the page anyway, as the text of a claim, cost nothing. Facts come first: they are in our words,
    so that only the quote shows what the source said. Then the order of the page counts.

    `text_length`: code points of the canonical text. Words that are quoted twice count once.
    """
    quotes = [quote for quote in _facts_first(content) if quote.end <= text_length]
    published = _claim_texts(content)
    left = text_length // _SHARE
    shown = bytearray(text_length)
    allowed: set[Span] = set()
    for quote in quotes:
        if any(quote.quote in text for text in published):
            _show(quote, shown)
            allowed.add((quote.start, quote.end))
    for quote in quotes:
        more = shown[quote.start : quote.end].count(0)
        if more <= left:
            left -= more
            _show(quote, shown)
            allowed.add((quote.start, quote.end))
    return frozenset(allowed)


def every_quote(content: Content) -> frozenset[Span]:
    """Return the spans of all quotes, for a source that shows its text."""
    return frozenset((quote.start, quote.end) for quote in _facts_first(content))


def _show(quote: Quote, shown: bytearray) -> None:
    shown[quote.start : quote.end] = b"\1" * (quote.end - quote.start)


def _claim_texts(content: Content) -> tuple[str, ...]:
    """The claims in the article's own language, as far as they are prose."""
    analysis = content.analysis
    texts = (None if isinstance(c.text, Fact) else c.text.get(analysis.language) for c in analysis.claims())
    return tuple(text for text in texts if text is not None)


def _facts_first(content: Content) -> Iterator[Quote]:
    for claim in sorted(content.analysis.claims(), key=lambda claim: not isinstance(claim.text, Fact)):
        yield from claim.evidence
    scores = content.scores
    for card in (scores.hot, scores.quality, scores.impact):
        for component in card.components:
            yield from component.evidence
