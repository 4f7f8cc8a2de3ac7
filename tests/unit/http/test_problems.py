from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import HTTPException

from shared.errors import Unavailable
from shared.http import (
    INVALID_REQUEST,
    BodyLimit,
    FieldError,
    ProblemError,
    describe_models,
    install_problem_handlers,
    problem_responses,
)

LIMIT = 1000


def _app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)
    describe_models(app)
    app.add_middleware(BodyLimit, max_bytes=LIMIT)

    @app.get("/numbers", responses=problem_responses(INVALID_REQUEST))
    async def numbers(count: Annotated[int, Query(le=10)]) -> int:
        return count

    @app.get("/fails/{how}")
    async def fails(how: str) -> None:
        match how:
            case "field":
                raise ProblemError.of_field(INVALID_REQUEST, "title", "must not be empty")
            case "unavailable":
                raise Unavailable("broker-7.internal is down", retry_after=1.2)
            case "unavailable-silently":
                raise Unavailable("down")
            case "teapot":
                raise HTTPException(418, "I'm a teapot")
            case _:
                raise ZeroDivisionError("secret 42")

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def _problem(answer: httpx.Response, status: int, slug: str) -> dict[str, object]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert problem["type"] == f"urn:diglot:problem:{slug}"
    assert problem["status"] == status
    return problem


async def test_a_wrong_field_is_named_with_its_reason(client: httpx.AsyncClient) -> None:
    problem = _problem(await client.get("/fails/field"), 422, "invalid-request")
    assert problem["errors"] == [{"field": "title", "reason": "must not be empty"}]
    assert problem["detail"] == "title: must not be empty"


async def test_a_wrong_query_value_is_named_without_echoing_it(client: httpx.AsyncClient) -> None:
    answer = await client.get("/numbers", params={"count": "<script>"})
    problem = _problem(answer, 422, "invalid-request")
    assert FieldError.model_validate(problem["errors"][0]).field == "query.count"  # type: ignore[index]
    assert "script" not in answer.text


async def test_unavailable_says_when_to_retry_and_not_what_is_down(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fails/unavailable")
    _problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert "broker-7" not in answer.text
    assert (await client.get("/fails/unavailable-silently")).headers["retry-after"] == "5"


async def test_a_bug_answers_500_without_its_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/fails/otherwise")
    _problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("PUT", "/numbers", 405, "method-not-allowed"),
        ("GET", "/fails/teapot", 418, "http-418"),
    ],
)
async def test_errors_of_the_framework_are_problems(
    client: httpx.AsyncClient, method: str, path: str, status: int, slug: str
) -> None:
    _problem(await client.request(method, path), status, slug)


async def test_a_body_at_the_limit_is_taken_and_one_above_is_not(client: httpx.AsyncClient) -> None:
    assert (await client.post("/size", content=b"x" * LIMIT)).json() == LIMIT
    answer = await client.post("/size", content=b"x" * (LIMIT + 1))
    _problem(answer, 413, "body-too-large")
    assert answer.headers["connection"] == "close"


async def test_a_streamed_body_is_cut_off_at_the_limit(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 100

    answer = await client.post("/size", content=chunks())
    _problem(answer, 413, "body-too-large")
    assert answer.headers["connection"] == "close"


async def test_openapi_names_the_problems_of_a_route(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    answer = document["paths"]["/numbers"]["get"]["responses"]["422"]
    assert list(answer["content"]) == ["application/problem+json"]
    assert "urn:diglot:problem:invalid-request" in answer["description"]
    assert {"Problem", "FieldError"} <= document["components"]["schemas"].keys()
