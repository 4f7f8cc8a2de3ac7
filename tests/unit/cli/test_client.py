"""How answers of the servers become results, waiting, or one line and an exit code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from cli.client import Client, retry_after
from cli.exit_codes import CliError, ExitCode
from cli.settings import Addresses

ID = "local-abcdefghijklmnopqrst"
NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
ACCEPTED = {"article_id": ID, "revision": 5, "status_url": "http://read/x"}
Answer = Callable[[httpx.Request], httpx.Response]


@asynccontextmanager
async def _client(answer: Answer, said: list[str] | None = None, key: str | None = None) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        yield Client(http, Addresses("http://ingest", "http://read"), key, (said if said is not None else []).append)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 2.0),
        ("7", 7.0),
        ("0", 1.0),
        ("900", 15.0),
        ("Mon, 23 Nov 2026 12:00:05 GMT", 5.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 1.0),
        ("soon", 2.0),
        ("Mon, 23 Nov 2026 12:00:05", 2.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(header: str | None, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


async def test_a_busy_server_is_asked_again_after_the_time_that_it_names() -> None:
    answers = iter([httpx.Response(503, headers={"Retry-After": "1"}), httpx.Response(202, json=ACCEPTED)])
    said: list[str] = []
    async with _client(lambda _: next(answers), said) as client:
        assert (await client.submit({"title": "T"})).article_id == ID
    assert said == ["ingest is busy; asking again in 1 s"]


async def test_the_key_goes_to_ingest_only() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(202, json=ACCEPTED)

    async with _client(answer, key="secret") as client:
        await client.submit({})
        await client.document(ID, "both")
    assert seen == ["Bearer secret", None]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, ExitCode.REJECTED),
        (401, ExitCode.REJECTED),
        (404, ExitCode.NOT_FOUND),
        (410, ExitCode.NOT_FOUND),
        (413, ExitCode.REJECTED),
        (422, ExitCode.REJECTED),
        (500, ExitCode.UNREACHABLE),
    ],
)
async def test_each_refusal_has_its_exit_code(status: int, code: ExitCode) -> None:
    async with _client(lambda _: httpx.Response(status)) as client:
        with pytest.raises(CliError) as caught:
            await client.submit({})
    assert caught.value.code == code


async def test_a_problem_is_told_with_the_fields_that_are_wrong() -> None:
    problem = {
        "type": "urn:diglot:problem:invalid-request",
        "title": "A value in the request is not valid",
        "status": 422,
        "detail": "One value is not valid.",
        "errors": [{"field": "title", "reason": "must contain words"}],
    }
    async with _client(lambda _: httpx.Response(422, json=problem)) as client:
        with pytest.raises(CliError, match=r"ingest answers 422: One value is not valid\.; title: must contain words"):
            await client.submit({})


async def test_a_missing_key_says_where_to_put_it() -> None:
    async with _client(lambda _: httpx.Response(401, json={"detail": "Send a key."})) as client:
        with pytest.raises(CliError, match=r"Send a key\.; set DIGLOT_API_KEY"):
            await client.submit({})


async def test_a_server_that_does_not_answer_says_how_to_start_one() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    async with _client(refuse) as client:
        with pytest.raises(CliError, match=r"http://read \(connection refused\); start everything with `diglot run`"):
            await client.document(ID, "en")


async def test_an_answer_of_another_version_is_no_traceback() -> None:
    async with _client(lambda _: httpx.Response(202, json={"id": ID})) as client:
        with pytest.raises(CliError, match="Accepted is not as expected"):
            await client.submit({})


@pytest.mark.parametrize("article_id", ["", "../admin", "local-x", f"{ID}?lang=en", f"{ID}\n"])
async def test_what_is_no_id_is_never_sent(article_id: str) -> None:
    async with _client(lambda _: httpx.Response(500)) as client:
        with pytest.raises(CliError, match="is no article id") as caught:
            await client.document(article_id, "en")
    assert caught.value.code == ExitCode.USAGE


def _events(*revisions: int) -> httpx.Response:
    entry = '{"version": {"revision": %d}, "stage": "ingest", "status": "accepted", "at": "2026-11-23T12:00:00.000Z"}'
    data = "".join(
        f'data: {{"article_id": "{ID}", "entries": [{entry % revision}], "final": false}}\n\n' for revision in revisions
    )
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=": hello\n\n" + data)


async def test_following_goes_on_after_the_connection_was_cut() -> None:
    answers = iter([httpx.Response(404), _events(1, 2), _events(3)])
    revisions = []
    async with _client(lambda _: next(answers)) as client:
        async for journey in client.follow(ID, unknown_for=5):
            revisions.append(journey.entries[0].version.revision)
            if len(revisions) == 3:
                break
    assert revisions == [1, 2, 3]


async def test_a_comment_that_keeps_the_connection_open_is_no_event() -> None:
    first, second = (_events(revision).text.removeprefix(": hello\n\n") for revision in (1, 2))
    content = f"id: 7\n{first}: still here\n\n: still here\n\nid: 8\n{second}"
    stream = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)
    revisions = []
    async with _client(lambda _: stream) as client:
        async for journey in client.follow(ID):
            revisions.append(journey.entries[0].version.revision)
            if len(revisions) == 2:
                break
    assert revisions == [1, 2]


async def test_an_article_that_stays_unknown_is_not_found() -> None:
    async with _client(lambda _: httpx.Response(404, json={"detail": "unknown"})) as client:
        with pytest.raises(CliError, match="404: unknown") as caught:
            async for _ in client.follow(ID):
                pass
    assert caught.value.code == ExitCode.NOT_FOUND


async def test_a_page_that_is_too_large_is_not_taken_in() -> None:
    async with _client(lambda _: httpx.Response(200, content=b"x" * 11_000_000)) as client:
        with pytest.raises(CliError, match="no article"):
            await client.fetch("https://news.example/huge")
