"""The lines that are evaluated and what becomes of each: one JSON object in, one outcome out."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, TypeAdapter, ValidationError

from cli.exit_codes import CliError, ExitCode
from shared.model.base import validation_problems

Verdict = Literal["pass", "warn", "fail"]
UNREADABLE: Final = "unreadable"
"""The check of a line that is no JSON object, or lacks what is to be judged."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input; `number` counts from 1."""

    number: int
    data: bytes


LineId = StrictStr | StrictInt
"""A line's own id, given back as it came."""


class Check(BaseModel):
    """A check that was not passed; what else it says depends on what was evaluated."""

    model_config = ConfigDict(extra="allow", frozen=True)

    check: str
    result: Literal["warn", "fail"]


class Outcome(BaseModel):
    """What the checks say of one line."""

    model_config = ConfigDict(frozen=True)

    id: LineId
    verdict: Verdict
    checks: tuple[Check, ...] = Field(default=(), strict=False)
    problem: str | None = Field(default=None, exclude=True)
    """Why the line could not be read; said on stderr, no part of the JSON."""


class Readable(BaseModel):
    """What every line has."""

    id: LineId


def outcome(of: LineId, checks: Sequence[Check]) -> Outcome:
    """Return the outcome of a line that was judged: its verdict is the worst result."""
    results = {check.result for check in checks}
    return Outcome(id=of, verdict="fail" if "fail" in results else "warn" if results else "pass", checks=tuple(checks))


def unreadable(line: Line, error: ValueError, *fragments: str) -> Outcome:
    """Return the outcome of a line that can't be judged: it fails with the reason, under its id where it has one.

    `fragments` are the keys that the other checks have besides; they are empty here.
    """
    why = validation_problems(error) if isinstance(error, ValidationError) else str(error)
    check = Check.model_validate({"check": UNREADABLE, "result": "fail", **dict.fromkeys(fragments, ""), "why": why})
    return Outcome(id=_id_of(line), verdict="fail", checks=(check,), problem=f"line {line.number}: {why}")


def parse(line: Line) -> Mapping[str, Any]:
    """Return the line's object. Raises ValueError with what is wrong with it."""
    try:
        found = json.loads(line.data)
        if b"\\u" in line.data:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half a surrogate pair, which is no text") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON ({error})") from None
    if not isinstance(found, dict):
        raise ValueError(f"no JSON object but {type(found).__name__}")
    return found


def _id_of(line: Line) -> LineId:
    try:
        found = json.loads(line.data)
        name = Readable.model_validate(found).id
        str(name).encode()
    except (ValueError, RecursionError):
        return f"line {line.number}"
    return name


def read_lines(source: BinaryIO) -> Iterator[Line]:
    """Give the lines that are not blank."""
    for number, data in enumerate(source, start=1):
        text = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
        if text.strip():
            yield Line(number, text)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or standard input for `-`. Raises CliError where it can't be read."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise CliError(f"{path}: {error.strerror or error}", ExitCode.USAGE) from error
    with file:
        yield file


_OUTCOMES: Final = TypeAdapter(Outcome)


def read_outcomes(path: Path) -> dict[LineId, deque[Outcome]]:
    """Read what an earlier run wrote with --json, by id: an id may have several lines, which stay in their order.

    Raises CliError naming the line that is no outcome.
    """
    found: dict[LineId, deque[Outcome]] = {}
    with opened(path) as source:
        for line in read_lines(source):
            try:
                each = _OUTCOMES.validate_json(line.data)
            except ValidationError as error:
                reason = f"no result of `diglot eval ... --json`: {validation_problems(error)}"
                raise CliError(f"{path}, line {line.number}: {reason}", ExitCode.USAGE) from error
            found.setdefault(each.id, deque()).append(each)
    return found
