"""Ctrl-C is heard while a replay asks the broker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from rich.progress import Progress as Bar

from cli.replay import Order, _Work, _Workshop
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream import Handler, Stage
from shared.stream.replay import Partition, Replay, ReplayPlace
from shared.telemetry import Metrics
from tests.support.stages import declare


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
