"""Whatever comes in gets a clear answer that the OpenAPI document names; nothing of it reaches the broker."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.model import article_id, format_instant
from shared.stream.topics import SUBMITTED
from tests.integration.ingest.conftest import Ingest
from tests.support.articles import article

_GOOD = article(100, "wire")
_ID = article_id("wire", "a100")
_JSON = {"Content-Type": "application/json"}
_LIMIT = 2 * 1024 * 1024
_FAR_FUTURE = format_instant(4_000_000_000_000)


def _with(**fields: object) -> bytes:
    return json.dumps({**_GOOD, **fields}).encode()


_BODIES: dict[str, tuple[bytes, int, str, list[str]]] = {
    "truncated JSON": (_with()[:-40], 400, "malformed-json", []),
    "nothing": (b"", 400, "malformed-json", []),
    "not JSON": (b"<html></html>", 400, "malformed-json", []),
    "two documents": (_with() + _with(), 400, "malformed-json", []),
    "invalid UTF-8": (_with(title="x").replace(b'"x"', b'"\xff\xfe"'), 400, "malformed-json", []),
    "overlong UTF-8": (_with(title="x").replace(b'"x"', b'"\xc0\x80"'), 400, "malformed-json", []),
    "lone surrogate": (_with(body="x").replace(b'"x"', rb'"\ud800"'), 400, "malformed-json", []),
    "raw control character": (_with(title="x").replace(b'"x"', b'"\x00"'), 400, "malformed-json", []),
    "deep arrays": (_with(title=0).replace(b" 0", b"[" * 100_000 + b"]" * 100_000), 400, "malformed-json", []),
    "deep objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400, "malformed-json", []),
    "huge number": (_with(title=0).replace(b" 0", b"9" * 100_000), 400, "malformed-json", []),
    "an array": (b"[]", 422, "invalid-request", ["body"]),
    "null": (b"null", 422, "invalid-request", ["body"]),
    "wrong types": (_with(title=1, body=["x"], source=None), 422, "invalid-request", ["source", "title", "body"]),
    "unknown field": (_with(surprise=True), 422, "invalid-request", ["surprise"]),
    "missing fields": (b'{"source":"wire","url":"https://news.example/"}', 422, "invalid-request", ["title", "body"]),
    "no key": (_with(external_id=None), 422, "invalid-request", ["body"]),
    "javascript URL": (_with(url="javascript:alert(1)"), 422, "invalid-request", ["url"]),
    "credentials in the URL": (_with(url="https://u:p@news.example/"), 422, "invalid-request", ["url"]),
    "empty title": (_with(title=" <b></b>\u200b "), 422, "invalid-request", ["title"]),
    "endless title": (_with(title="&amp;" * 300_000), 422, "invalid-request", ["title"]),
    "published in the future": (_with(published_at=_FAR_FUTURE), 422, "invalid-request", ["published_at"]),
    "updated in the future": (_with(updated_at=_FAR_FUTURE), 422, "invalid-request", ["updated_at"]),
    "a date without offset": (_with(published_at="2026-11-17T00:00:00"), 422, "invalid-request", ["published_at"]),
    "empty text": (_with(body=""), 422, "no-text", ["body"]),
    "NUL only": (_with(body="\x00\x00"), 422, "no-text", ["body"]),
    "HTML without text": (_with(body="<script>alert(1)</script>", body_format="html"), 422, "no-text", ["body"]),
    "Japanese": (_with(body="半導体メーカーは買収する交渉を進めている。"), 422, "unsupported-language", ["body"]),
    "French stated": (_with(language="fr"), 422, "unsupported-language", ["language"]),
    "Chinese stated": (_with(language="zh"), 422, "language-mismatch", ["language"]),
    "too short to tell": (_with(title="Q3", body="$612m"), 422, "language-unclear", ["body"]),
    "long text": (_with(body="The shares fell. " * 8000), 413, "text-too-long", ["body"]),
    "huge HTML": (_with(body="<p>x</p>" * 100_000, body_format="html"), 413, "text-too-long", ["body"]),
    "10 MB": (_with(body="x" * 10_000_000), 413, "body-too-large", []),
}


async def _check(ingest: Ingest, answer: httpx.Response, status: int, slug: str, fields: list[str]) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:diglot:problem:{slug}"
    assert [error["field"] for error in problem.get("errors", [])] == fields
    assert all(error["reason"] for error in problem.get("errors", []))
    assert problem.get("detail")
    assert len(answer.content) < 2000
    document = (await ingest.http.get("/openapi.json")).json()
    documented = document["paths"]["/v1/articles"]["post"]["responses"][str(status)]
    assert problem["type"] in documented["description"]


@pytest.mark.parametrize("name", _BODIES)
async def test_a_bad_body_is_refused_with_the_reason(ingest: Ingest, name: str) -> None:
    body, status, slug, fields = _BODIES[name]
    answer = await ingest.http.post("/v1/articles", content=body, headers=_JSON)
    await _check(ingest, answer, status, slug, fields)
    assert (await ingest.http.get("/livez")).status_code == 200


async def test_nothing_of_it_reaches_the_broker(ingest: Ingest) -> None:
    found = len(ingest.records(SUBMITTED, _ID))  # of earlier runs on the same broker
    for body, status, _, _ in _BODIES.values():
        assert (await ingest.http.post("/v1/articles", content=body, headers=_JSON)).status_code == status
    assert len(ingest.records(SUBMITTED, _ID)) == found
    assert (await ingest.http.post("/v1/articles", json=_GOOD)).status_code == 202
    assert len(ingest.records(SUBMITTED, _ID)) == found + 1


async def test_a_streamed_body_is_refused_and_the_client_hears_why(ingest: Ingest) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b'{"body": "'
        for _ in range(100):
            yield b"x" * 100_000

    answer = await ingest.http.post("/v1/articles", content=stream(), headers=_JSON)
    await _check(ingest, answer, 413, "body-too-large", [])


async def test_a_stated_length_is_refused_before_the_body_comes(ingest: Ingest) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
    head = f"POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {_LIMIT + 1}"
    writer.write(f"{head}\r\n\r\n".encode())
    assert (await asyncio.wait_for(reader.readline(), 2)).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_a_client_that_asks_first_gets_no_for_an_answer(ingest: Ingest) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
    head = f"POST /v1/articles HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {_LIMIT + 1}\r\n\r\n"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), 2)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body-too-large" in answer
    writer.close()


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Content-Type": "text/plain"}, "content-type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "content-type"),
        ({"Content-Type": "application/json; charset=utf-16"}, "content-type"),
        ({"Content-Type": "application/jsonp"}, "content-type"),
        ({}, "content-type"),
        ({**_JSON, "Content-Encoding": "gzip"}, "content-encoding"),
    ],
)
async def test_only_plain_json_is_taken(ingest: Ingest, headers: dict[str, str], field: str) -> None:
    answer = await ingest.http.post("/v1/articles", content=_with(), headers=headers)
    await _check(ingest, answer, 415, "unsupported-media-type", [f"header.{field}"])


async def test_what_is_only_ugly_is_cleaned(ingest: Ingest) -> None:
    post = article(
        101,
        "wire",
        title="\u202e<script>alert(1)</script>Corvane &lt;b&gt;denies&lt;/b&gt; a\x00 deal &amp; more",
        author="<a href='javascript:alert(1)'>Jane</a>",
        body="Corvane said it\x00 will not\u200b buy the company.\r\n\r\nThe shares fell.",
    )
    answer = await ingest.http.post("/v1/articles", json=post, headers={"traceparent": "00-zz-<script>"})
    assert answer.status_code == 202
    event = ingest.events(SUBMITTED, answer.json()["article_id"])[-1]
    found = event.model_dump()["article"]
    assert found["title"] == "Corvane denies a deal & more"
    assert found["author"] == "Jane"
    assert found["text"].endswith("\n\nCorvane said it will not buy the company.\n\nThe shares fell.")


async def test_other_addresses_and_methods_are_problems(ingest: Ingest) -> None:
    assert (await ingest.http.get("/v1/nothing")).json()["type"] == "urn:diglot:problem:not-found"
    answer = await ingest.http.put("/v1/articles", json=_GOOD)
    assert answer.json()["type"] == "urn:diglot:problem:method-not-allowed"
    assert answer.headers["allow"] == "POST"


async def test_openapi_describes_the_body_that_is_taken(ingest: Ingest) -> None:
    document = (await ingest.http.get("/openapi.json")).json()
    operation = document["paths"]["/v1/articles"]["post"]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"source", "title", "body"}
    assert operation["security"] == [{"HTTPBearer": []}]
    for path in ("/v1/articles", "/v1/articles/{article_id}"):
        (operation,) = document["paths"][path].values()
        assert operation["responses"]["202"]["content"]["application/json"]["schema"]["$ref"]
        assert "HTTPValidationError" not in json.dumps(operation)
