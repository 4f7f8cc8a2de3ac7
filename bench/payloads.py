"""Articles of a wanted size, the same ones for the same numbers."""

from __future__ import annotations

import functools
import itertools
import random
from typing import Final

from shared.model import Article, ArticleSubmitted, Version, canonical_text
from shared.model.identity import article_id

ARTICLE_BYTES: Final = 10_000
_ACCEPTED: Final = 1_795_000_000_000  # late in 2026, in ms
_WORDS: Final = 2_000
_TEXTS: Final = 1_000
_ENVELOPE: Final = 404  # bytes of an event besides the text of its article
_SHORTEST_MEAN: Final = 5  # no article's words are shorter than this on the average, the space included


def submitted(number: int, *, size: int = ARTICLE_BYTES, key: int | None = None) -> ArticleSubmitted:
    """Article `number` as an event of about `size` bytes; numbers with the same `key` are revisions of one article.

    Its words are drawn as those of a language are (a few often, most rarely), so that it compresses like prose. A text
    comes again after so many articles that they are never compressed together.
    """
    text = canonical_text(f"Article {number}", _prose(number % _TEXTS, size))
    article = Article(
        id=article_id("bench", f"a{number if key is None else key}"),
        source="bench",
        source_name="Bench",
        title=f"Article {number}",
        text=text,
        language="en",
        content_hash=Article.hash_of(text, "en", None, None, None, "Bench"),
        accepted=_ACCEPTED + number,
    )
    return ArticleSubmitted(article=article, version=Version(revision=_ACCEPTED + number))


@functools.cache
def _vocabulary() -> tuple[list[str], list[float]]:
    """Words, and how often they come, summed up as `random.choices` wants it."""
    rng = random.Random(0)
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 11))) for _ in range(_WORDS)]
    return words, list(itertools.accumulate(1 / rank for rank in range(1, _WORDS + 1)))


@functools.lru_cache(maxsize=_TEXTS)
def _prose(seed: int, size: int) -> str:
    words, sums = _vocabulary()
    length = max(10, size - _ENVELOPE)
    drawn = random.Random(seed).choices(words, cum_weights=sums, k=length // _SHORTEST_MEAN + 10)
    return " ".join(drawn)[:length].strip() + "."
