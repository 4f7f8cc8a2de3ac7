"""What a rebalance must not do: evict a worker that waits, interrupt work that stays, repeat what was committed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from kafka import KafkaConsumer

from shared import failpoints
from shared.model import ArticleSubmitted, Event
from shared.settings import CommonSettings
from shared.stream import Stage, Work, _poller, _rebalance
from shared.stream._clients import SESSION_SECONDS, make_group_consumer
from tests.support.brokers import Broker
from tests.support.events import read_topic, submitted
from tests.support.stages import Running, committed, make_stage, output, running, send
from tests.support.worker import arm

LONGER_THAN_THE_SESSION = SESSION_SECONDS + 3.0
KEYS = [str(n) for n in range(40)]


class Consumers:
    """The consumers that stages of this test made, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, max_poll_seconds: float | None = None) -> None:
        self.made: list[KafkaConsumer] = []

        def make(settings: CommonSettings, group: str, client_id: str, max_bytes: int) -> KafkaConsumer:
            consumer = make_group_consumer(settings, group, client_id, max_bytes)
            if max_poll_seconds is not None:
                coordinator = consumer._coordinator
                for config in (coordinator.config, coordinator.heartbeat.config):
                    config["max_poll_interval_ms"] = int(max_poll_seconds * 1000)
            self.made.append(consumer)
            return consumer

        monkeypatch.setattr(_poller, "make_group_consumer", make)

    def member(self, number: int) -> str:
        return str(self.made[number].group_metadata().member_id)

    def generation(self, number: int) -> int:
        return int(self.made[number].group_metadata().generation_id)


