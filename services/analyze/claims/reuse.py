"""One sentence of the article serves at most two claims of an analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.analyze.claims.article import ArticleText
from services.analyze.claims.verdict import Refusal
from shared.model import Quote

MOST_CLAIMS: Final = 2


class SentenceUses:
    """Counts the claims that each sentence of one article serves, while an analysis is put together."""

    def __init__(self, article: ArticleText) -> None:
        self._article = article
        self._served: Counter[int] = Counter()

    def take(self, claim: str, quotes: Sequence[Quote]) -> Refusal | None:
        """Count a claim with these quotes; or refuse it, counting nothing, where it would be a sentence's third."""
        sentences = {s.start: s.text for quote in quotes for s in self._article.holding(quote.start, quote.end)}
        spent = next((text for start, text in sentences.items() if self._served[start] >= MOST_CLAIMS), None)
        if spent is None:
            self._served.update(sentences.keys())
            return None
        why = f"{MOST_CLAIMS} claims use this sentence already: make a claim of another one"
        return Refusal("reuse", claim, why, spent)
