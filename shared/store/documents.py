"""What the collections hold. Each document has its `_id` and the number `change`, which every write raises."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from shared.model import (
    Article,
    ArticleId,
    Card,
    Content,
    Document,
    Instant,
    Model,
    Post,
    Retraction,
    Ruling,
    Standing,
    State,
    Status,
    Version,
)

MAX_EDITIONS: Final = 8
"""Bodies kept of one revision. One is usual; a source that sends different texts as one revision makes more."""
MAX_JOURNEY_ENTRIES: Final = 512
"""32 versions by 16 stages; there are 9 stages."""


class Stored(Model):
    """A document of the database. Of two copies the one with the higher `change` is the later."""

    id: Annotated[str, Field(min_length=1, max_length=300)]
    change: int = Field(ge=1)


class StoredArticle(Stored):
    """Collection `articles`: what the guard remembers of an article, and the document that it shows.

    `post`: whose content the document has; None in a tombstone. `text_length`: code points of its canonical text.
    `withdrawal`: the latest retraction, kept after a revival. `changed_by`: the id of the event that changed the
    document last; it is published again when that event is, so that a crash before publishing loses nothing.
    """

    standing: Standing
    post: Post | None
    text_length: int | None = Field(ge=1)
    withdrawal: Retraction | None
    changed_by: Annotated[str, Field(max_length=500)]
    document: Document


class Edition(Model):
    """One post with everything that was made of it: its article and its content."""

    post: Post
    article: Article
    content: Content


class StoredRevision(Stored):
    """Collection `revisions`, `_id` = `<article id>:<revision>`: the bodies of one revision.

    `accepted`: the latest post. `emptied_at`: the retraction that took bodies away; None where none did.
    """

    article_id: ArticleId
    accepted: Instant
    emptied_at: Instant | None = None
    editions: tuple[Edition, ...] = Field(default=(), max_length=MAX_EDITIONS)


class StoredCard(Stored):
    """Collection `cards`: the card of a published article; of a tombstone only that it is one."""

    state: State
    card: Card | None


class StoredRuling(Stored):
    """Collection `rulings`, `_id` = the ruling's key: the latest ruling of its kind. `change` is its moment."""

    ruling: Ruling


class JourneyEntry(Model):
    """How far one stage is with one version. `at` is by the clock of that stage."""

    version: Version
    stage: Annotated[str, Field(max_length=64)]
    status: Status
    at: Instant
    detail: str | None = Field(default=None, max_length=500)


class StoredJourney(Stored):
    """Collection `journeys`, `_id` = the article's id: the way of its newest versions through the stages.

    `retracted_at`: the latest retraction. What was reported until then has no details; they may quote the article.
    """

    retracted_at: Instant | None = None
    entries: tuple[JourneyEntry, ...] = Field(max_length=MAX_JOURNEY_ENTRIES)


def revision_id(article_id: str, revision: int) -> str:
    """Return the `_id` of a revision."""
    return f"{article_id}:{revision}"
