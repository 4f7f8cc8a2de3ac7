"""A stage that sends nothing, not even a status: what it has done is committed all the same, on both brokers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.model import ArticleStatus, Event, StatusesReported, Version
from shared.stream import EventProducer, Work
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, submitted
from tests.support.stages import committed, eventually, make_stage, running

ROUNDS = 4


async def keep_silent(_event: Event, _work: Work) -> Sequence[Event]:
    return []


async def test_each_of_its_commits_holds(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1)
    topic = replace(stage.consumes[0], carries=StatusesReported)
    stage = replace(stage, consumes=(topic,), produces=())
    status = ArticleStatus(
        article_id=submitted("a").article.id,
        version=Version(revision=ACCEPTED),
        stage="analyze.draft",
        status="done",
        at=ACCEPTED,
    )
    report = StatusesReported(statuses=(status,))
    producer = EventProducer(broker.settings(), "/diglot/test", [topic])
    async with running(stage, keep_silent, broker):
        for number in range(1, ROUNDS + 1):
            await producer.send(topic, report)
            # Transaction markers are only on the topics that a transaction wrote to: here offsets are counts.
            await eventually(lambda n=number: committed(broker, stage) == n)  # type: ignore[misc]
    await producer.close()
