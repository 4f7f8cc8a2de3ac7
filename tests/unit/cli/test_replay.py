"""Where a replay begins and ends, as people say it."""

from __future__ import annotations

import pytest

from cli.exit_codes import CliError, ExitCode
from cli.replay import parse_edge
from shared.stream.replay import Edge

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
    ],
)
def test_anything_else_is_refused_by_the_option_s_name(values: list[str], option: str) -> None:
    with pytest.raises(CliError, match=option) as caught:
        parse_edge(values, option, NOW)
    assert caught.value.code == ExitCode.USAGE
