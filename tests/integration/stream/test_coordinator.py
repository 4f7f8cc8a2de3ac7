"""Three nodes: the transaction's coordinator dies at the worst moment, or its answer is lost."""

from __future__ import annotations

import asyncio
import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from shared import failpoints
from shared.model import ArticleSubmitted, Event
from shared.stream import Stage, Work, create_topics
from shared.stream._admin import TopicAdmin
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, submitted
from tests.support.kafka_cluster import NODES, KafkaCluster
from tests.support.stages import committed, declare, output, running, send
from tests.support.tcp_proxy import KafkaProxy
from tests.support.worker import arm

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

SLOT = "desk"
OPEN_SECONDS = 4.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with KafkaCluster(tmp_path_factory.mktemp("cluster")) as nodes:
        yield nodes


async def stage_on(broker: Broker) -> Stage:
    """A stage whose topics have a copy on each node."""
    settings = broker.settings().model_copy(update={"kafka_replication": NODES})
    await create_topics(settings)
    stage = declare("t" + "".join(random.choices(string.ascii_lowercase, k=10)))
    with TopicAdmin(settings, wait=10) as admin:
        for topic in (*stage.consumes, *stage.produces, stage.dead_letters):
            admin.create(topic.name, topic.partitions, NODES, topic.config(NODES))
        admin.wait_for([topic.name for topic in (*stage.consumes, *stage.produces, stage.dead_letters)])
    return stage


def articles(turn: int) -> list[ArticleSubmitted]:
    return [submitted(str(key), ACCEPTED + turn) for key in range(50)]


class Handler:
    """Counts its runs."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()

    async def __call__(self, event: Event, _work: Work) -> Sequence[Event]:
        self.starts[event.id] += 1
        return [event]


def check_once(broker: Broker, stage: Stage, handler: Handler, inputs: Sequence[ArticleSubmitted]) -> None:
    once = Counter(event.id for event in inputs)
    assert Counter(event.id for event in output(broker, stage, len(inputs), seconds=60)) == once
    assert handler.starts == once


@pytest.mark.parametrize("place", ["stream.transaction_open", "stream.before_commit"])
async def test_work_goes_on_when_the_coordinator_of_an_open_transaction_dies(
    cluster: KafkaCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr(failpoints, "_directory", tmp_path)
    broker, handler = Broker(cluster.bootstrap, embedded=False), Handler()
    stage = await stage_on(broker)
    name = f"{stage.name}-{SLOT}"
    first, then = articles(0), articles(1)
    await send(broker, stage.consumes[0], first)
    async with running(stage, handler, broker, slot=SLOT) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == len(first), seconds=60)
        coordinator = cluster.ask(lambda admin: admin.describe_transactions([name]))[name].coordinator_id
        order = arm(tmp_path, place, f"sleep {OPEN_SECONDS}")
        await send(broker, stage.consumes[0], then)
        armed = time.monotonic()
        while order.exists():
            armed = time.monotonic()
            await asyncio.sleep(0.01)
        cluster.kill(coordinator)
        killed = time.monotonic()
        assert killed - armed < OPEN_SECONDS, "the transaction may have ended before its coordinator did"
        try:
            await work.until(lambda: work.metric("diglot_stage_handled_total") == len(first + then), seconds=120)
            resumed = time.monotonic() - killed
            record_property("seconds from the coordinator's death until all is committed", round(resumed, 1))
            assert resumed <= 30
            assert work.metric("diglot_stage_dead_lettered_total") == 0
        finally:
            cluster.start(coordinator)
            cluster.wait_until_in_sync()
    check_once(broker, stage, handler, first + then)
    assert committed(broker, stage) >= len(first + then)


async def test_a_commit_whose_answer_is_lost_is_neither_lost_nor_sent_twice(cluster: KafkaCluster) -> None:
    direct, handler = Broker(cluster.bootstrap, embedded=False), Handler()
    stage = await stage_on(direct)
    sent = articles(0)
    with KafkaProxy({ports.seen_by_clients: ports.clients for ports in cluster.ports.values()}) as proxy:
        async with running(stage, handler, Broker(proxy.bootstrap, embedded=False), slot=SLOT) as work:
            proxy.swallow(1)
            await send(direct, stage.consumes[0], sent)
            await work.until(lambda: work.metric("diglot_stage_handled_total") == len(sent), seconds=120)
            assert proxy.swallowed == 1
            more = articles(1)
            await send(direct, stage.consumes[0], more)
            sent += more
            await work.until(lambda: work.metric("diglot_stage_handled_total") == len(sent), seconds=120)
    check_once(direct, stage, handler, sent)
