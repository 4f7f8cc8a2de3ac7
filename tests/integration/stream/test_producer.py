from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path

import pytest
from kafka.producer.sender import Sender

from cli.embedded import EmbeddedBroker, free_port
from shared.errors import Poison, Unavailable
from shared.model import ArticleSubmitted, decode, header
from shared.stream.producer import EventProducer
from shared.stream.topics import Topic
from tests.support.brokers import Broker
from tests.support.events import make_topics, read_topic, submitted, unique
from tests.support.kafka_server import KafkaServer
from tests.support.stages import eventually


def a_topic(max_bytes: int = 100_000) -> Topic:
    return Topic(unique("produced"), 3, timedelta(days=1), False, max_bytes, ArticleSubmitted)


async def sent_at_last(producer: EventProducer, topic: Topic, event: ArticleSubmitted) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                return await producer.send(topic, event)
            except Unavailable:
                await asyncio.sleep(0.05)


async def _later(seconds: float, send: Coroutine[None, None, None]) -> None:
    await asyncio.sleep(seconds)
    await send


async def test_an_acknowledged_event_is_on_the_topic(broker: Broker) -> None:
    topic = a_topic()
    make_topics(broker, topic)
    producer = EventProducer(broker.settings(), "/diglot/test", [topic])
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await asyncio.gather(*(producer.send(topic, submitted(str(n)), traceparent=trace) for n in range(50)))
    await producer.close()

    records = read_topic(broker, topic, 50)
    assert len(records) == 50
    assert {decode(r.headers.items(), r.value).key for r in records} == {submitted(str(n)).key for n in range(50)}
    assert header(records[0].headers.items(), "ce_traceparent") == trace


async def test_a_record_of_the_maximum_size_fits_and_a_larger_one_is_refused(broker: Broker) -> None:
    topic = a_topic(max_bytes=80_000)
    make_topics(broker, topic)
    producer = EventProducer(broker.settings(), "/diglot/test", [topic])
    fixed = len(submitted("x", body="b").model_dump_json())
    await producer.send(topic, submitted("x", body="b" * (80_000 - fixed - 1_500)))
    with pytest.raises(Poison, match="too many for"):
        await producer.send(topic, submitted("x", body="b" * 80_000))
    await producer.send(topic, submitted("y"))
    await producer.close()
    assert len(read_topic(broker, topic, 2)) == 2


async def test_a_missing_topic_is_unavailable_and_is_not_created(broker: Broker) -> None:
    topic = a_topic()
    producer = EventProducer(broker.settings(), "/diglot/test", [topic], deliver_within=1.0)
    with pytest.raises(Unavailable):
        await producer.send(topic, submitted("x"))
    make_topics(broker, topic)
    await sent_at_last(producer, topic, submitted("x"))
    await producer.close()
    assert len(read_topic(broker, topic, 1)) == 1


async def test_no_broker_is_unavailable_and_it_is_found_when_it_starts(tmp_path: Path) -> None:
    port = free_port()
    broker = Broker(f"127.0.0.1:{port}", embedded=True)
    topic = a_topic()
    producer = EventProducer(broker.settings(), "/diglot/test", [topic], deliver_within=1.0)
    outcomes = await asyncio.gather(*(producer.send(topic, submitted("x")) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    with EmbeddedBroker(port, tmp_path):
        make_topics(broker, topic)
        await sent_at_last(producer, topic, submitted("x"))
        await producer.close()


async def test_an_outage_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    def senders() -> list[threading.Thread]:
        return [thread for thread in set(threading.enumerate()) - before if isinstance(thread, Sender)]

    with EmbeddedBroker(free_port(), tmp_path) as server:
        broker = Broker(server.bootstrap, embedded=True)
        topic = a_topic()
        make_topics(broker, topic)
        producer = EventProducer(broker.settings(), "/diglot/test", [topic], deliver_within=1.0)
        for number in range(2):
            await sent_at_last(producer, topic, submitted(f"before {number}"))
            os.kill(server.pid, signal.SIGSTOP)
            try:
                # The second is still on its way when the first has failed.
                sends = [producer.send(topic, submitted("during"))]
                sends += [_later(0.8, producer.send(topic, submitted("during")))]
                outcomes = await asyncio.gather(*sends, return_exceptions=True)
                assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
            finally:
                os.kill(server.pid, signal.SIGCONT)
        await sent_at_last(producer, topic, submitted("after"))
        await eventually(lambda: len(senders()) == 1)
        await producer.close()
        await eventually(lambda: not senders())


@pytest.mark.kafka
async def test_a_killed_broker_is_unavailable_and_sending_goes_on_after_its_restart(tmp_path: Path) -> None:
    server = KafkaServer(tmp_path)
    try:
        broker = Broker(server.bootstrap, embedded=False)
        topic = a_topic()
        make_topics(broker, topic)
        producer = EventProducer(broker.settings(), "/diglot/test", [topic], deliver_within=2.0)
        await producer.send(topic, submitted("before"))
        server.kill()
        with pytest.raises(Unavailable):
            await producer.send(topic, submitted("during"))
        await asyncio.to_thread(server.start)
        await sent_at_last(producer, topic, submitted("after"))
        await producer.close()
        found = {decode(r.headers.items(), r.value).key for r in read_topic(broker, topic, 2)}
        assert found >= {submitted("before").key, submitted("after").key}
    finally:
        server.kill()
