"""Small valid events for tests of the stream, and what lies on a topic."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition

from shared.model import Article, ArticleSubmitted, Version, canonical_text
from shared.model.identity import article_id
from shared.stream._admin import TopicAdmin
from shared.stream.topics import Topic
from tests.support.brokers import Broker

ACCEPTED = 1_795_000_000_000


def submitted(key: str, revision: int = ACCEPTED, body: str = "Body.") -> ArticleSubmitted:
    """An accepted article whose id follows from `key`."""
    text = canonical_text("Title", body)
    article = Article(
        id=article_id("test", key),
        source="test",
        source_name="Test",
        title="Title",
        text=text,
        language="en",
        content_hash=Article.hash_of(text, "en", None, None, None, "Test"),
        accepted=revision,
    )
    return ArticleSubmitted(article=article, version=Version(revision=revision))


def unique(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}.{uuid.uuid4().hex[:10]}"


def make_topics(broker: Broker, *topics: Topic) -> None:
    """Create topics that only one test uses."""
    with TopicAdmin(broker.settings(), wait=10) as admin:
        for topic in topics:
            admin.create(topic.name, topic.partitions, 1, topic.config(1))
        admin.wait_for([topic.name for topic in topics])


@dataclass(frozen=True)
class Read:
    """A record as it lies on a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


def read_topic(broker: Broker, topic: Topic, at_least: int, seconds: float = 60.0, settle: float = 0.5) -> list[Read]:
    """All records of a topic, once there are `at_least`; `settle` seconds more show whether others follow."""
    consumer = KafkaConsumer(
        bootstrap_servers=broker.bootstrap,
        group_id=None,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        allow_auto_create_topics=False,
        fetch_max_wait_ms=20,
        max_partition_fetch_bytes=topic.max_bytes + 1024,
    )
    try:
        consumer.assign([TopicPartition(topic.name, number) for number in range(topic.partitions)])
        found: list[Read] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=100).values():
                found += [Read(r.partition, r.offset, r.key, r.value, dict(r.headers)) for r in records]
            if len(found) >= at_least:
                deadline = min(deadline, time.monotonic() + settle)
        return found
    finally:
        consumer.close()
