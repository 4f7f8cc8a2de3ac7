"""Which part of a stage's input a replay is asked for, and whether that can be right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from cli.exit_codes import CliError, ExitCode
from cli.moments import parse_moment
from shared.stream.replay import Edge
from shared.stream.topics import Topic

_OFFSET: Final = re.compile(r"([0-9]{1,4}):([0-9]{1,18})")


def parse_range(begin: Sequence[str], end: Sequence[str], inputs: Sequence[Topic], now: int) -> tuple[Edge, Edge]:
    """Read both ends of a range of these topics; an empty `end` is what is there now, and `now` our time (ms).

    Raises CliError for a range that can't be meant: it ends before it begins, begins later than now, or names a
    partition that there isn't.
    """
    first, last = parse_edge(begin, "--from", now), parse_edge(end or ["end"], "--to", now)
    for edge, option in ((first, "--from"), (last, "--to")):
        _check_partitions(edge, option, inputs)
    if first.at is not None and first.at > now:
        raise _wrong(f"--from {begin[0]} is in the future")
    if first.at is not None and last.at is not None and last.at < first.at:
        raise _wrong(f"--to {end[0]} is before --from {begin[0]}")
    for number, offset in last.offsets.items():
        if first.offsets and number not in first.offsets:
            raise _wrong(f"--to {number}:{offset}: --from names partitions, but not partition {number}")
        if offset < first.offsets.get(number, 0):
            raise _wrong(f"--to {number}:{offset} is before --from {number}:{first.offsets[number]}")
    return first, last


def parse_edge(values: Sequence[str], option: str, now: int) -> Edge:
    """Read where a range begins or ends: a moment, `PARTITION:OFFSET` once or more often, `beginning` or `end`."""
    offsets = [match for value in values if (match := _OFFSET.fullmatch(value))]
    if len(offsets) == len(values):
        (number, times), *_ = Counter(int(match[1]) for match in offsets).most_common(1)
        if times > 1:
            raise _wrong(f"{option} names partition {number} {times} times")
        return Edge(offsets={int(match[1]): int(match[2]) for match in offsets})
    if len(values) != 1:
        raise _wrong(f"{option} is one time, or one or more PARTITION:OFFSET")
    if values[0] == ("beginning" if option == "--from" else "end"):
        return Edge()
    return Edge(at=parse_moment(values[0], now, option))


def _check_partitions(edge: Edge, option: str, inputs: Sequence[Topic]) -> None:
    there = max(topic.partitions for topic in inputs)
    for number, offset in edge.offsets.items():
        if number >= there:
            names = ", ".join(topic.name for topic in inputs)
            raise _wrong(f"{option} {number}:{offset}: there is no partition {number}; {names} has 0 to {there - 1}")


def _wrong(message: str) -> CliError:
    return CliError(message, ExitCode.USAGE)
