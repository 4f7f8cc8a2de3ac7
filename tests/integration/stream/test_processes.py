"""Workers as processes: killed, stopped, frozen, and joined by others."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from cli.embedded import EmbeddedBroker, free_port
from shared.model import ArticleSubmitted
from shared.stream import Stage, create_topics
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, make_topics, submitted
from tests.support.stages import committed, eventually, make_stage, output, send
from tests.support.worker import Orders, Worker, worker

KEYS = 40
ROUNDS = 5
EVENTS = [submitted(str(key), ACCEPTED + turn) for turn in range(ROUNDS) for key in range(KEYS)]


def orders(stage: Stage, tmp_path: Path, name: str, seconds: float = 0.03) -> Orders:
    return Orders(stage.name, stage.consumes[0].partitions, str(tmp_path / "log"), seconds, name=name)


async def has_paid(process: Worker, more_than: int) -> None:
    await eventually(lambda: len(process.logged("paid")) > more_than, seconds=120)


def repeats_of_complete_output(results: list[ArticleSubmitted], inputs: list[ArticleSubmitted]) -> int:
    """Check that each input has its result, in order per key; return how many results came again."""
    times = Counter(event.id for event in results)
    assert set(times) == {event.id for event in inputs}
    firsts: dict[str, list[int]] = defaultdict(list)
    for event in results:
        if event.version.revision not in firsts[event.key]:
            firsts[event.key].append(event.version.revision)
    assert all(revisions == sorted(revisions) for revisions in firsts.values())
    return len(results) - len(times)


async def test_kill_minus_9_in_the_middle_loses_nothing_and_publishes_nothing_twice(
    broker: Broker, tmp_path: Path
) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], EVENTS)
    for name in ("first", "second"):
        with worker(broker, replace(orders(stage, tmp_path, name), slot="desk")) as victim:
            await has_paid(victim, 30)
            victim.process.send_signal(signal.SIGKILL)
    with worker(broker, replace(orders(stage, tmp_path, "third"), slot="desk")) as survivor:
        await eventually(lambda: committed(broker, stage) == len(EVENTS), seconds=60)
        survivor.process.terminate()
        assert survivor.process.wait(20) == 0
    repeats = repeats_of_complete_output(output(broker, stage, len(EVENTS)), EVENTS)
    # The embedded broker shows what was aborted, and forgets what was done behind an unfinished record.
    assert repeats <= (2 * 100 if broker.embedded else 0)


async def test_a_second_worker_takes_its_share_and_the_first_goes_on(broker: Broker, tmp_path: Path) -> None:
    stage = make_stage(broker, partitions=4)
    sent = [submitted(str(key), ACCEPTED) for key in range(KEYS)]
    await send(broker, stage.consumes[0], sent)
    with worker(broker, orders(stage, tmp_path, "first")) as first:
        await has_paid(first, 10)
        with worker(broker, orders(stage, tmp_path, "second")) as second:
            while not second.logged("paid"):
                more = [submitted(str(key), ACCEPTED + len(sent)) for key in range(KEYS)]
                await send(broker, stage.consumes[0], more)
                sent += more
                assert len(sent) < 10_000, "the second worker got no partition"
            before = len(first.logged("paid"))
            more = [submitted(str(key), ACCEPTED + len(sent)) for key in range(KEYS)]
            await send(broker, stage.consumes[0], more)
            sent += more
            await eventually(lambda: committed(broker, stage) == len(sent), seconds=60)
            assert len(first.logged("paid")) > before
            for process in (first.process, second.process):
                process.terminate()
            assert [process.wait(20) for process in (first.process, second.process)] == [0, 0]
    repeats = repeats_of_complete_output(output(broker, stage, len(sent)), sent)
    assert broker.embedded or repeats == 0


async def test_a_worker_that_wakes_after_its_partitions_went_does_not_pay(broker: Broker, tmp_path: Path) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], [submitted("only")])
    with worker(broker, orders(stage, tmp_path, "frozen", seconds=1.0)) as frozen:
        await eventually(lambda: frozen.logged("start"))
        frozen.process.send_signal(signal.SIGSTOP)
        with worker(broker, orders(stage, tmp_path, "other", seconds=0.1)) as other:
            await eventually(lambda: other.logged("paid"), seconds=40)
            frozen.process.send_signal(signal.SIGCONT)
            await eventually(lambda: committed(broker, stage) == 1)
            for process in (frozen.process, other.process):
                process.terminate()
            assert [process.wait(20) for process in (frozen.process, other.process)] == [0, 0]
    assert frozen.logged("paid") == []
    assert len(output(broker, stage, 1)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_worker_stops_at_once(broker: Broker, tmp_path: Path, number: signal.Signals) -> None:
    stage = make_stage(broker)
    await send(broker, stage.consumes[0], [submitted("x")])
    with worker(broker, orders(stage, tmp_path, "idle")) as idle:
        await eventually(lambda: committed(broker, stage) == 1)
        idle.process.send_signal(number)
        assert idle.process.wait(5) == 0


async def test_a_worker_goes_on_when_the_embedded_broker_came_back_empty(tmp_path: Path) -> None:
    port = free_port()
    broker = Broker(f"127.0.0.1:{port}", embedded=True)
    with EmbeddedBroker(port, tmp_path):
        await create_topics(broker.settings())
        stage = make_stage(broker)
        await send(broker, stage.consumes[0], [submitted(str(n)) for n in range(20)])
        process = Worker(broker, orders(stage, tmp_path, "lasting"))
        await has_paid(process, 19)
    try:
        with EmbeddedBroker(port, tmp_path):
            await create_topics(broker.settings())
            make_topics(broker, *stage.consumes, *stage.produces, stage.dead_letters)
            await send(broker, stage.consumes[0], [submitted("after")])
            await eventually(lambda: committed(broker, stage) == 1, seconds=40)
            assert submitted("after").key in {event.key for event in output(broker, stage, 1)}
            process.process.terminate()
            assert process.process.wait(20) == 0
    finally:
        process.process.kill()
        process.process.wait()


@pytest.mark.parametrize(("signals", "seconds"), [(1, 45.0), (2, 15.0)])
async def test_a_worker_whose_broker_is_gone_still_stops(tmp_path: Path, signals: int, seconds: float) -> None:
    with EmbeddedBroker(free_port(), tmp_path) as server:
        broker = Broker(server.bootstrap, embedded=True)
        await create_topics(broker.settings())
        stage = make_stage(broker)
        await send(broker, stage.consumes[0], [submitted(str(n)) for n in range(200)])
        process = Worker(broker, replace(orders(stage, tmp_path, "orphan"), drain_seconds=2.0))
        await has_paid(process, 20)
    try:
        for _ in range(signals):
            process.process.terminate()
            await asyncio.sleep(0.5)
        assert process.process.wait(seconds) == 0
    finally:
        process.process.kill()
        process.process.wait()
