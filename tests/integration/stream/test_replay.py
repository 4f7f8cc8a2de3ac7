"""A part of a stage's input is handled again, on both brokers, beside the live work."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer

from cli.embedded import EmbeddedBroker, free_port
from shared.model import ArticleRuled, ArticleSubmitted, Event, Ruling, RulingKind
from shared.process import Shutdown
from shared.stream import EventProducer, Handler, Stage, StageRunner, Work
from shared.stream.replay import Edge, Partition, Range, Replay, ReplayPlace, plan, retractions
from shared.stream.topics import RULED, create_topics
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, submitted, unique
from tests.support.stages import Running, committed, eventually, make_stage, output, running, send

RUN = ACCEPTED + 7777


async def echo(event: Event, _work: Work) -> Sequence[Event]:
    return [event]


def begin(broker: Broker, stage: Stage, chosen: Range, run: int = RUN) -> Replay:
    with ReplayPlace(broker.settings(), stage.name, stage.consumes, run) as place:
        place.begin(chosen)
    return Replay(run, chosen.ends, {})


def whole(broker: Broker, stage: Stage) -> Range:
    return plan(broker.settings(), stage.consumes, Edge(), Edge())


def is_over(broker: Broker, stage: Stage, replay: Replay) -> bool:
    with ReplayPlace(broker.settings(), stage.name, stage.consumes, replay.run) as place:
        assert place.ends() == replay.ends
        return place.is_over(replay.ends)


@asynccontextmanager
async def replaying(
    stage: Stage, handler: Handler, broker: Broker, replay: Replay, slot: str = "only"
) -> AsyncIterator[Running]:
    """A worker of a replay; it is told to stop at the end of the block, where it hasn't ended by then."""
    metrics, shutdown = Metrics(), Shutdown()
    # The slot of the live worker, as on one machine: neither may stop the other.
    settings = broker.settings().model_copy(update={"slot": slot})
    runner = StageRunner(stage, handler, settings, metrics, shutdown, replay=replay)
    work = Running(runner, metrics, shutdown, asyncio.create_task(runner.run()))
    try:
        yield work
    finally:
        await work.stop()


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Both brokers; the embedded one is made anew for each test.

    A transaction that one test leaves open there holds up all others: they report to the same topic (docs/brokers.md).
    """
    if request.param == "kafka":
        yield request.getfixturevalue("kafka_broker")
        return
    with EmbeddedBroker(free_port(), tmp_path) as server:
        made = Broker(server.bootstrap, embedded=True)
        asyncio.run(create_topics(made.settings()))
        yield made


async def ended(*workers: Running) -> None:
    await eventually(lambda: all(work.task.done() for work in workers), 120)


def runs(events: Sequence[ArticleSubmitted]) -> Counter[tuple[str, int]]:
    return Counter((event.key, event.version.run) for event in events)


async def test_a_replay_makes_a_new_run_of_the_range_and_ends_while_the_live_group_goes_on(broker: Broker) -> None:
    stage = make_stage(broker)
    old = [submitted(str(n)) for n in range(30)]
    new, last = [submitted(f"new {n}") for n in range(10)], [submitted(f"last {n}") for n in range(5)]
    await send(broker, stage.consumes[0], old)
    async with running(stage, echo, broker) as live:
        await live.until(lambda: live.metric("diglot_stage_handled_total") == 30)
        replay = begin(broker, stage, await asyncio.to_thread(whole, broker, stage))
        await send(broker, stage.consumes[0], new)
        async with replaying(stage, echo, broker, replay) as again:
            await ended(again)
            assert again.metric("diglot_stage_handled_total") == 30
        await send(broker, stage.consumes[0], last)
        await live.until(lambda: live.metric("diglot_stage_handled_total") == 45)
        assert live.metric("diglot_stage_rebalances_total") == 0
    assert is_over(broker, stage, replay)
    assert committed(broker, stage) == 45
    assert runs(output(broker, stage, 75)) == Counter(
        [(event.key, 0) for event in old + new + last] + [(event.key, RUN) for event in old]
    )


async def test_a_replay_that_was_stopped_goes_on_where_it_was(broker: Broker) -> None:
    stage = make_stage(broker, concurrency=4)
    events = [submitted(str(n)) for n in range(40)]
    await send(broker, stage.consumes[0], events)
    replay = begin(broker, stage, whole(broker, stage))
    enough, go_on = asyncio.Event(), asyncio.Event()
    handled: list[str] = []

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        if len(handled) >= 10:
            enough.set()
            await go_on.wait()
        handled.append(event.key)
        return [event]

    async with replaying(stage, handle, broker, replay) as first:
        await asyncio.wait_for(enough.wait(), 30)
        first.shutdown.request()
        go_on.set()
        await ended(first)
    assert not is_over(broker, stage, replay)
    assert 10 <= len(handled) < 40
    async with replaying(stage, echo, broker, replay) as second:
        await ended(second)
        assert second.metric("diglot_stage_handled_total") == 40 - len(handled)
    assert is_over(broker, stage, replay)
    assert runs(output(broker, stage, 40)) == Counter((event.key, RUN) for event in events)
    async with replaying(stage, echo, broker, replay) as third:
        await ended(third)
        assert third.metric("diglot_stage_handled_total") == 0


async def test_several_workers_share_a_replay(broker: Broker) -> None:
    stage = make_stage(broker, partitions=4, concurrency=2)
    events = [submitted(str(n)) for n in range(200)]
    await send(broker, stage.consumes[0], events)
    replay = begin(broker, stage, whole(broker, stage))

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        await asyncio.sleep(0.05)
        return [event]

    async with (
        replaying(stage, handle, broker, replay, "one") as one,
        replaying(stage, handle, broker, replay, "two") as two,
    ):
        await ended(one, two)
        shares = [work.metric("diglot_stage_handled_total") for work in (one, two)]
    assert sum(shares) == 200
    assert is_over(broker, stage, replay)
    assert runs(output(broker, stage, 200)) == Counter((event.key, RUN) for event in events)


async def test_what_was_sent_in_transactions_is_replayed_to_its_end(broker: Broker) -> None:
    first = make_stage(broker, partitions=1)
    second = make_stage(broker, partitions=1)
    chained = Stage(second.name, first.produces, second.produces)
    await send(broker, first.consumes[0], [submitted(str(n)) for n in range(3)])
    async with running(first, echo, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 3)
    chosen = whole(broker, chained)
    # The last offset is that of a transaction's marker.
    assert chosen.size > 3
    replay = begin(broker, chained, chosen)
    async with replaying(chained, echo, broker, replay) as again:
        await ended(again)
    assert is_over(broker, chained, replay)
    assert len(output(broker, chained, 3)) == 3


def test_a_range_is_named_by_time_by_offset_or_by_where_the_topic_ends(broker: Broker) -> None:
    stage = make_stage(broker, partitions=3)
    topic = stage.consumes[0].name
    start = int(time.time() * 1000) - 3_600_000
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for n in range(10):
        producer.send(topic, b"v", b"k", partition=n % 2, timestamp_ms=start + n * 1000).get(10)
    producer.close()
    a, b, c = (Partition(topic, number) for number in range(3))

    def planned(first: Edge, last: Edge) -> dict[Partition, tuple[int, int]]:
        chosen = plan(broker.settings(), stage.consumes, first, last)
        assert chosen.size == sum(chosen.ends[p] - chosen.begins[p] for p in (a, b, c))
        return {p: (start, chosen.ends[p]) for p, start in chosen.begins.items() if start < chosen.ends[p]}

    assert planned(Edge(), Edge()) == {a: (0, 5), b: (0, 5)}
    assert planned(Edge(at=start + 2000), Edge(at=start + 5000)) == {a: (1, 3), b: (1, 2)}
    assert planned(Edge(at=start + 8000), Edge()) == {a: (4, 5), b: (4, 5)}
    assert planned(Edge(offsets={1: 2}), Edge()) == {b: (2, 5)}
    assert planned(Edge(offsets={0: 1, 1: 2}), Edge(offsets={0: 3})) == {a: (1, 3), b: (2, 5)}
    assert planned(Edge(at=start), Edge(offsets={0: 3})) == {a: (0, 3)}
    assert planned(Edge(offsets={0: 3, 2: 0}), Edge(offsets={0: 99, 2: 99})) == {a: (3, 5)}
    assert planned(Edge(offsets={0: 4}), Edge(at=start)) == {}


def test_a_replay_that_nobody_began_has_no_ends(broker: Broker) -> None:
    stage, other = make_stage(broker), make_stage(broker)
    with ReplayPlace(broker.settings(), stage.name, stage.consumes, RUN + 1) as place:
        assert place.ends() is None
    replay = begin(broker, stage, whole(broker, stage), RUN + 2)
    with ReplayPlace(broker.settings(), other.name, other.consumes, replay.run) as place:
        assert place.ends() is None


async def test_the_latest_retraction_of_each_article_is_known(broker: Broker) -> None:
    gone, hidden = submitted(unique("gone")).key, submitted(unique("hidden")).key

    def ruled(article: str, kind: RulingKind, at: int) -> ArticleRuled:
        return ArticleRuled(ruling=Ruling(article_id=article, kind=kind, by="test", at=at))

    producer = EventProducer(broker.settings(), "/diglot/test", [RULED])
    for event in (ruled(gone, "retract", 9), ruled(gone, "retract", 5), ruled(hidden, "hide", 9)):
        await producer.send(RULED, event)
    await producer.close()
    found = await asyncio.to_thread(retractions, broker.settings())
    assert found[gone] == 9
    assert hidden not in found
