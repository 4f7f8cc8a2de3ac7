"""Reading topics by offset and time, on both brokers: the embedded one answers such questions in its own way."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from kafka import KafkaProducer

from shared.errors import Unavailable
from shared.model import ArticleSubmitted
from shared.stream._reader import TopicReader, partitions_of
from shared.stream.topics import Topic
from tests.support.brokers import Broker
from tests.support.events import make_topics, unique

SECOND = 1_000


def new_topic(broker: Broker) -> Topic:
    topic = Topic(unique("read"), 2, timedelta(days=1), False, 200_000, ArticleSubmitted)
    make_topics(broker, topic)
    return topic


def test_ends_and_ranges_are_right_where_transactions_leave_gaps(broker: Broker) -> None:
    topic = new_topic(broker)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=topic.name)
    producer.init_transactions()
    for n in range(4):
        producer.begin_transaction()
        for m in range(2):
            producer.send(topic.name, f"{n}.{m}".encode(), b"k", [("h", b"x")], partition=1)
        producer.commit_transaction()
    producer.close()
    first, second = partitions_of(topic)
    with TopicReader(broker.settings(), "test", [topic]) as reader:
        begins, ends = reader.begins([first, second]), reader.ends([first, second])
        assert (begins, ends) == ({first: 0, second: 0}, {first: 0, second: 12})
        found = list(reader.read(second, 0, ends[second]))
        expected = [(n * 3 + m, f"{n}.{m}".encode()) for n in range(4) for m in range(2)]
        assert [(f.offset, f.value) for f in found] == expected
        assert (found[0].key, found[0].headers) == (b"k", (("h", b"x"),))
        assert [f.offset for f in reader.read(second, 2, 7)] == [3, 4, 6]
        assert list(reader.read(first, 0, 0)) == []
        one = reader.first(second, 5, 12)
        assert one is not None
        assert one.offset == 6
        assert reader.first(second, 11, 12) is None
        assert reader.first(second, 40, 41) is None


def test_the_offset_of_a_time_is_that_of_the_first_record_from_then_on(broker: Broker) -> None:
    topic = new_topic(broker)
    start = int(time.time() * SECOND) - 3600 * SECOND
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    for n in range(5):
        producer.send(topic.name, b"v", b"k", partition=1, timestamp_ms=start + n * SECOND).get(10)
    producer.close()
    first, second = partitions_of(topic)
    with TopicReader(broker.settings(), "test", [topic]) as reader:
        begins, ends = reader.begins([first, second]), reader.ends([first, second])
        found = reader.first(second, 2, 5)
        assert found is not None
        assert found.at == start + 2 * SECOND

        def offset_at(at: int) -> int:
            times = reader.offsets_at(at, begins, ends)
            assert times[first] == 0
            return times[second]

        assert [offset_at(start + after) for after in (-SECOND, 0, 1, SECOND, 4 * SECOND, 4 * SECOND + 1)] == [
            0,
            0,
            1,
            1,
            4,
            5,
        ]


def test_a_missing_topic_is_named_and_not_made(broker: Broker) -> None:
    missing = Topic(unique("missing"), 1, None, False, 1000, None)
    for _ in range(2):
        with pytest.raises(Unavailable, match=missing.name), TopicReader(broker.settings(), "test", [missing]):
            pass
