"""The end of a stage inside a process that goes on: what may still run, and for how long it is waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from shared import failpoints
from shared.model import Event
from shared.process import Shutdown
from shared.stream import StageRunner, Work
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.events import submitted
from tests.support.stages import eventually, make_stage, output, running, send
from tests.support.worker import arm

EVENTS = [submitted(f"key-{number}") for number in range(20)]


async def test_a_run_that_is_cancelled_starts_nothing_more(broker: Broker) -> None:
    stage = make_stage(broker, concurrency=1)
    started: list[str] = []

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        started.append(event.id)
        await asyncio.Event().wait()
        return []

    await send(broker, stage.consumes[0], EVENTS)
    runner = StageRunner(stage, handle, broker.settings(), Metrics(), Shutdown())
    task = asyncio.create_task(runner.run())
    await eventually(lambda: started)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert len(started) == 1


async def test_results_that_wait_behind_a_transaction_are_committed_though_a_handler_is_cut_off(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failpoints, "_directory", tmp_path)
    stage = make_stage(broker)
    slow, first, *others = EVENTS
    ended: set[str] = set()

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        if event.id == slow.id:
            await asyncio.Event().wait()
        ended.add(event.id)
        return [event]

    order = arm(tmp_path, "stream.before_commit", "sleep 3")
    async with running(stage, handle, broker, drain_seconds=0.2) as work:
        await send(broker, stage.consumes[0], [slow, first])
        await work.until(lambda: not order.exists())
        await send(broker, stage.consumes[0], others)
        await work.until(lambda: len(ended) == len(EVENTS) - 1)
    found = output(broker, stage, len(EVENTS) - 1)
    assert {event.id for event in found} == ended


async def test_a_second_stop_waits_for_no_handler_that_shields_itself(broker: Broker) -> None:
    stage = make_stage(broker)
    release = asyncio.Event()
    started: list[str] = []

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        started.append(event.id)
        while not release.is_set():
            with suppress(asyncio.CancelledError):
                await release.wait()
        return []

    await send(broker, stage.consumes[0], EVENTS[:1])
    try:
        async with running(stage, handle, broker) as work:
            await work.until(lambda: started)
            began = time.monotonic()
            for _ in range(2):
                work.shutdown.request()
            await asyncio.wait([work.task], timeout=15.0)
            ended = work.task.done()
            release.set()
        assert ended
        assert time.monotonic() - began < 15.0
    finally:
        release.set()
