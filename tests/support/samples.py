"""The sample articles as ingest makes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from services.ingest.articles import Source, submit
from services.ingest.extract import HtmlExtractor
from services.ingest.schemas import ArticlePost
from shared.model import Article, ArticleSubmitted, Language, Version, article_id, canonical_text

_DIRECTORY: Final = Path(__file__).parents[2] / "samples"
_ACCEPTED: Final = 1_795_600_000_000
SAMPLES: Final = tuple(sorted(path.stem for path in _DIRECTORY.glob("*.json")))


@cache
def sample(name: str) -> ArticleSubmitted:
    """Return the event of one sample, by its file's name without the ending."""
    post = ArticlePost.model_validate_json((_DIRECTORY / f"{name}.json").read_bytes())
    return submit(post, Source("samples", "Samples", versioned=False), _ACCEPTED, HtmlExtractor(5000))


def posted(title: str, body: str, language: Language = "en", hint: str | None = None) -> ArticleSubmitted:
    """Return the event of an article with this text."""
    text = canonical_text(title, body)
    article = Article(
        id=article_id("samples", title),
        source="samples",
        source_name="Samples",
        title=title,
        text=text,
        language=language,
        category_hint=hint,
        content_hash=Article.hash_of(text, language, None, None, None, "Samples"),
        accepted=_ACCEPTED,
    )
    return ArticleSubmitted(article=article, version=Version(revision=_ACCEPTED))