class Gate:
    """A handler that lets each article through at once, but for those that are held up until they are let go."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self._held: dict[str, asyncio.Event] = {}

    def hold(self, event: ArticleSubmitted) -> None:
        self._held[event.id] = asyncio.Event()

    def let_go(self, event_id: str) -> None:
        self._held[event_id].set()

    async def __call__(self, event: Event, _work: Work) -> Sequence[Event]:
        self.starts[event.id] += 1
        if event.id in self._held:
            await self._held[event.id].wait()
        self.ended[event.id] += 1
        return [event]


def partition_of(broker: Broker, stage: Stage, at_least: int) -> dict[str, int]:
    """The partition of each key."""
    return {(r.key or b"").decode(): r.partition for r in read_topic(broker, stage.consumes[0], at_least)}


def revoked(work: Running) -> float:
    return work.metric("diglot_stage_rebalances_total")


def held(work: Running, *, closing: bool) -> set[int]:
    """The numbers of the partitions that a stage has, or is about to let go."""
    dispatcher = work.runner._dispatcher
    assert dispatcher is not None
    return {place.partition.number for place in dispatcher._helds if place.closing == closing}


def check_once(broker: Broker, stage: Stage, inputs: Sequence[ArticleSubmitted]) -> None:
    """Each input has its result once, in order per key."""
    results = output(broker, stage, len(inputs))
    assert Counter(event.id for event in results) == Counter(event.id for event in inputs)
    revisions = defaultdict(list)
    for event in results:
        revisions[event.key].append(event.version.revision)
    assert all(found == sorted(found) for found in revisions.values())


async def test_a_handler_that_takes_longer_than_session_and_poll_interval_causes_no_rebalance(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Kafka's poll interval of 5 minutes is cut to little more than the session, which can't be shorter than 6 s.
    consumers = Consumers(monkeypatch, max_poll_seconds=SESSION_SECONDS + 1.0)
    stage = make_stage(broker, partitions=2, concurrency=2)
    ages: list[float] = []

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        await asyncio.sleep(2 * LONGER_THAN_THE_SESSION)
        return [event]

    events = [submitted(key) for key in KEYS[:3]]
    await send(broker, stage.consumes[0], events[:2])
    async with running(stage, handle, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_running") == 2)
        before = consumers.member(0), consumers.generation(0)
        await send(broker, stage.consumes[0], events[2:])

        def finished() -> bool:
            ages.append(_poller_of(work).heartbeat_age)
            return work.metric("diglot_stage_handled_total") == 2

        await work.until(finished, seconds=60)
        assert (consumers.member(0), consumers.generation(0)) == before
        assert revoked(work) == 0
        assert max(ages) < SESSION_SECONDS
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 3, seconds=60)
        assert len(consumers.made) == 1


@pytest.mark.kafka
@pytest.mark.parametrize("cause", ["the grace of a running handler", "an open transaction"])
async def test_a_revoke_that_waits_longer_than_the_session_evicts_nobody(
    kafka_broker: Broker,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    cause: str,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr(failpoints, "_directory", tmp_path)
    consumers = Consumers(monkeypatch)
    stage = make_stage(kafka_broker, partitions=2)
    gate, others = Gate(), Gate()
    ages: list[float] = []
    events = [submitted(key) for key in KEYS]
    if cause == "an open transaction":
        arm(tmp_path, "stream.transaction_open", f"sleep {LONGER_THAN_THE_SESSION}")
        monkeypatch.setattr(_rebalance, "GRACE_SECONDS", 0.5)
    else:
        monkeypatch.setattr(_rebalance, "GRACE_SECONDS", LONGER_THAN_THE_SESSION)
        for event in events:
            gate.hold(event)
    await send(kafka_broker, stage.consumes[0], events)
    async with running(stage, gate, kafka_broker, slot="first") as first:
        await first.until(lambda: gate.starts and not (tmp_path / "stream.transaction_open").exists())
        member = consumers.member(0)
        opened = time.monotonic()
        async with running(stage, others, kafka_broker, slot="second", ready=False) as second:
            await first.until(lambda: revoked(first) == 1)
            began = time.monotonic()

            def taken() -> bool:
                ages.append(_poller_of(first).heartbeat_age)
                return bool(held(second, closing=False))

            await second.until(taken, seconds=60)
            record_property("seconds that the revoke waited", round(time.monotonic() - began, 1))
            assert time.monotonic() - began > SESSION_SECONDS
            assert time.monotonic() - opened > LONGER_THAN_THE_SESSION - 0.5, "it went before its time"
            assert max(ages) < SESSION_SECONDS - 1
            assert consumers.member(0) == member
            for event in events:
                if event.id in gate.starts and gate._held:
                    gate.let_go(event.id)
            await first.until(lambda: len(held(first, closing=False)) == 1)
            await first.until(lambda: committed(kafka_broker, stage) >= len(events), seconds=60)
            assert consumers.member(0) == member
            assert consumers.generation(0) == consumers.generation(1)
    check_once(kafka_broker, stage, events)


@pytest.mark.kafka
async def test_partitions_that_stay_go_on_while_others_are_revoked(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_rebalance, "GRACE_SECONDS", 120.0)
    stage = make_stage(kafka_broker, partitions=4, concurrency=8)
    gate, others = Gate(), Gate()
    slow = [submitted(str(n)) for n in range(1000, 1040)]
    await send(kafka_broker, stage.consumes[0], slow)
    places = partition_of(kafka_broker, stage, len(slow))
    slow = [next(event for event in slow if places[event.key] == number) for number in range(4)]
    for event in slow:
        gate.hold(event)
    async with running(stage, gate, kafka_broker, slot="first") as first:
        await first.until(lambda: first.metric("diglot_stage_handled_total") == 36)
        # With one slow article of each partition, these fill the handlers; the others wait in memory.
        events = [submitted(key) for key in KEYS]
        for event in events:
            gate.hold(event)
        await send(kafka_broker, stage.consumes[0], events)
        await first.until(lambda: first.metric("diglot_stage_in_flight") == 4 + len(events))
        places |= partition_of(kafka_broker, stage, 40 + len(events))
        async with running(stage, others, kafka_broker, slot="second", ready=False) as second:
            await first.until(lambda: len(held(first, closing=True)) == 2)
            stays, goes = held(first, closing=False), held(first, closing=True)
            began = time.monotonic()
            await first.until(lambda: time.monotonic() - began > LONGER_THAN_THE_SESSION)
            started_before = {event.id for event in events if event.id in gate.starts}
            for event in events:
                gate.let_go(event.id)
            stay = {event.id for event in events if places[event.key] in stays}
            assert stay - started_before
            await first.until(lambda: stay <= set(gate.ended))
            assert (held(first, closing=False), held(first, closing=True)) == (stays, goes)
            assert not others.starts
            assert {event.id for event in events if event.id in gate.starts} == stay | started_before
            for event in slow:
                gate.let_go(event.id)
            await second.until(lambda: held(second, closing=False) == goes)
            await first.until(lambda: committed(kafka_broker, stage) >= 40 + len(events))
            assert held(first, closing=False) == stays
    assert len(output(kafka_broker, stage, 40 + len(events))) == 40 + len(events)
    assert all(times == 1 for times in (gate.starts + others.starts).values())


@pytest.mark.kafka
async def test_results_that_come_too_late_are_discarded_and_a_stale_commit_is_sent_again_from_memory(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of four partitions two are revoked while a transaction of one that stays is open. Results of the revoked ones
    queue behind it past the grace. The transaction itself ends in a later generation of the group."""
    monkeypatch.setattr(failpoints, "_directory", tmp_path)
    monkeypatch.setattr(_rebalance, "GRACE_SECONDS", 4.0)
    stage = make_stage(kafka_broker, partitions=4)
    gate, others = Gate(), Gate()
    events = [submitted(key) for key in KEYS]
    await send(kafka_broker, stage.consumes[0], events)
    places = partition_of(kafka_broker, stage, len(events))
    for event in events:
        gate.hold(event)
    async with running(stage, gate, kafka_broker, slot="first") as first:
        await first.until(lambda: len(gate.starts) == min(stage.concurrency, len(events)))
        begun = [event for event in events if event.id in gate.starts]
        async with running(stage, others, kafka_broker, slot="second", ready=False) as second:
            await first.until(lambda: len(held(first, closing=True)) == 2)
            stays, goes = held(first, closing=False), held(first, closing=True)
            order = arm(tmp_path, "stream.transaction_open", f"sleep {LONGER_THAN_THE_SESSION}")
            for event in begun:
                if places[event.key] in stays:
                    gate.let_go(event.id)
            await first.until(lambda: not order.exists())
            late = {event.id for event in begun if places[event.key] in goes}
            for event_id in late:
                gate.let_go(event_id)
            await first.until(lambda: late <= set(gate.ended))
            await second.until(lambda: late <= set(others.ended))
            for event in events:
                gate.let_go(event.id)
            await first.until(lambda: committed(kafka_broker, stage) >= len(events))
            assert first.metric("diglot_stage_discarded_total") >= len(late)
            assert first.metric('diglot_stage_transactions_total{outcome="stale"') == 1
            assert held(first, closing=False) == stays
            assert held(second, closing=False) == goes
    check_once(kafka_broker, stage, events)
    assert all(gate.starts[event.id] == 1 for event in events if places[event.key] in stays)


def _poller_of(work: Running) -> _poller.Poller:
    assert work.runner._poller is not None
    return work.runner._poller
