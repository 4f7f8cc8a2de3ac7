"""Stages of one test: topics of their own, run inside the test's process."""

from __future__ import annotations

import asyncio
import random
import string
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict, Unpack

from kafka import KafkaConsumer, TopicPartition

from shared.model import ArticleStatus, ArticleSubmitted, Event, StatusesReported, decode
from shared.process import Shutdown
from shared.stream import EventProducer, Handler, Stage, StageRunner
from shared.stream.topics import STATUS, Topic
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.events import make_topics, read_topic


class StageOptions(TypedDict, total=False):
    """What a test may set of a stage: the fields of `Stage` of the same name."""

    concurrency: int
    attempt_seconds: float
    retry_seconds: float
    window: int


def declare(name: str, *, partitions: int = 3, max_bytes: int = 200_000, **options: Unpack[StageOptions]) -> Stage:
    """A stage from `<name>.in` to `<name>.out`."""
    consumed, produced = (
        Topic(f"{name}.{end}", partitions, timedelta(days=1), False, max_bytes, ArticleSubmitted)
        for end in ("in", "out")
    )
    return Stage(name, (consumed,), (produced,), **({"attempt_seconds": 30.0} | options))


def make_stage(
    broker: Broker, *, partitions: int = 3, max_bytes: int = 200_000, **options: Unpack[StageOptions]
) -> Stage:
    """A stage with a name that no other test uses; its topics, dead letters included, are made."""
    name = "t" + "".join(random.choices(string.ascii_lowercase, k=10))
    stage = declare(name, partitions=partitions, max_bytes=max_bytes, **options)
    make_topics(broker, *stage.consumes, *stage.produces, stage.dead_letters)
    return stage


@dataclass
class Running:
    """A stage at work."""

    runner: StageRunner
    metrics: Metrics
    shutdown: Shutdown
    task: asyncio.Task[None]

    async def until(self, condition: Callable[[], object], seconds: float = 90.0) -> None:
        """Wait until the condition holds; raises what ended the stage before."""
        await eventually(lambda: self.task.done() or condition(), seconds)
        if not condition():
            await self.task
            raise AssertionError("the stage ended first")

    async def stop(self) -> None:
        """Ask it to drain, and wait for its end."""
        if not self.shutdown.draining.is_set():
            self.shutdown.request()
        await self.task

    def metric(self, line: str) -> float:
        """The sum of the metrics whose lines begin so, 0 when there is none yet."""
        lines = self.metrics.render().decode().splitlines()
        return sum(float(found.rsplit(" ", 1)[1]) for found in lines if found.startswith(line))


@asynccontextmanager
async def running(
    stage: Stage,
    handler: Handler,
    broker: Broker,
    *,
    drain_seconds: float = 20.0,
    ready: bool = True,
    slot: str = "only",
) -> AsyncIterator[Running]:
    """Run a stage for the length of the block; with `ready`, the block begins when it has joined its group."""
    metrics, shutdown = Metrics(), Shutdown()
    settings = broker.settings().model_copy(update={"slot": slot})
    runner = StageRunner(stage, handler, settings, metrics, shutdown, drain_seconds=drain_seconds)
    work = Running(runner, metrics, shutdown, asyncio.create_task(runner.run()))
    try:
        if ready:
            await work.until(lambda: not runner.not_ready())
        yield work
    finally:
        await work.stop()


async def eventually(condition: Callable[[], object], seconds: float = 90.0) -> None:
    """Wait until the condition holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def send(broker: Broker, topic: Topic, events: list[ArticleSubmitted]) -> None:
    """Put events on a topic, in order."""
    producer = EventProducer(broker.settings(), "/diglot/test", [topic])
    for event in events:
        await producer.send(topic, event)
    await producer.close()


def output(broker: Broker, stage: Stage, at_least: int, seconds: float = 60.0) -> list[ArticleSubmitted]:
    """What the stage sent, in the order of each partition."""
    events = [decode(r.headers.items(), r.value) for r in read_topic(broker, stage.produces[0], at_least, seconds)]
    return [event for event in events if isinstance(event, ArticleSubmitted)]


def statuses(broker: Broker, stage: Stage) -> list[ArticleStatus]:
    """What the stage reported."""
    events: list[Event] = [decode(r.headers.items(), r.value) for r in read_topic(broker, STATUS, 1)]
    told = [status for event in events if isinstance(event, StatusesReported) for status in event.statuses]
    return [status for status in told if status.stage == stage.name]


def committed(broker: Broker, stage: Stage) -> int:
    """Records that the stage's group has committed, summed over the partitions of its input."""
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=stage.name, enable_auto_commit=False)
    try:
        topic = stage.consumes[0]
        return sum(consumer.committed(TopicPartition(topic.name, n)) or 0 for n in range(topic.partitions))
    finally:
        consumer.close()
