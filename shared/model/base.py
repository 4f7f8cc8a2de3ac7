"""What every model is made of: frozen, strict, bounded, and times as milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
)
from pydantic.json_schema import WithJsonSchema

MAX_INSTANT: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
_MAX_PROBLEMS: Final = 5
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")


class Model(BaseModel):
    """Base of all models: immutable, no coercion between types, unknown fields ignored.

    Unknown fields are ignored so that an event of a newer producer stays readable; requests over HTTP refuse
    them in their own models.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name generic models for readers of the JSON Schema: `AnalysisOfPair`, `ClaimOfText`."""
        names = (getattr(p, "__name__", "Text") for p in params)
        return cls.__name__ + "Of" + "And".join("Text" if n in {"str", "Annotated"} else n for n in names)


def parse_instant(value: object) -> object:
    """Turn RFC 3339 text into milliseconds since the epoch; anything else is left for the validator.

    Raises:
        ValueError: the text is not a date and time with a UTC offset.
    """
    if not isinstance(value, str):
        return value
    if not _RFC3339.fullmatch(value):
        raise ValueError("must be an RFC 3339 date and time with a UTC offset, as 2026-11-23T08:00:00Z")
    moment = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def format_instant(value: int) -> str:
    """Write milliseconds since the epoch as RFC 3339 in UTC; always 24 characters, so text order is time order."""
    seconds, millis = divmod(value, 1000)
    return f"{_format_second(seconds)}.{millis:03d}Z"


@lru_cache(maxsize=1024)
def _format_second(seconds: int) -> str:
    # Kept, because most of what is written is about now, several times for each record.
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def validation_problems(error: ValidationError) -> str:
    """Write what was wrong with which field, without the values: they may be an article's text, or a secret."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    shown = [f"{'.'.join(str(p) for p in e['loc']) or 'body'}: {e['msg']}" for e in problems[:_MAX_PROBLEMS]]
    more = len(problems) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


Instant = Annotated[
    int,
    BeforeValidator(parse_instant),
    Field(ge=0, le=MAX_INSTANT),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 35}),
]
"""A moment: milliseconds since the epoch in Python, RFC 3339 in JSON."""

Language = Literal["en", "zh"]

Text = Annotated[str, StringConstraints(min_length=1, max_length=1200)]
"""One leaf of an analysis: a sentence or shorter."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,32}$")]
"""A source's configured name."""
TermId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""An id of the vocabulary or of the termbase."""
LeafId = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_]+){0,3}$", max_length=64)]
"""The stable address of a text leaf inside an analysis, as `key_data.2.info`."""
_ARTICLE_ID: Final = r"^[a-z0-9]{1,32}-[a-z2-7]{20}$"
ArticleId = Annotated[str, StringConstraints(pattern=_ARTICLE_ID)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=2048)]


def is_article_id(value: str) -> bool:
    """Whether `value` has the form of an ArticleId, for text that no model checks."""
    return re.fullmatch(_ARTICLE_ID, value) is not None
