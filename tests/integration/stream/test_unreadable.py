"""Records that no client of ours would send, and that kafka-python can't read."""

from __future__ import annotations

from collections.abc import Sequence

from kafka import KafkaProducer

from shared.model import Event
from shared.stream import Work
from tests.support.brokers import Broker
from tests.support.events import submitted
from tests.support.stages import make_stage, running, send


class NotText(str):
    """A header's name that goes out as bytes that aren't UTF-8."""

    __slots__ = ()

    def encode(self, _encoding: str = "utf-8", _errors: str = "strict") -> bytes:
        return b"\xff"


async def echo(event: Event, _work: Work) -> Sequence[Event]:
    return [event]


async def test_an_unreadable_record_holds_up_its_partition_only_and_is_named(broker: Broker) -> None:
    stage = make_stage(broker, partitions=2)
    topic = stage.consumes[0]
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    try:
        producer.send(topic.name, b"{}", headers=[(NotText("x"), b"")], partition=0).get(20)
    finally:
        producer.close()
    await send(broker, topic, [submitted(str(number)) for number in range(40)])
    async with running(stage, echo, broker, ready=False) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") > 0)
        await work.until(lambda: f"{topic.name}[0] from offset 0 on can't be read" in " ".join(work.runner.not_ready()))
        before = work.metric("diglot_stage_handled_total")
        await send(broker, topic, [submitted(f"more {number}") for number in range(40)])
        await work.until(lambda: work.metric("diglot_stage_handled_total") > before)
        assert not work.task.done()
