"""What becomes of a record, as its trace tells it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.errors import Poison, Transient, Unavailable
from shared.model import Event, encode, header
from shared.settings import CommonSettings
from shared.stream import EventProducer, Work
from shared.stream._dispatch import Dispatcher
from shared.stream._holdings import Batch, Holdings
from shared.stream._offsets import Ledger
from shared.stream._progress import Reports
from shared.stream._records import Consumed, Partition
from shared.stream._results import Result
from shared.stream.stage import Handler
from shared.telemetry import Metrics, tracing
from tests.support.collector import Collector, Seen
from tests.support.events import submitted
from tests.support.stages import declare, eventually

STAGE = declare("traced")
INPUT = Partition(STAGE.consumes[0].name, 2)
TRACE, SENDER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
EVENT = submitted("traced")


class Commits:
    def __init__(self) -> None:
        self.problem: str | None = None
        self.results: list[Result] = []

    def put(self, result: Result) -> None:
        self.results.append(result)


@asynccontextmanager
async def traced(handler: Handler) -> AsyncIterator[tuple[Dispatcher, Commits, list[Seen]]]:
    """A stage that is handed one record of the sender's; its spans are all there once the block has ended."""
    commits, holdings, loop = Commits(), Holdings(), asyncio.get_running_loop()
    producer = EventProducer(CommonSettings(), "/diglot/test", [])
    failures: list[BaseException] = []
    with Collector() as collector, tracing(CommonSettings(otlp_endpoint=collector.endpoint), "test") as tracer:
        dispatcher = Dispatcher(
            STAGE,
            handler,
            commits,
            Reports(STAGE, producer, loop.time),
            holdings,
            Metrics(),
            fresh=lambda: True,
            fail=failures.append,
            tracer=tracer,
        )
        (held,) = holdings.open([INPUT])
        holdings.place(held, Ledger(0))
        dispatcher.assigned([held], 0)
        encoded = encode(EVENT, "/diglot/test", f"00-{TRACE}-{SENDER}-01")
        dispatcher.received([Batch(held, [Consumed(INPUT, 7, encoded.key, encoded.value, encoded.headers)], 8)])
        yield dispatcher, commits, collector.spans
        await dispatcher.cancel()
    assert failures == []
    await producer.close()


def header_of(result: Result, name: str) -> str:
    (record,) = result.records
    return header(record.headers, name) or ""


async def test_each_attempt_is_a_span_and_the_last_ones_results_continue_it() -> None:
    async def handler(_event: Event, work: Work) -> Sequence[Event]:
        if work.attempt == 1:
            raise Unavailable("the model is down", retry_after=0.01)
        if work.attempt == 2:
            raise Transient("too busy", retry_after=0.01)
        return [EVENT]

    async with traced(handler) as (_, commits, spans):
        await eventually(lambda: commits.results)
    (result,) = commits.results
    parked, retried, done = sorted(spans, key=lambda span: str(span.attributes["diglot.attempt"]))
    for span in (parked, retried, done):
        assert (span.name, span.kind, span.trace, span.parent) == ("traced handle", "consumer", TRACE, SENDER)
        assert span.attributes["diglot.article.id"] == EVENT.article.id
        assert span.attributes["diglot.article.version"] == str(EVENT.version)
        assert span.attributes["messaging.destination.name"] == INPUT.topic
        assert span.attributes["messaging.destination.partition.id"] == "2"
        assert span.attributes["messaging.kafka.offset"] == 7
        assert span.attributes["messaging.consumer.group.name"] == "traced"
    assert [span.failed for span in (parked, retried, done)] == [True, True, False]
    assert [name for name, _ in parked.events] == ["park"]
    assert [name for name, _ in retried.events] == ["retry"]
    assert (retried.attributes["error.type"], retried.reason) == ("Transient", "too busy")
    assert done.events == []
    sent = f"00-{TRACE}-{done.span}-01"
    assert header_of(result, "ce_traceparent") == sent


async def test_a_dead_letter_is_an_event_of_the_attempt_that_failed() -> None:
    async def handler(_event: Event, _work: Work) -> Sequence[Event]:
        raise Poison("no text in it")

    async with traced(handler) as (_, commits, spans):
        await eventually(lambda: commits.results)
    (result,) = commits.results
    (span,) = spans
    assert span.events == [("dead letter", {"diglot.dead_letter.kind": "poison"})]
    assert (span.failed, span.reason) == (True, "no text in it")
    assert header_of(result, "dlq_trace_id") == TRACE


async def test_a_cancelled_attempt_is_in_the_trace() -> None:
    started = asyncio.Event()

    async def handler(_event: Event, _work: Work) -> Sequence[Event]:
        started.set()
        await asyncio.Event().wait()
        return []

    async with traced(handler) as (dispatcher, _, spans):
        await started.wait()
        await dispatcher.cancel()
    (span,) = spans
    assert (span.failed, span.attributes["error.type"]) == (True, "CancelledError")
