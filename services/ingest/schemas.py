"""What clients send and get. Requests refuse unknown fields; texts come out of validation already clean."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.ingest.normalise import clean_headline, clean_line, has_words
from services.ingest.urls import MAX_URL, canonical_url
from shared.model import MAX_TITLE, ArticleId, Instant, Slug, TermId

_MAX_RAW_LINE: Final = 4000  # with markup, before it is cleaned
_MAX_NAME: Final = 200
_MAX_REASON: Final = 500
_MAX_EXTERNAL_ID: Final = 256


def _title(value: str) -> str:
    title = clean_headline(value)
    if not has_words(title):
        raise ValueError("must contain words")
    if len(title) > MAX_TITLE:
        raise ValueError(f"must have at most {MAX_TITLE} characters, and has {len(title)}")
    return title


def _author(value: str) -> str | None:
    name = clean_headline(value)
    if len(name) > _MAX_NAME:
        raise ValueError(f"must have at most {_MAX_NAME} characters, and has {len(name)}")
    return name or None


def _reason(value: str | None) -> str | None:
    reason = clean_line(value or "")
    if len(reason) > _MAX_REASON:
        raise ValueError(f"must have at most {_MAX_REASON} characters, and has {len(reason)}")
    return reason or None


def _external_id(value: str) -> str:
    if not value.isprintable() or value != value.strip():
        raise ValueError("must consist of printable characters, without spaces at its ends")
    return value


def _text_only(value: object) -> object:
    """Let no number pass: the model takes milliseconds, which is not what a client that sends seconds means."""
    if not isinstance(value, str):
        raise ValueError("must be an RFC 3339 date and time as text")
    return value


# The limits come before the functions that clean, which must not meet a text of a megabyte.
_Title = Annotated[str, Field(max_length=_MAX_RAW_LINE), AfterValidator(_title)]
_Author = Annotated[str, Field(max_length=_MAX_RAW_LINE), AfterValidator(_author)]
_ExternalId = Annotated[str, Field(min_length=1, max_length=_MAX_EXTERNAL_ID), AfterValidator(_external_id)]
_Address = Annotated[str, Field(max_length=MAX_URL), AfterValidator(canonical_url)]
_Moment = Annotated[Instant, BeforeValidator(_text_only)]

Reason = Annotated[str | None, Field(max_length=_MAX_RAW_LINE), AfterValidator(_reason)]
"""Why an article is retracted, as readers see it: clean, and None where nothing is left."""


class ArticlePost(BaseModel):
    """One article, or a new revision of it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", title="ArticlePost")

    source: Slug = Field(description="The source's slug; the API key must belong to it.")
    external_id: _ExternalId | None = Field(
        default=None,
        description="The source's own id of the article, taken as it is. It makes the article's id; "
        "without it the canonical URL does.",
    )
    url: _Address | None = Field(
        default=None,
        description="The article's public address (http or https). Fragment and tracking parameters are removed.",
    )
    title: _Title = Field(
        description=f"The headline. Markup is removed, entities are resolved; at most {MAX_TITLE} characters then.",
    )
    body: str = Field(description="The article. Text: blank lines separate paragraphs. HTML: a page or a piece of one.")
    body_format: Literal["text", "html"] = Field(default="text", description="What `body` is.")
    language: str | None = Field(
        default=None,
        min_length=2,
        max_length=35,
        description="`en` or `zh`, with or without script and region (`zh-Hant`, `en-GB`). Detected when absent; "
        "must not contradict the text.",
    )
    published_at: _Moment | None = Field(
        default=None, description="When the source published it; at most 5 minutes ahead."
    )
    updated_at: _Moment | None = Field(
        default=None,
        description="When the source last changed it; at most 5 minutes ahead. Needed where the source is versioned: "
        "it is the revision then.",
    )
    author: _Author | None = Field(default=None, description="As shown to readers.")
    category: TermId | None = Field(default=None, description="A hint: the id of a category of the vocabulary.")

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if self.external_id is None and self.url is None:
            raise ValueError("external_id or url is needed: one of them identifies the article")
        return self

    @property
    def key(self) -> str:
        """What identifies the article within its source."""
        key = self.external_id or self.url
        assert key is not None  # noqa: S101  # by _has_a_key
        return key


class Accepted(BaseModel):
    """The post is stored. `revision` is in milliseconds since the epoch."""

    model_config = ConfigDict(frozen=True)

    article_id: ArticleId
    revision: int
    status_url: str = Field(description="How far the article is; answers once the first stage has seen it.")


class Retracted(BaseModel):
    """The retraction is stored: it holds for every post accepted until `retracted_at`."""

    model_config = ConfigDict(frozen=True)

    article_id: ArticleId
    retracted_at: Instant
    status_url: str
