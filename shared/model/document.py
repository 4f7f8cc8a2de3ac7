"""The published document, and the card that stands for it in lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.model.analysis import Analysis, Pair, Tag
from shared.model.base import ArticleId, Instant, Language, Model, Name, Sha256, Slug, TermId, Url
from shared.model.fidelity import Fidelity, Provenance
from shared.model.scores import Points, Scores
from shared.model.version import Version

State = Literal["published", "hidden", "retracted"]
StoryId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
ViewCount = Annotated[int, Field(ge=0)]


class SourceCredit(Model):
    """Where an article comes from; shown with every document."""

    slug: Slug
    name: Name
    url: Url | None
    author: Name | None
    published_at: Instant | None
    language: Language


class Retraction(Model):
    """What a tombstone says: who withdrew the article, and when."""

    at: Instant
    by: Name
    reason: Annotated[str, Field(max_length=500)] | None = None


class Content(Model):
    """What a document shows while it is published. A retraction empties it as a whole."""

    version: Version
    source: SourceCredit
    content_hash: Sha256
    analysis: Analysis[Pair]
    scores: Scores
    fidelity: Fidelity
    provenance: Provenance


class Document(Model):
    """An article's published document. `content` is null in a tombstone, and only there.

    `change` counts the changes of this document in the database: of two copies the one with the higher number is
    the later one. `published_at` is when it was first published, `updated_at` when its content last changed.
    """

    id: ArticleId
    state: State
    change: int = Field(ge=1)
    content: Content | None
    retraction: Retraction | None = None
    accepted_at: Instant | None
    published_at: Instant | None
    updated_at: Instant
    ready_at: Instant | None
    story_id: StoryId | None = None
    views: ViewCount = 0


class Card(Model):
    """What lists show of a published document, and what they filter and sort by."""

    id: ArticleId
    version: Version
    state: State
    title: Pair
    lead: Pair | None = Field(description="The first summary sentence or bullet, in the languages that have it.")
    source: SourceCredit
    category: TermId | None
    tags: tuple[Tag[Pair], ...] = Field(default=(), max_length=12)
    ready_at: Instant
    accepted_at: Instant
    updated_at: Instant
    hot_base: float = Field(ge=1, le=100)
    hot_since: Instant
    quality: Points | None
    impact: Points | None
    story_id: StoryId | None = None
