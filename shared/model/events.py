"""The events that join the services. Each carries the version it speaks of and the moment of acceptance."""

from __future__ import annotations

import hashlib
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StringConstraints

from shared.model.analysis import Analysis, Pair
from shared.model.article import Article
from shared.model.base import ArticleId, Instant, Model, Text
from shared.model.document import Card, State
from shared.model.fidelity import Fidelity, Provenance
from shared.model.ruling import Ruling
from shared.model.scores import Scores
from shared.model.version import Version

StageName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z]+)?$", max_length=64)]
MAX_STATUSES: Final = 200
"""Of one event; the longest details make less than two thirds of a topic's limit of it."""

Status = Literal["accepted", "started", "retrying", "paused", "done", "unchanged", "failed"]


class Event(Model):
    """Base of all events. `type_name` is its CloudEvents type; `schema_version` rises with every change that an older
    reader could not read."""

    type_name: ClassVar[str]
    schema_version: ClassVar[int] = 1

    @property
    def key(self) -> str:
        """The record's key: what order is kept by."""
        raise NotImplementedError

    @property
    def id(self) -> str:
        """Deterministic: the same event produced twice has the same id. It identifies, it does not deduplicate."""
        raise NotImplementedError

    @property
    def time(self) -> int:
        """The moment (ms) that the event is about."""
        raise NotImplementedError


class _ArticleEvent(Event):
    article: Article
    version: Version

    @property
    def key(self) -> str:
        return self.article.id

    @property
    def id(self) -> str:
        return f"{self.article.id}:{self.version}:{self.article.accepted}"

    @property
    def time(self) -> int:
        return self.article.accepted


class ArticleSubmitted(_ArticleEvent):
    """An article was accepted. Its version has the revision; the lane that analyzes it sets rank and run."""

    type_name: ClassVar[str] = "diglot.article.submitted"


class ArticleAnalyzed(_ArticleEvent):
    """An article with its analysis in its own language."""

    type_name: ClassVar[str] = "diglot.article.analyzed"

    analysis: Analysis[Text]
    scores: Scores
    fidelity: Fidelity
    provenance: Provenance


class ArticleTranslated(_ArticleEvent):
    """An article with its analysis in both languages, as far as they are complete."""

    type_name: ClassVar[str] = "diglot.article.translated"

    analysis: Analysis[Pair]
    scores: Scores
    fidelity: Fidelity
    provenance: Provenance


class ArticleRuled(Event):
    """A ruling about an article. The latest per key counts; the topic is compacted."""

    type_name: ClassVar[str] = "diglot.article.ruled"

    ruling: Ruling

    @property
    def key(self) -> str:
        return self.ruling.key

    @property
    def id(self) -> str:
        return f"{self.ruling.key}:{self.ruling.at}"

    @property
    def time(self) -> int:
        return self.ruling.at


class ArticlePublished(Event):
    """A document changed, or was published again. Bodies are read from the database by id.

    `change` orders the events of one document: the higher one is the later.
    """

    type_name: ClassVar[str] = "diglot.article.published"

    article_id: ArticleId
    state: State
    change: int = Field(ge=1)
    version: Version | None
    accepted: Instant | None
    retracted_at: Instant | None
    ready_at: Instant | None
    updated_at: Instant
    card: Card | None

    @property
    def key(self) -> str:
        return self.article_id

    @property
    def id(self) -> str:
        retracted = "" if self.retracted_at is None else f":{self.retracted_at}"
        return f"{self.article_id}:{self.version or '-'}:{self.state}{retracted}"

    @property
    def time(self) -> int:
        return self.updated_at


class ArticleStatus(Model):
    """How far a stage is with one version of an article."""

    article_id: ArticleId
    version: Version
    stage: StageName
    status: Status
    at: Instant
    detail: str | None = Field(default=None, max_length=500)


class StatusesReported(Event):
    """Statuses of one or more articles, whose ids all lead to the partition that the first one's leads to."""

    type_name: ClassVar[str] = "diglot.article.statuses"

    statuses: tuple[ArticleStatus, ...] = Field(min_length=1, max_length=MAX_STATUSES)

    @property
    def key(self) -> str:
        return self.statuses[0].article_id

    @property
    def id(self) -> str:
        each = "\n".join(f"{s.article_id}:{s.version}:{s.stage}:{s.status}" for s in self.statuses)
        return hashlib.sha256(each.encode()).hexdigest()[:32]

    @property
    def time(self) -> int:
        return max(status.at for status in self.statuses)


EVENT_TYPES: tuple[type[Event], ...] = (
    ArticleSubmitted,
    ArticleAnalyzed,
    ArticleTranslated,
    ArticleRuled,
    ArticlePublished,
    StatusesReported,
)
