"""Two live workers with one slot: what docs/operations.md says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from shared.model import Event
from shared.process import Shutdown
from shared.stream import Stage, StageRunner, Work
from shared.stream._transaction import Fenced
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.events import submitted
from tests.support.stages import committed, eventually, make_stage, output, send

EVENTS = [submitted(f"key-{number}") for number in range(60)]


@dataclass
class Worker:
    """A stage at work in the slot `desk`."""

    runner: StageRunner
    shutdown: Shutdown
    task: asyncio.Task[None]

    @classmethod
    async def start(cls, stage: Stage, broker: Broker) -> Worker:
        async def echo(event: Event, _work: Work) -> Sequence[Event]:
            return [event]

        shutdown = Shutdown()
        settings = broker.settings().model_copy(update={"slot": "desk"})
        runner = StageRunner(stage, echo, settings, Metrics(), shutdown)
        worker = cls(runner, shutdown, asyncio.create_task(runner.run()))
        await eventually(lambda: not runner.not_ready())
        return worker


async def test_the_older_of_two_workers_in_one_slot_ends_and_the_other_does_its_work(broker: Broker) -> None:
    stage = make_stage(broker, partitions=4)
    older = await Worker.start(stage, broker)
    await send(broker, stage.consumes[0], EVENTS[:20])
    await eventually(lambda: committed(broker, stage) == 20)
    newer = await Worker.start(stage, broker)
    await send(broker, stage.consumes[0], EVENTS[20:])

    with pytest.raises(Fenced, match="another live worker has slot desk: give each its own DIGLOT_SLOT"):
        await asyncio.wait_for(older.task, 90)
    await eventually(lambda: committed(broker, stage) == 60)
    newer.shutdown.request()
    await newer.task
    ids = [event.id for event in output(broker, stage, 60)]
    assert set(ids) == {event.id for event in EVENTS}
    if not broker.embedded:  # that one shows what was aborted
        assert len(ids) == 60
