"""What FastAPI can't say by itself: problem+json answers and bodies that a route reads on its own."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.http.problems import PROBLEM_JSON, Problem, ProblemType

_REF = "#/components/schemas/{model}"


def problem_responses(*kinds: ProblemType) -> dict[int | str, dict[str, object]]:
    """The `responses` of a FastAPI route: every problem that it may answer with.

    The application must have been passed to `describe_models`.
    """
    by_status: dict[int, list[ProblemType]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _answer(same_status) for status, same_status in by_status.items()}


def _answer(kinds: Sequence[ProblemType]) -> dict[str, object]:
    examples = {kind.slug: {"value": {"type": kind.uri, "title": kind.title, "status": kind.status}} for kind in kinds}
    return {
        "description": "; ".join(f"`{kind.uri}`: {kind.title}" for kind in kinds),
        "content": {PROBLEM_JSON: {"schema": _reference(Problem), "examples": examples}},
    }


def json_body(model: type[BaseModel], *, required: bool = True) -> dict[str, object]:
    """The `openapi_extra` of a route that reads and validates its JSON body itself; name the model to
    `describe_models` too."""
    content = {"application/json": {"schema": _reference(model)}}
    return {"requestBody": {"required": required, "content": content}}


def describe_models(app: FastAPI, *models: type[BaseModel]) -> None:
    """Add `models`, and the problem, to the schemas of the application's OpenAPI document."""
    generate = app.openapi

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            document = generate()
            wanted = [(model, "validation") for model in (Problem, *models)]
            _, schemas = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
            document.setdefault("components", {}).setdefault("schemas", {}).update(schemas["$defs"])
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
