"""What `diglot dlq` does: lists dead letters, shows one, sends their records again."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer
from rich.console import Console

from cli.brokers import broker
from cli.editor import edited
from cli.exit_codes import CliError, ExitCode
from cli.letters import editable, letter_json, letter_list, letter_page, notes, text_of, whole_json
from cli.moments import parse_moment
from cli.terminal import clean, counted, print_json
from shared.errors import Poison
from shared.settings import CommonSettings
from shared.stream.dead_letters import BOXES, DeadLetters, Letter, NotReplayable, Original, corrected

_ID: Final = re.compile(r"([a-z.]+)@(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant; every part that is given must fit."""

    stages: Sequence[str] = ()
    kind: str | None = None
    error: str | None = None
    article: str | None = None
    since: str | None = None
    reason: str | None = None
    limit: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it would take everything."""
        return not (self.stages or self.kind or self.error or self.article or self.since or self.reason)

    def fits(self, letter: Letter) -> bool:
        """Whether a letter of these stages and of that time is meant."""
        return (
            self.kind in (None, letter.kind)
            and (self.error is None or self.error.casefold() == letter.error.casefold())
            and (self.article is None or self.article in _names(letter))
            and (self.reason is None or self.reason.casefold() in letter.reason.casefold())
        )

    def find(self, settings: CommonSettings, also: Callable[[Letter], bool] = lambda _: True) -> list[Letter]:
        """The letters that fit, the newest first."""
        since = None if self.since is None else parse_moment(self.since, _now(), "--since")
        boxes = {_known(stage): BOXES[stage] for stage in self.stages} or BOXES
        with broker(), DeadLetters(settings, boxes) as letters:
            return letters.newest(lambda letter: self.fits(letter) and also(letter), since=since, limit=self.limit)


def _names(letter: Letter) -> tuple[str | None, ...]:
    """What a person may call the article of a letter: its id, or where there is none what the key has in its place."""
    if letter.article_id is not None:
        return (letter.article_id,)
    key = text_of(letter.key) or ""
    return key, key.partition("/")[0]


def list_letters(settings: CommonSettings, chosen: Filter, *, as_json: bool) -> None:
    """List dead letters."""
    found = chosen.find(settings)
    if as_json:
        for letter in found:
            print_json(json.dumps(letter_json(letter), ensure_ascii=False))
    elif found:
        Console().print(letter_list(found), soft_wrap=True, highlight=False)
        if len(found) == chosen.limit:
            _say(f"the newest {chosen.limit} are shown; --limit shows more")
    else:
        print("no dead letter matches")


def show(settings: CommonSettings, letter_id: str, raw: Path | None, *, as_json: bool) -> None:
    """Show one dead letter, or write its payload as it is to a file."""
    stage, offset = _parsed(letter_id)
    with broker(), DeadLetters(settings, {stage: BOXES[stage]}) as letters:
        letter = _found(letters, stage, offset)
        value = letters.kept(letter).value
    if raw is not None:
        _write_raw(raw, value or b"")
    elif as_json:
        print_json(json.dumps(whole_json(letter, value), ensure_ascii=False, indent=2))
    else:
        Console().print(letter_page(letter, value), soft_wrap=True, highlight=False)


@dataclass(frozen=True, slots=True)
class How:
    """How records are sent again. `again`: also those that were before. `sure`: without asking."""

    dry_run: bool = False
    edit: bool = False
    sure: bool = False
    again: bool = False
    as_json: bool = False


def replay(settings: CommonSettings, ids: Sequence[str], chosen: Filter, how: How) -> None:
    """Send the records of these letters, or of all that fit, to their stages again; the oldest first."""
    if bool(ids) == (not chosen.is_empty):
        raise CliError("say which letters: their ids, or filters as of `diglot dlq list`; not both", ExitCode.USAGE)
    if how.edit and len(ids) != 1:
        raise CliError("--edit is for one letter, named by its id", ExitCode.USAGE)
    if how.edit and not (how.sure or sys.stdin.isatty()):
        raise CliError("nobody is here to edit; say --yes to send what the editor makes of it", ExitCode.USAGE)
    parsed = [_parsed(letter_id) for letter_id in ids]
    letters = [] if ids else _not_yet_sent(settings, chosen, how)
    stages = {stage for stage, _ in parsed} | {letter.stage for letter in letters}
    if not stages:
        print("no dead letter matches")
        return
    with broker(), DeadLetters(settings, {stage: BOXES[stage] for stage in sorted(stages)}) as box:
        letters += [_found(box, stage, offset) for stage, offset in parsed]
        letters.sort(key=lambda letter: (letter.at, letter.id))
        if not (ids or how.dry_run or how.sure):
            _confirm(letters)
        # A list, not a generator: each one is to be tried, whatever came of those before it.
        sent = [_send_again(box, letter, how) for letter in letters]
    if not all(sent):
        raise CliError(f"{sent.count(False)} of {len(sent)} can't be sent again")


def _not_yet_sent(settings: CommonSettings, chosen: Filter, how: How) -> list[Letter]:
    left_out = []

    def wanted(letter: Letter) -> bool:
        if letter.replays and not how.again:
            left_out.append(letter)
            return False
        return True

    letters = chosen.find(settings, wanted)
    if left_out:
        _say(f"{counted(len(left_out), 'dead letter')} sent again before: left out; --again takes them too")
    return letters


def _confirm(letters: Sequence[Letter]) -> None:
    counts = Counter(letter.stage for letter in letters)
    what = ", ".join(f"{count} to {stage}" for stage, count in sorted(counts.items()))
    if not sys.stdin.isatty():
        raise CliError(f"nobody is here to confirm sending {len(letters)} ({what}); say --yes", ExitCode.USAGE)
    if not typer.confirm(f"Send {counted(len(letters), 'record')} again ({what})?", err=True):
        raise CliError("nothing was sent")


def _send_again(box: DeadLetters, letter: Letter, how: How) -> bool:
    """Send one record; False, after saying why, where that can't be."""
    try:
        original = box.original(letter)
        if how.edit:
            original = _corrected(original, letter)
        if not how.dry_run:
            box.send_again(letter, original, _now())
    except (NotReplayable, Poison) as error:
        if how.as_json:
            print_json(json.dumps({"id": letter.id, "sent": False, "reason": str(error)}, ensure_ascii=False))
        _say(f"{letter.id}: {error}")
        return False
    to = f"{letter.source.topic}[{letter.source.number}]"
    if how.as_json:
        outcome = {"id": letter.id, "sent": not how.dry_run, "stage": letter.stage, "to": to}
        print_json(json.dumps(outcome, ensure_ascii=False))
        return True
    size = f"{len(original.value or b''):,} bytes"
    before = "".join(f"; it was {note} before" for note in notes(letter) if letter.replays and "again" in note)
    verb = "would be sent" if how.dry_run else "sent"
    print(clean(f"{letter.id}: {verb} to {to} for {letter.stage} ({size}){before}"), flush=True)
    return True


