"""What each command does, past parsing: asks the servers, prints for people or for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.live import Live

from cli.client import Client, open_client, parse_cards
from cli.exit_codes import CliError, ExitCode
from cli.inputs import Fields, Post, Raw, is_url, read_file, to_post
from cli.journey import Outcome, Progress, progress_of
from cli.progress import Row, changed_steps, outcome_sentence, sentence, table
from cli.settings import Server, load_addresses
from cli.terminal import clean, print_json
from shared.model import Language, Slug, format_instant

_UNKNOWN_SECONDS = 15.0
_BAD_ENDS: Final[Mapping[Outcome, ExitCode]] = {"failed": ExitCode.FAILED, "retracted": ExitCode.NOT_FOUND}
_SLUG: Final = TypeAdapter[str](Slug)


@dataclass(frozen=True, slots=True)
class Session:
    """How to reach the servers and what to write. `key_from`: the variable that holds the key, where one is needed."""

    ingest_url: str | None
    read_url: str | None
    data_dir: Path | None
    key_from: str | None
    as_json: bool

    @asynccontextmanager
    async def client(self, *needs: Server) -> AsyncIterator[Client]:
        """Connect to the servers that the options, the settings or a run on this machine name; `needs`: which."""
        addresses = load_addresses(self.ingest_url, self.read_url, self.data_dir, needs)
        key = os.environ.get(self.key_from) if self.key_from else None
        async with open_client(addresses, key, _say) as client:
            yield client


def _say(message: str) -> None:
    """Tell the person something that is no result: on stderr, so that stdout stays clean."""
    print(f"diglot: {clean(message)}", file=sys.stderr)


async def submit(session: Session, inputs: Sequence[str], fields: Fields, *, follow: bool) -> None:
    """Submit each input, once all could be read. One that the server refuses doesn't keep the others.

    The exit code is the first failure's.
    """
    if len(inputs) > 1 and (fields.external_id or fields.url or fields.title):
        raise CliError(
            "--external-id, --url and --title are for a single article; submit them one by one", ExitCode.USAGE
        )
    needs: tuple[Server, ...] = ("ingest", "read") if follow else ("ingest",)
    failures = _Failures()
    async with session.client(*needs) as client:
        posts: list[tuple[str, Post]] = []
        for name in inputs:
            with failures.noted():
                posts.append((name, to_post(await _read(client, name), fields)))
        failures.end()
        for name, post in posts:
            with failures.noted(f"{name}: " if len(inputs) > 1 else ""):
                accepted = await client.submit(post)
                if session.as_json:
                    print_json(accepted.model_dump_json())
                else:
                    print(f"{clean(name)}: accepted as {accepted.article_id}")
                if follow:
                    await _follow(client, accepted.article_id, accepted.revision, as_json=session.as_json)
    failures.end()


class _Failures:
    """The failures of a command that goes on after one: each is said when it happens, the first gives the exit code."""

    def __init__(self) -> None:
        self._first: CliError | None = None

    @contextmanager
    def noted(self, prefix: str = "") -> Iterator[None]:
        """Say the CliError that ends the block, after `prefix`, and go on."""
        try:
            yield
        except CliError as error:
            _say(f"{prefix}{error}")
            self._first = self._first or error

    def end(self) -> None:
        """End the command, if anything failed."""
        if self._first is not None:
            raise SystemExit(self._first.code)


async def _read(client: Client, name: str) -> Raw:
    if name == "-":
        return Raw(name, sys.stdin.buffer.read())
    return await client.fetch(name) if is_url(name) else read_file(Path(name))


async def follow(session: Session, article_id: str) -> None:
    """Show an article's way until it ends."""
    async with session.client("read") as client:
        await _follow(client, article_id, 0, as_json=session.as_json)


