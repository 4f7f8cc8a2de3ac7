"""Reads what workers wrote: the handlers' lines, and from the runtime's log which partitions came and went, and why a
worker ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from shared.stream._transaction import Fenced
from tests.support.chaos.coverage import Hit
from tests.support.chaos.facts import Begun, Change, Step
from tests.support.chaos.fleet import SLOTS

_ASSIGNED: Final = "partitions assigned"
_GONE: Final = "partitions gone"
_HANGS: Final = "a step hangs: the process ends"
_STOPPED: Final = "stopped by an error"
_MOVES: Final[Mapping[str, Literal["partitions given", "partitions lost"]]] = {
    _ASSIGNED: "partitions given",
    _GONE: "partitions lost",
}
_STEPS: Final = get_args(Step)


def begun(directory: Path) -> list[Begun]:
    """The lines of all handlers of all workers."""
    return [line for path in sorted(directory.glob("*.starts")) for line in _begun(path)]


def _begun(path: Path) -> Iterator[Begun]:
    stage = SLOTS[_place(path.stem)]
    *lines, _ = path.read_text().split("\n")  # behind the last line end: nothing, or a line that a kill cut off
    for line in lines:
        step, at, article = line.split(" ")
        if step not in _STEPS:
            raise ValueError(f"{path} has a line that no handler writes: {line!r}")
        yield Begun(cast(Step, step), stage, article, path.stem, int(at))


def hits(directory: Path) -> list[Hit]:
    """Rebalances with running handlers and takeovers with a gap, as the workers saw them."""
    found: list[Hit] = []
    for path in sorted(directory.glob("*.log")):
        for event in _events(path):
            if event["event"] == _GONE and event.get("running", 0) > 0:
                evidence = f"{path.stem} lost {event['count']} partitions with {event['running']} handlers running"
                found.append(Hit("rebalance with running handlers", evidence))
            if event["event"] == _ASSIGNED and event.get("gaps", 0) > 0:
                evidence = f"{path.stem} got {event['count']} partitions, {event['gaps']} of them with a gap"
                found.append(Hit("partition taken over with a gap", evidence))
    return found


def unexpected_end(directory: Path, process: str) -> str | None:
    """Why a worker ended by itself, in words; None where that is how a stage may end: fenced, or by its watchdog."""
    last = "no reason in its log"
    for event in _lines(directory / f"{process}.log"):
        if event["event"] == _HANGS:
            return None
        if event["event"] == _STOPPED:
            *_, last = event["exception"].splitlines()
            if last.startswith(f"{Fenced.__module__}.{Fenced.__qualname__}:"):
                return None
    return last


def partitions_moved(directory: Path) -> list[Change]:
    """The moments at which workers lost partitions and got some."""
    return [
        Change(SLOTS[_place(path.stem)], path.stem, _nanoseconds(event["timestamp"]), _MOVES[event["event"]])
        for path in sorted(directory.glob("*.log"))
        for event in _events(path)
        if event["count"] > 0
    ]


def _events(path: Path) -> Iterator[dict[str, Any]]:
    return (event for event in _lines(path) if event["event"] in _MOVES)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(errors="replace").splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue  # a line that a kill cut off, or that a library wrote
        if isinstance(found, dict) and "event" in found:
            yield found


def _place(process: str) -> str:
    return process.partition("-")[0]


def _nanoseconds(instant: str) -> int:
    return int(datetime.fromisoformat(instant).timestamp() * 1e9)
