"""Errors over HTTP as RFC 9457 problems: a stable `type`, and for bad input the field and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.responses import Response

PROBLEM_JSON: Final = "application/problem+json"
_MAX_FIELD_ERRORS: Final = 20
# FastAPI names where a value came from; the body is what "field" means when nothing is said.
_BODY: Final = "body"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of error. `slug` becomes the URI that clients compare, so it never changes; `title` may be reworded."""

    slug: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        """The problem's `type`."""
        return f"urn:diglot:problem:{self.slug}"


INVALID_REQUEST: Final = ProblemType("invalid-request", 422, "A value in the request is not valid")
NOT_FOUND: Final = ProblemType("not-found", 404, "There is nothing at this address")
METHOD_NOT_ALLOWED: Final = ProblemType("method-not-allowed", 405, "This address does not take this method")
BODY_TOO_LARGE: Final = ProblemType("body-too-large", 413, "The request body is too large")
UNAVAILABLE: Final = ProblemType("unavailable", 503, "The service can't do this right now")
INTERNAL_ERROR: Final = ProblemType("internal-error", 500, "The service failed; this is a bug")


class FieldError(BaseModel):
    """What is wrong with one value of the request."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(description="The field of the body, or `query.<name>`, `path.<name>`, `header.<name>`.")
    reason: str


class Problem(BaseModel):
    """The body of every error: RFC 9457, with `errors` for bad values."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Stable URI of the kind of error; compare this one.")
    title: str = Field(description="The kind of error in words.")
    status: int = Field(ge=400, le=599)
    detail: str | None = Field(default=None, description="What happened this time.")
    errors: tuple[FieldError, ...] = Field(default=(), description="The values that are wrong, if any are.")


class ProblemError(Exception):
    """Raised anywhere below a route to answer with a problem; the handlers write it.

    `detail`: one sentence for this case. `errors`: the fields that are wrong. `headers`: added to the answer.
    """

    def __init__(
        self,
        kind: ProblemType,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{kind.slug}: {detail or kind.title}")
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @classmethod
    def of_field(cls, kind: ProblemType, field: str, reason: str) -> ProblemError:
        """A problem with one field, told in `detail` as well."""
        return cls(kind, f"{field}: {reason}", errors=[FieldError(field=field, reason=reason)])

    def response(self) -> Response:
        """The answer."""
        return problem_response(self.kind, self.detail, errors=self.errors, headers=self.headers)


def problem_response(
    kind: ProblemType,
    detail: str | None = None,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The HTTP answer of a problem."""
    problem = Problem(type=kind.uri, title=kind.title, status=kind.status, detail=detail, errors=tuple(errors))
    return Response(
        problem.model_dump_json(exclude_none=True),
        status_code=kind.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def field_errors(details: Sequence[ErrorDetails]) -> list[FieldError]:
    """What pydantic found, as fields and reasons; at most 20, and never with the values themselves."""
    found = [FieldError(field=_field(detail["loc"]), reason=_reason(detail["msg"])) for detail in details]
    return found[:_MAX_FIELD_ERRORS]


def _field(location: tuple[int | str, ...]) -> str:
    parts = [str(part)[:100] for part in location]
    if parts[:1] == [_BODY]:
        parts = parts[1:]
    return ".".join(parts) or _BODY


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
