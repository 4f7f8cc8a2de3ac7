from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

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


async def test_topics_that_were_just_made_are_as_declared(broker: Broker) -> None:
    await topics.create_topics(broker.settings())
    assert topics.differences(broker.settings()) == []


@pytest.mark.kafka
def test_each_setting_that_was_changed_by_hand_is_reported_and_stays_as_it_is(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = topics.Topic("changed", 1, timedelta(days=7), compacted=False, max_bytes=1000, carries=None)
    # Retention comes from the broker's default here, which is seven days as well.
    mine = {"cleanup.policy": "compact", "max.message.bytes": "1001", "min.insync.replicas": "3"}
    with TopicAdmin(kafka_broker.settings(), wait=10) as admin:
        admin.create("changed", 1, 1, mine)
        admin.wait_for(["changed"])
    monkeypatch.setattr(topics, "TOPICS", (declared, replace(declared, name="not.there")))
    for _ in range(2):
        assert topics.differences(kafka_broker.settings()) == [
            topics.Difference("changed", "cleanup.policy", "compact", "delete"),
            topics.Difference("changed", "max.message.bytes", "1001", "1000"),
            topics.Difference("changed", "min.insync.replicas", "3", "1"),
        ]
    monkeypatch.setattr(topics, "TOPICS", (replace(declared, retention=timedelta(days=8)),))
    assert topics.Difference("changed", "retention.ms", "604800000", "691200000") in topics.differences(
        kafka_broker.settings()
    )


@pytest.mark.kafka
def test_the_command_says_what_differs_in_a_line_each(kafka_broker: Broker) -> None:
    # The test's broker has one copy of each, so that three copies want another number in sync.
    environment = {**kafka_broker.environment(), "DIGLOT_KAFKA_REPLICATION": "3"}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "shared.stream.topics_main"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "all topics are there\n")
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    names = ("level", "topic", "setting", "found", "declared")
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("warning", topic.name, "min.insync.replicas", "1", "2") for topic in topics.TOPICS
    ]


def test_the_command_says_at_once_whom_it_waits_for_and_without_a_warning() -> None:
    environment = {**os.environ, "DIGLOT_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    command = [sys.executable, "-m", "shared.stream.topics_main"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = next(line for line in process.stderr if not line.startswith("{"))
    finally:
        process.kill()
        process.communicate()
    assert said.startswith("no Kafka broker answers")
    assert said.endswith("(DIGLOT_KAFKA_BOOTSTRAP=127.0.0.1:1); waiting for up to 60 s\n")


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
