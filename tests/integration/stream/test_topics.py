from __future__ import annotations

import pytest

from shared.errors import ConfigError, Unavailable
from shared.settings import CommonSettings
from shared.stream import topics
from shared.stream._admin import TopicAdmin
from tests.support.brokers import Broker


async def test_creating_topics_again_changes_nothing(broker: Broker) -> None:
    assert await topics.create_topics(broker.settings()) == []


async def test_every_topic_has_its_declared_partitions(broker: Broker) -> None:
    with TopicAdmin(broker.settings(), wait=10) as admin:
        found = admin.partitions([topic.name for topic in topics.TOPICS])
    assert found == {topic.name: topic.partitions for topic in topics.TOPICS}


async def test_a_topic_with_other_partitions_is_reported(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "made.by.hand"
    with TopicAdmin(broker.settings(), wait=10) as admin:
        admin.create(name, 2, 1, {})
        admin.wait_for([name])
    declared = topics.Topic(name, partitions=4, retention=None, compacted=False, max_bytes=1000, carries=None)
    monkeypatch.setattr(topics, "TOPICS", (declared,))
    with pytest.raises(ConfigError, match=r"made\.by\.hand has 2 partitions, not 4"):
        await topics.create_topics(broker.settings())


async def test_no_broker_is_unavailable() -> None:
    settings = CommonSettings(kafka_bootstrap="127.0.0.1:1")
    with pytest.raises(Unavailable, match="no Kafka broker answers"):
        await topics.create_topics(settings, wait=0)


@pytest.mark.kafka
async def test_too_few_brokers_for_the_copies_names_the_setting(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = topics.Topic("three", partitions=1, retention=None, compacted=False, max_bytes=1000, carries=None)
    monkeypatch.setattr(topics, "TOPICS", (declared,))
    settings = kafka_broker.settings().model_copy(update={"kafka_replication": 3})
    with pytest.raises(ConfigError, match="DIGLOT_KAFKA_REPLICATION"):
        await topics.create_topics(settings)
