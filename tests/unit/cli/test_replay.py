"""Where a replay begins and ends, as people say it, and that Ctrl-C is heard while the broker is asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from rich.progress import Progress as Bar

from cli.exit_codes import CliError, ExitCode
from cli.replay import Order, _Work, _Workshop, parse_edge
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream import Handler, Stage
from shared.stream.replay import Edge, Partition, Replay, ReplayPlace
from shared.telemetry import Metrics
from tests.support.stages import declare

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


class SlowPlace(ReplayPlace):
    """A broker that answers once the loop has gone on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def is_over(self, ends: Mapping[Partition, int]) -> bool:
        went_on = threading.Event()
        self._loop.call_soon_threadsafe(went_on.set)
        return went_on.wait(timeout=5)


async def test_the_loop_goes_on_while_the_broker_is_asked_for_the_end() -> None:
    stage, settings = declare("aside"), CommonSettings()

    @asynccontextmanager
    async def opened(_settings: CommonSettings, _metrics: Metrics) -> AsyncIterator[Mapping[Stage, Handler]]:
        yield {stage: lambda _event, _work: asyncio.sleep(0, ())}

    order = Order(stage.name, (), (), run=1, dry_run=False, sure=True, as_json=False)
    work = _Work(_Workshop(opened, settings), settings, order, Replay(1, {}, {}))
    shutdown = Shutdown()
    shutdown.request()
    assert await work._handle(SlowPlace(asyncio.get_running_loop()), Bar(disable=True), shutdown)
