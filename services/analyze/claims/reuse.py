"""One sentence of the article serves at most two claims of an analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from services.analyze.claims.article import ArticleText
from services.analyze.claims.verdict import Refusal
from shared.model import Quote

MOST_CLAIMS: Final = 2


def reused(claims: Mapping[str, Sequence[Quote]], article: ArticleText) -> dict[str, Refusal]:
    """Return a refusal for each claim that would be a sentence's third, by the claim's id; earlier ones come first."""
    served: Counter[int] = Counter()
    refused: dict[str, Refusal] = {}
    for claim, quotes in claims.items():
        sentences = {s.start: s.text for quote in quotes for s in article.holding(quote.start, quote.end)}
        spent = next((text for start, text in sentences.items() if served[start] >= MOST_CLAIMS), None)
        if spent is None:
            served.update(sentences.keys())
        else:
            why = f"{MOST_CLAIMS} claims use this sentence already: make a claim of another one"
            refused[claim] = Refusal("reuse", claim, why, spent)
    return refused
