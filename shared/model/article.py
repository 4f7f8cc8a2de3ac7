"""The article as ingest fixed it: canonical text, metadata, identity."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.model.base import ArticleId, Instant, Language, Model, Name, Sha256, Slug, TermId, Url
from shared.model.identity import content_hash

MAX_TITLE = 300
MAX_TEXT = 100_000
"""Code points of the canonical text: about 16,000 English words, at most 400 kB on a topic."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE)]
CanonicalText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


def canonical_text(title: str, body: str) -> str:
    """Return title, a blank line and the body: NFC, LF only. Spans of evidence are code points into it."""
    text = f"{title}\n\n{body}".replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


class Article(Model):
    """One revision of an article. `text` is its canonical text and never changes after ingest."""

    id: ArticleId
    source: Slug
    source_name: Name
    title: Title
    text: CanonicalText
    language: Language
    url: Url | None = None
    author: Name | None = None
    published_at: Instant | None = None
    updated_at: Instant | None = None
    category_hint: TermId | None = None
    content_hash: Sha256
    accepted: Instant = Field(description="Ingest's clock when this post was accepted.")

    @model_validator(mode="after")
    def _is_canonical(self) -> Self:
        if not self.text.startswith(f"{self.title}\n\n"):
            raise ValueError("text must be the title, a blank line and the body")
        if not self.id.startswith(f"{self.source}-"):
            raise ValueError("id must begin with the source's slug")
        return self

    @property
    def body(self) -> str:
        """The text after the title and its blank line."""
        return self.text[len(self.title) + 2 :]

    @staticmethod
    def hash_of(
        text: str,
        language: str,
        url: str | None,
        author: str | None,
        published_at: int | None,
        source_name: str,
    ) -> str:
        """Return the content hash: the canonical text plus the metadata that readers are shown.

        `updated_at` and the time of acceptance are not part of it: a post that changes nothing a reader sees is a
        repeat.
        """
        published = None if published_at is None else str(published_at)
        return content_hash(text, language, url, author, published, source_name)