def _corrected(original: Original, letter: Letter) -> Original:
    before = editable(original.value)
    return edited(before, f"{letter.id}.json", lambda text: corrected(original, text.encode(errors="surrogateescape")))


def _parsed(letter_id: str) -> tuple[str, int]:
    match = _ID.fullmatch(letter_id)
    if match is None:
        raise CliError(f"{letter_id!r} is no dead letter's id, as `translate.draft@17` is", ExitCode.USAGE)
    return _known(match[1]), int(match[2])


def _known(stage: str) -> str:
    if stage not in BOXES:
        raise CliError(f"there is no stage {stage!r}; there are {', '.join(BOXES)}", ExitCode.USAGE)
    return stage


def _found(letters: DeadLetters, stage: str, offset: int) -> Letter:
    letter = letters.get(stage, offset)
    if letter is None:
        raise CliError(f"there is no dead letter {stage}@{offset} (any more)", ExitCode.NOT_FOUND)
    return letter


def _write_raw(path: Path, value: bytes) -> None:
    if str(path) == "-":
        sys.stdout.buffer.write(value)
        sys.stdout.buffer.flush()
        return
    try:
        path.write_bytes(value)
    except OSError as error:
        raise CliError(f"{path}: {error.strerror}", ExitCode.USAGE) from error
    _say(f"{len(value):,} bytes written to {path}")


def _say(message: str) -> None:
    print(f"diglot: {clean(message)}", file=sys.stderr)


def _now() -> int:
    return int(time.time() * 1000)
