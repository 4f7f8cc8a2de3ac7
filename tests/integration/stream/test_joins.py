"""What a rebalance costs the workers that stay."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest

from shared.model import Event, encode
from shared.stream import EventProducer, Stage, Work
from shared.stream.producer import Outgoing
from tests.support.brokers import Broker
from tests.support.events import submitted
from tests.support.stages import make_stage, output, running

JOINS = 4
SOURCE = "/diglot/test"


@pytest.mark.kafka
async def test_a_worker_that_comes_or_goes_makes_no_transaction_fail(kafka_broker: Broker) -> None:
    """The broker refuses offsets of the generation before: a transaction that met a join would fail."""
    stage = make_stage(kafka_broker, partitions=6)
    enough = asyncio.Event()
    failed = handled = 0.0
    async with running(stage, echo, kafka_broker, slot="stays") as stays, asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(post(stage, kafka_broker, enough))
        for n in range(JOINS):
            async with running(stage, echo, kafka_broker, slot=f"comes-{n}") as comes:
                await comes.until(lambda: comes.metric("diglot_stage_handled_total") > 50)
            failed += not_committed(comes.metrics.render())
            handled += comes.metric("diglot_stage_handled_total")
        enough.set()
        sent = await posting
        await stays.until(lambda: stays.metric("diglot_stage_handled_total") + handled == len(sent))
    failed += not_committed(stays.metrics.render())
    assert failed == 0
    assert sorted(event.id for event in output(kafka_broker, stage, len(sent))) == sorted(sent)


@pytest.mark.parametrize("seconds", [0.3, 2.0])
async def test_a_worker_that_is_stopped_while_it_joins_leaves_a_group_that_others_can_join(
    embedded_broker: Broker, seconds: float
) -> None:
    """The embedded broker takes 3 s for a join, and a member that left in between was the end of its group."""
    stage = make_stage(embedded_broker)
    async with running(stage, echo, embedded_broker, ready=False) as stopped:
        await asyncio.sleep(seconds)
        assert stopped.runner.not_ready()
    async with running(stage, echo, embedded_broker):
        pass


async def echo(event: Event, _work: Work) -> Sequence[Event]:
    return [event]


async def post(stage: Stage, broker: Broker, enough: asyncio.Event) -> list[str]:
    """Send a few articles again and again; gives the ids of all."""
    sent: list[str] = []
    producer = EventProducer(broker.settings(), SOURCE, stage.consumes)
    for n in count():
        if enough.is_set():
            break
        events = [submitted(f"{n}-{m}") for m in range(5)]
        await producer.send_all([Outgoing.of(stage.consumes[0], encode(event, SOURCE)) for event in events])
        sent += [event.id for event in events]
        await asyncio.sleep(0.02)
    await producer.close()
    return sent


def not_committed(metrics: bytes) -> float:
    """Transactions that failed."""
    lines = [line for line in metrics.decode().splitlines() if line.startswith("diglot_stage_transactions_total")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if 'outcome="committed"' not in line)
