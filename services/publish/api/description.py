"""What the OpenAPI document says of the answers; the routes make their JSON themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel

from services.publish.api.answers import RETRACTED
from services.publish.api.schemas import CardList, DocumentView, JourneyView, Leaf, RetractedProblem, TermList
from shared.http import INTERNAL_ERROR, INVALID_REQUEST, UNAVAILABLE, ProblemType, problem_responses
from shared.http.problems import PROBLEM_JSON


class InBoth(DocumentView[Leaf]):
    """A document with each text in both languages."""


class InOne(DocumentView[str]):
    """A document in one language."""


API_MODELS: Final[tuple[type[BaseModel], ...]] = (InBoth, InOne, CardList, JourneyView, TermList, RetractedProblem)
"""The models that the answers below refer to."""

EVENT_STREAM: Final = "text/event-stream"

Answers = dict[int | str, dict[str, object]]
"""The `responses` of a FastAPI route."""


def json_answers(
    description: str,
    *models: type[BaseModel],
    problems: Sequence[ProblemType] = (),
    media_types: Sequence[str] = (),
) -> Answers:
    """Return what a route answers: one of `models` as JSON, 304, or a problem.

    `problems`: besides those of every route. `media_types`: besides JSON.
    """
    schemas = [_reference(model) for model in models]
    content: dict[str, object] = {
        "application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
    }
    content |= {media_type: {"schema": {"type": "string"}} for media_type in media_types}
    return {
        200: {"description": description, "content": content},
        304: {"description": "Nothing has changed since the answer with the ETag in If-None-Match."},
        **problem_responses(INVALID_REQUEST, INTERNAL_ERROR, UNAVAILABLE, *problems),
    }


def retracted_answer() -> Answers:
    """Return the answer for a retracted article."""
    content = {PROBLEM_JSON: {"schema": _reference(RetractedProblem)}}
    return {RETRACTED.status: {"description": f"`{RETRACTED.uri}`: {RETRACTED.title}", "content": content}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
