"""Makes the event of a post: what is fixed about an article for all later stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.ingest.extract import HtmlExtractor
from services.ingest.language import decide_language
from services.ingest.normalise import clean_body, has_words
from services.ingest.problems import NO_TEXT, TEXT_TOO_LONG
from services.ingest.schemas import ArticlePost
from shared.http import INVALID_REQUEST, FieldError, ProblemError
from shared.model import MAX_TEXT, Article, ArticleSubmitted, Version, article_id, canonical_text

MAX_AHEAD_MS: Final = 5 * 60 * 1000
"""How far a source's clock may be ahead of ours."""
_MAX_RAW_TEXT: Final = 4 * MAX_TEXT
"""Longer texts are refused unread: no amount of spaces makes an article so long."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the settings say about a source."""

    slug: str
    name: str
    versioned: bool


def submit(post: ArticlePost, source: Source, now: int, extractor: HtmlExtractor) -> ArticleSubmitted:
    """Return the event of a post that was accepted at `now` (ms). Needs up to a second for HTML.

    Raises:
        ProblemError: dates in the future or missing, no text, too much text, or a language that we don't take.
    """
    _check_times(post, source, now)
    text = _text(post, extractor)
    language = decide_language(text, post.language)
    article = Article(
        id=article_id(source.slug, post.key),
        source=source.slug,
        source_name=source.name,
        title=post.title,
        text=text,
        language=language,
        url=post.url,
        author=post.author,
        published_at=post.published_at,
        updated_at=post.updated_at,
        category_hint=post.category,
        content_hash=Article.hash_of(text, language, post.url, post.author, post.published_at, source.name),
        accepted=now,
    )
    revision = post.updated_at if source.versioned and post.updated_at is not None else now
    return ArticleSubmitted(article=article, version=Version(revision=revision))


def _check_times(post: ArticlePost, source: Source, now: int) -> None:
    times = {"published_at": post.published_at, "updated_at": post.updated_at}
    errors = [
        FieldError(field=field, reason="is more than 5 minutes in the future")
        for field, time in times.items()
        if time is not None and time > now + MAX_AHEAD_MS
    ]
    if source.versioned and post.updated_at is None:
        reason = "is needed: this source is versioned, and updated_at is the revision"
        errors.append(FieldError(field="updated_at", reason=reason))
    if errors:
        detail = "; ".join(f"{error.field}: {error.reason}" for error in errors)
        raise ProblemError(INVALID_REQUEST, detail, errors=errors)


def _text(post: ArticlePost, extractor: HtmlExtractor) -> str:
    raw = extractor.text_of(post.body) if post.body_format == "html" else post.body
    _check_length(len(raw), _MAX_RAW_TEXT)
    body = _without_title(clean_body(raw), post.title)
    if not has_words(body):
        raise ProblemError.of_field(NO_TEXT, "body", "must contain text besides the title")
    text = canonical_text(post.title, body)
    _check_length(len(text), MAX_TEXT)
    return text


def _without_title(body: str, title: str) -> str:
    """The body without a first paragraph that only repeats the headline, as HTML pages have it."""
    first, _, rest = body.partition("\n\n")
    return rest if first == title else body


def _check_length(length: int, most: int) -> None:
    if length > most:
        raise ProblemError.of_field(
            TEXT_TOO_LONG, "body", f"the text has {length:,} characters; {MAX_TEXT:,} are taken"
        )
