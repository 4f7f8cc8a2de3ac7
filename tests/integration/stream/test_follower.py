from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from cli.embedded import EmbeddedBroker, free_port
from shared.errors import OffsetGone, Unavailable
from shared.model import ArticleSubmitted, Event, encode
from shared.stream import TopicFollower
from shared.stream.topics import Topic
from tests.support.brokers import Broker
from tests.support.events import make_topics, submitted, unique
from tests.support.stages import eventually, send


def a_topic(partitions: int = 1) -> Topic:
    return Topic(unique("followed"), partitions, timedelta(days=1), False, 100_000, ArticleSubmitted)


async def take(follower: TopicFollower, offset: int, count: int) -> list[tuple[int, Event]]:
    found: list[tuple[int, Event]] = []
    async with asyncio.timeout(20):
        async for item in follower.follow(offset):
            found.append(item)
            if len(found) == count:
                break
    return found


async def test_an_empty_topic_ends_where_it_begins(broker: Broker) -> None:
    topic = a_topic()
    make_topics(broker, topic)
    follower = TopicFollower(topic, broker.settings())
    extent = await follower.extent()
    assert (extent.begin, extent.end) == (0, 0)
    assert extent.cluster_id
    await follower.close()


async def test_from_the_noted_end_every_later_event_comes_in_order(broker: Broker) -> None:
    topic = a_topic()
    make_topics(broker, topic)
    await send(broker, topic, [submitted(str(n)) for n in range(5)])
    follower = TopicFollower(topic, broker.settings())
    extent = await follower.extent()
    assert (extent.begin, extent.end) == (0, 5)
    await send(broker, topic, [submitted(str(n)) for n in range(5, 8)])
    found = await take(follower, extent.end, 3)
    assert [offset for offset, _ in found] == [5, 6, 7]
    assert [event.key for _, event in found] == [submitted(str(n)).key for n in range(5, 8)]
    await follower.close()


async def test_an_event_that_comes_later_is_seen(broker: Broker) -> None:
    topic = a_topic()
    make_topics(broker, topic)
    follower = TopicFollower(topic, broker.settings())
    extent = await follower.extent()
    waiting = asyncio.create_task(take(follower, extent.end, 1))
    await eventually(lambda: follower.problem is None)  # a poll found nothing, so the next one waits
    await send(broker, topic, [submitted("late")])
    found = await waiting
    assert found[0][1].key == submitted("late").key
    assert follower.problem is None
    await follower.close()


async def test_what_is_no_event_is_left_out_and_a_newer_version_stops_it(broker: Broker) -> None:
    topic = a_topic()
    make_topics(broker, topic)
    client = KafkaProducer(bootstrap_servers=broker.bootstrap)
    client.send(topic.name, b"rubbish", b"k").get(10)
    record = encode(submitted("new"), "/diglot/test")
    await send(broker, topic, [submitted("good")])
    newer = [(name, b"99" if name == "ce_schemaversion" else value) for name, value in record.headers]
    client.send(topic.name, record.value, record.key, newer).get(10)
    client.close()

    follower = TopicFollower(topic, broker.settings())
    assert [offset for offset, _ in await take(follower, 0, 1)] == [1]
    with pytest.raises(Unavailable, match="upgrade it"):
        await take(follower, 1, 2)
    assert follower.position == 2
    await follower.close()


async def test_only_a_topic_with_one_partition_can_be_followed(broker: Broker) -> None:
    with pytest.raises(ValueError, match="only one has an order"):
        TopicFollower(a_topic(partitions=2), broker.settings())


async def test_no_broker_is_unavailable() -> None:
    follower = TopicFollower(a_topic(), Broker("127.0.0.1:1", embedded=True).settings())
    with pytest.raises(Unavailable):
        await follower.extent()
    await follower.close()


@pytest.mark.kafka
async def test_an_offset_that_retention_took_is_gone(kafka_broker: Broker) -> None:
    topic = a_topic()
    make_topics(kafka_broker, topic)
    await send(kafka_broker, topic, [submitted(str(n)) for n in range(5)])
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.bootstrap)
    admin.delete_records({TopicPartition(topic.name, 0): 3})
    admin.close()
    follower = TopicFollower(topic, kafka_broker.settings())
    extent = await follower.extent()
    assert (extent.begin, extent.end) == (3, 5)
    with pytest.raises(OffsetGone):
        await take(follower, 0, 1)
    await follower.close()


async def test_a_broker_that_lost_everything_is_another_cluster(tmp_path: Path) -> None:
    port = free_port()
    broker = Broker(f"127.0.0.1:{port}", embedded=True)
    topic = a_topic()
    with EmbeddedBroker(port, tmp_path):
        make_topics(broker, topic)
        await send(broker, topic, [submitted("before")])
        follower = TopicFollower(topic, broker.settings())
        before = await follower.extent()
        waiting = asyncio.create_task(take(follower, before.end, 1))
        await eventually(lambda: follower.problem is None)
    with EmbeddedBroker(port, tmp_path):
        make_topics(broker, topic)
        with pytest.raises(OffsetGone, match="another cluster"):
            await waiting
        await follower.close()
