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
_REBALANCE_NS: Final = 10 * 1_000_000_000
"""What workers of a stage tell within this time is of one rebalance: the handlers' grace is part of it, and a partition
with an open transaction is given later than the others. Two rebalances so close count as one."""
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
    """Rebalances with running handlers and takeovers with a gap, each once however many workers tell of it."""
    found: list[Hit] = []
    since: dict[tuple[str, str], int] = {}  # stage and event: when the rebalance began that is counted already
    for process, event in _by_time(directory):
        if event["event"] == _GONE and event["running"] > 0:
            evidence = f"{process} lost {event['count']} partitions with {event['running']} handlers running"
            hit = Hit("rebalance with running handlers", evidence)
        elif event["event"] == _ASSIGNED and event["gaps"] > 0:
            evidence = f"{process} got {event['count']} partitions, {event['gaps']} of them with a gap"
            hit = Hit("partition taken over with a gap", evidence)
        else:
            continue
        rebalance = SLOTS[_place(process)], event["event"]
        at = _nanoseconds(event["timestamp"])
        if rebalance not in since or at - since[rebalance] > _REBALANCE_NS:
            since[rebalance] = at
            found.append(hit)
    return found


def unexpected_end(directory: Path, process: str) -> str | None:
    """Why a worker ended by itself, in words; None where that is how a stage may end: fenced, or by its watchdog."""
    last = "no reason in its log"
    for event in _lines(directory / f"{process}.log"):
        if event["event"] == _HANGS:
            return None
        if event["event"] == _STOPPED:
            if event.get("error") == Fenced.__name__:
                return None
            *_, last = (event.get("exception") or event["reason"]).splitlines()
    return last


def partitions_moved(directory: Path) -> list[Change]:
    """The moments at which workers lost partitions and got some."""
    return [
        Change(SLOTS[_place(process)], process, _nanoseconds(event["timestamp"]), _MOVES[event["event"]])
        for process, event in _by_time(directory)
        if event["count"] > 0
    ]


def _by_time(directory: Path) -> list[tuple[str, dict[str, Any]]]:
    """What all workers tell of their partitions, each with its name."""
    found = [
        (path.stem, event)
        for path in sorted(directory.glob("*.log"))
        for event in _lines(path)
        if event["event"] in _MOVES
    ]
    return sorted(found, key=lambda entry: _nanoseconds(entry[1]["timestamp"]))


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
