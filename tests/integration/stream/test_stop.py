"""A worker that is told to stop: within its deadline, or at once; what it leaves is done once by the next one."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from shared.stream import Stage
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, submitted
from tests.support.stages import committed, eventually, make_stage, output, send
from tests.support.worker import Orders, Worker, worker

EVENTS = [submitted(str(key), ACCEPTED + turn) for turn in range(5) for key in range(40)]


def orders(stage: Stage, tmp_path: Path, name: str) -> Orders:
    return Orders(stage.name, stage.consumes[0].partitions, str(tmp_path / "log"), 0.05, name=name, slot="desk")


async def ended(process: Worker) -> float:
    """Wait for the end of a worker; gives the seconds that it took."""
    began = time.monotonic()
    await eventually(lambda: process.process.poll() is not None, seconds=90)
    assert process.process.wait() == 0
    return time.monotonic() - began


async def finish(broker: Broker, stage: Stage, tmp_path: Path, *, gap: bool) -> list[str]:
    """Have another worker do the rest; gives what it began. All results must be there once, in order per key.

    `gap`: the first worker left records that were done behind one that was not; the embedded broker forgets which.
    """
    with worker(broker, orders(stage, tmp_path, "successor")) as successor:
        await eventually(lambda: committed(broker, stage) == len(EVENTS), seconds=120)
        successor.process.terminate()
        await ended(successor)
    results = output(broker, stage, len(EVENTS))
    times = Counter(event.id for event in results)
    assert set(times) == {event.id for event in EVENTS}
    if not (broker.embedded and gap):
        assert set(times.values()) == {1}
    for key in {event.key for event in EVENTS}:
        revisions = list(dict.fromkeys(event.version.revision for event in results if event.key == key))
        assert revisions == sorted(revisions)
    return successor.logged("start")


async def test_sigterm_lets_running_handlers_end_and_the_next_worker_repeats_none(
    broker: Broker, tmp_path: Path
) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], EVENTS)
    with worker(broker, orders(stage, tmp_path, "leaving")) as leaving:
        await eventually(lambda: len(leaving.logged("paid")) > 30, seconds=120)
        leaving.process.terminate()
        await ended(leaving)
    assert sorted(leaving.logged("start")) == sorted(leaving.logged("paid"))
    assert 30 < len(leaving.logged("paid")) < len(EVENTS)
    began = await finish(broker, stage, tmp_path, gap=False)
    assert len(began) == len(EVENTS) - len(leaving.logged("paid"))


async def test_a_drain_ends_at_its_deadline_and_what_was_cut_off_is_done_once(broker: Broker, tmp_path: Path) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], EVENTS)
    slow = EVENTS[0].key
    with worker(broker, replace(orders(stage, tmp_path, "leaving"), slow=slow, drain_seconds=2.0)) as leaving:
        await eventually(lambda: slow in leaving.logged("start") and len(leaving.logged("paid")) > 30, seconds=120)
        leaving.process.terminate()
        assert 2.0 <= await ended(leaving) < 30.0
    assert slow not in leaving.logged("paid")
    await finish(broker, stage, tmp_path, gap=True)


async def test_a_second_sigterm_stops_at_once_and_what_was_cut_off_is_done_once(broker: Broker, tmp_path: Path) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], EVENTS)
    slow = EVENTS[0].key
    with worker(broker, replace(orders(stage, tmp_path, "leaving"), slow=slow, drain_seconds=3600.0)) as leaving:
        await eventually(lambda: slow in leaving.logged("start") and len(leaving.logged("paid")) > 30, seconds=120)
        leaving.process.terminate()
        while leaving.process.poll() is None and len(leaving.logged("start")) > len(leaving.logged("paid")) + 1:
            pass  # the drain has begun once only the slow one is left
        assert leaving.process.poll() is None
        leaving.process.terminate()
        assert await ended(leaving) < 30.0
    assert slow not in leaving.logged("paid")
    await finish(broker, stage, tmp_path, gap=True)
