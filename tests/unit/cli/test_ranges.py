"""Which part of a stage's input a replay is asked for."""

from __future__ import annotations

import pytest

from cli.exit_codes import CliError, ExitCode
from cli.ranges import parse_edge, parse_range
from shared.stream.replay import INPUTS, Edge

NOW = 1_795_000_000_000  # 2026-11-18T11:06:40Z


@pytest.mark.parametrize(
    ("values", "option", "edge"),
    [
        (["2h"], "--from", Edge(at=NOW - 7_200_000)),
        (["2026-11-18T11:06:40"], "--to", Edge(at=NOW)),
        (["3:1200"], "--from", Edge(offsets={3: 1200})),
        (["3:1200", "11:0"], "--to", Edge(offsets={3: 1200, 11: 0})),
        (["beginning"], "--from", Edge()),
        (["end"], "--to", Edge()),
    ],
)
def test_an_edge_is_a_time_offsets_or_where_the_topic_ends(values: list[str], option: str, edge: Edge) -> None:
    assert parse_edge(values, option, NOW) == edge


@pytest.mark.parametrize(
    ("values", "option"),
    [
        (["1h", "2h"], "--from"),
        (["3:1200", "2h"], "--to"),
        (["end"], "--from"),
        (["beginning"], "--to"),
        (["3:"], "--from"),
        (["-1:5"], "--from"),
        (["3:5", "3:6"], "--from"),
    ],
)
def test_anything_else_is_refused_by_the_option_s_name(values: list[str], option: str) -> None:
    with pytest.raises(CliError, match=option) as caught:
        parse_edge(values, option, NOW)
    assert caught.value.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("begin", "end", "reason"),
    [
        (["99:0"], [], "there is no partition 99; article.submitted has 0 to 11"),
        (["beginning"], ["12:0"], "there is no partition 12"),
        (["9:5"], ["9:3"], "--to 9:3 is before --from 9:5"),
        (["1m"], ["1h"], "--to 1h is before --from 1m"),
        (["2026-11-18T11:06:41"], [], "--from 2026-11-18T11:06:41 is in the future"),
        (["9:0"], ["9:3", "4:5"], "--from names partitions, but not partition 4"),
    ],
)
def test_a_range_that_can_t_be_meant_is_refused(begin: list[str], end: list[str], reason: str) -> None:
    with pytest.raises(CliError) as caught:
        parse_range(begin, end, INPUTS["analyze.draft"], NOW)
    assert reason in str(caught.value)
    assert caught.value.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("begin", "end", "edges"),
    [
        (["9:5"], ["9:5"], (Edge(offsets={9: 5}), Edge(offsets={9: 5}))),
        (["9:0", "4:0"], ["9:3"], (Edge(offsets={9: 0, 4: 0}), Edge(offsets={9: 3}))),
        (["2h"], ["1h"], (Edge(at=NOW - 7_200_000), Edge(at=NOW - 3_600_000))),
        (["2h"], ["11:3"], (Edge(at=NOW - 7_200_000), Edge(offsets={11: 3}))),
        (["beginning"], [], (Edge(), Edge())),
    ],
)
def test_a_range_may_be_empty_or_open(begin: list[str], end: list[str], edges: tuple[Edge, Edge]) -> None:
    assert parse_range(begin, end, INPUTS["analyze.draft"], NOW) == edges
