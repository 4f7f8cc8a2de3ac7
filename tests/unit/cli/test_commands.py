"""What the commands print and how they end, over servers that are played."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cli import commands
from cli.client import Client, Say
from cli.commands import Session
from cli.exit_codes import CliError, ExitCode
from cli.inputs import Fields
from cli.settings import Addresses

ID = "local-abcdefghijklmnopqrst"
VERSION, TIME = {"revision": 5}, "2026-11-23T12:00:00.000Z"
JOURNEY = {
    "article_id": ID,
    "final": True,
    "entries": [
        {"version": VERSION, "stage": "ingest", "status": "accepted", "at": TIME},
        {"version": VERSION, "stage": "publish.draft", "status": "done", "at": TIME},
    ],
}
ACCEPTED = {"article_id": ID, "revision": 5, "status_url": "http://read/x"}
SESSION = Session("http://ingest", "http://read", None, None, as_json=False)
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Have the commands talk to a function."""

    def play(answer: Answer) -> None:
        @asynccontextmanager
        async def opened(addresses: Addresses, key: str | None, say: Say) -> AsyncIterator[Client]:
            async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
                yield Client(http, addresses, key, say)

        monkeypatch.setattr(commands, "open_client", opened)

    return play


async def test_nothing_is_posted_when_one_input_can_not_be_read(
    servers: Callable[[Answer], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    posted: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        posted.append(request)
        return httpx.Response(202, json=ACCEPTED)

    servers(answer)
    good, bad = tmp_path / "good.txt", tmp_path / "bad.json"
    good.write_text("A title\nA text.")
    bad.write_text("{")
    with pytest.raises(SystemExit) as caught:
        await commands.submit(SESSION, [str(good), "/nope", str(bad)], Fields(), follow=False)
    assert (caught.value.code, posted) == (ExitCode.USAGE, [])
    first, second = capsys.readouterr().err.splitlines()
    assert first == "diglot: /nope: No such file or directory"
    assert second.startswith(f"diglot: {bad}: not valid JSON")


async def test_an_article_that_is_refused_does_not_keep_the_others(
    servers: Callable[[Answer], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([httpx.Response(422), httpx.Response(202, json=ACCEPTED)])
    servers(lambda _: next(answers))
    files = [tmp_path / name for name in ("a.txt", "b.txt")]
    for file in files:
        file.write_text("A title\nA text.")
    names = [str(file) for file in files]
    with pytest.raises(SystemExit) as caught:
        await commands.submit(SESSION, names, Fields(), follow=False)
    assert caught.value.code == ExitCode.REJECTED
    told = capsys.readouterr()
    assert told.err.startswith(f"diglot: {names[0]}: ingest answers 422")
    assert told.out == f"{names[1]}: accepted as {ID}\n"


def _retracted_at(time: str) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/journey"):
            headers = {"content-type": "text/event-stream"}
            return httpx.Response(200, headers=headers, content=f"data: {json.dumps(JOURNEY)}\n\n")
        retraction = {"at": time, "by": "Desk"}
        return httpx.Response(410, json={"detail": "Retracted by Desk.", "retraction": retraction})

    return answer


@pytest.mark.parametrize("as_json", [False, True])
async def test_following_a_retracted_article_says_so(
    servers: Callable[[Answer], None], capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    servers(_retracted_at("2026-11-23T12:05:00.000Z"))
    with pytest.raises(CliError, match=rf"{ID} was retracted: Retracted by Desk\.") as caught:
        await commands.follow(replace(SESSION, as_json=as_json), ID)
    assert caught.value.code == ExitCode.NOT_FOUND
    out = capsys.readouterr().out
    assert "read it at" not in out
    assert not as_json or json.loads(out.splitlines()[-1])["outcome"] == "retracted"


async def test_a_post_after_the_retraction_is_published_whatever_a_reader_still_says(
    servers: Callable[[Answer], None], capsys: pytest.CaptureFixture[str]
) -> None:
    servers(_retracted_at("2026-11-23T11:00:00.000Z"))
    await commands.follow(SESSION, ID)
    assert f"read it at http://read/articles/{ID}" in capsys.readouterr().out