async def _follow(client: Client, article_id: str, revision: int, *, as_json: bool) -> None:
    """Follow a revision, or a later one, to its end. Raises CliError where it failed or was retracted."""
    progress: Progress | None = None
    console = Console()
    redraw = not as_json and console.is_terminal and not console.is_dumb_terminal
    screen: AbstractContextManager[Live | None] = Live(console=console) if redraw else nullcontext()
    with screen as live:
        async for journey in client.follow(article_id, _UNKNOWN_SECONDS if revision else 0.0):
            before, progress = progress, await _with_retraction(client, progress_of(journey, revision))
            if as_json:
                print_json(_progress_json(progress))
            elif live is not None:
                live.update(table([Row(article_id, progress)]))
            else:
                for step in changed_steps(before, progress):
                    print(sentence(step), flush=True)
            if progress.outcome is not None:
                break
    if progress is None or progress.outcome is None:
        raise CliError("the progress ended before the article did", ExitCode.UNREACHABLE)
    if (code := _BAD_ENDS.get(progress.outcome)) is not None:
        raise CliError(f"{article_id} {outcome_sentence(progress)}", code)
    if not as_json:
        print(f"{outcome_sentence(progress)}; read it at {client.addresses.read}/articles/{article_id}")


async def _with_retraction(client: Client, progress: Progress) -> Progress:
    """Ask, once it has ended, whether it was retracted since."""
    answer = None if progress.outcome is None else await client.retraction(progress.article_id)
    if answer is None or not progress.covered_by(answer.retraction.at):
        return progress
    return replace(progress, outcome="retracted", retraction=answer.detail)


def _progress_json(progress: Progress) -> str:
    steps = [
        {"stage": s.stage, "status": s.status, "at": format_instant(s.at), "took_ms": s.took, "detail": s.detail}
        for s in progress.steps
    ]
    fields = {"article_id": progress.article_id, "revision": progress.revision, "outcome": progress.outcome}
    return json.dumps({**fields, "total_ms": progress.total, "steps": steps}, ensure_ascii=False)


async def list_articles(session: Session, params: Mapping[str, str]) -> None:
    """List published articles, each on a line."""
    from cli.render import card_list

    async with session.client("read") as client:
        answer = await client.get("/v1/articles", params)
    if session.as_json:
        for item in json.loads(answer)["items"]:
            print_json(json.dumps(item, ensure_ascii=False))
    elif cards := parse_cards(answer):
        Console().print(card_list(cards), soft_wrap=True, highlight=False)
    else:
        print("no published article matches; `diglot submit FILE` posts one")


async def show(session: Session, article_id: str, language: Literal["en", "zh", "both"]) -> None:
    """Show a document."""
    from cli.document import blocks_of, layout, parse_document

    async with session.client("read") as client:
        # For people always both: the language that is missing is shown by its original.
        text = await client.document(article_id, language if session.as_json else "both")
    if session.as_json:
        print_json(text)
    else:
        columns: tuple[Language, ...] = ("en", "zh") if language == "both" else (language,)
        Console().print(layout(blocks_of(parse_document(text), columns)), highlight=False)


async def retract(session: Session, article_id: str, reason: str | None) -> None:
    """Retract an article."""
    async with session.client("ingest") as client:
        answer = await client.retract(article_id, reason)
    print_json(answer) if session.as_json else print(f"{article_id} is retracted; a later post brings it back")


def config(*, as_json: bool) -> None:
    """List all settings."""
    from cli.config import all_settings, settings_classes, unread
    from cli.render import settings_list

    settings = all_settings(settings_classes())
    if as_json:
        print_json(json.dumps([setting.as_json() for setting in settings], ensure_ascii=False, indent=2))
    else:
        Console().print(settings_list(settings), soft_wrap=True, highlight=False)
    for problem in unread(settings, os.environ):
        _say(problem)


async def doctor(data_dir: Path | None, *, as_json: bool) -> None:
    """Make all checks; exit code 1 when one of them fails."""
    from cli.doctor import examine
    from cli.render import check_list
    from cli.run.state import live_state

    checks = await examine(data_dir, live_state)
    if as_json:
        print_json(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        Console().print(check_list(checks), soft_wrap=True, highlight=False)
    if any(check.state == "fail" for check in checks):
        raise SystemExit(ExitCode.FAILED)


def keygen(source: str, *, as_json: bool) -> None:
    """Make and print a key: once, it is stored nowhere."""
    from cli.keygen import new_key

    try:
        _SLUG.validate_python(source)
    except ValidationError:
        raise CliError(f"{source!r} is no slug: up to 32 of a-z and 0-9", ExitCode.USAGE) from None
    made = new_key(source)
    if as_json:
        print_json(json.dumps(asdict(made)))
        return
    print(f"{made.key}\n")
    print("Give this key to the source; it is shown only now. In the file that DIGLOT_CONFIG names, add:\n")
    print(made.toml())
