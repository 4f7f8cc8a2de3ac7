from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.errors import Poison, Transient, Unavailable
from shared.model import Event, encode
from shared.settings import CommonSettings
from shared.stream import EventProducer, Handler, Stage, Work
from shared.stream._dispatch import Dispatcher
from shared.stream._holdings import Batch, Holdings
from shared.stream._offsets import Ledger
from shared.stream._progress import Reports
from shared.stream._records import Consumed, Partition
from shared.stream._results import Result
from shared.telemetry import Metrics
from tests.support.events import submitted
from tests.support.stages import declare, eventually

STAGE = declare("stage", window=10)
INPUT = Partition(STAGE.consumes[0].name, 0)


class Commits:
    """Keeps the results in the order in which they came."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self.results: list[Result] = []

    def put(self, result: Result) -> None:
        self.results.append(result)


def record(offset: int, key: str | None = None, size: int = 0) -> Consumed:
    encoded = encode(submitted(key or str(offset)), "/diglot/test")
    return Consumed(INPUT, offset, encoded.key, encoded.value, encoded.headers, size)


class Bench:
    """A dispatcher over one partition, without a broker."""

    def __init__(self, handler: Handler, stage: Stage = STAGE) -> None:
        self.commits, self.holdings = Commits(), Holdings()
        self.failures: list[BaseException] = []
        self.fresh = True
        self.producer = EventProducer(CommonSettings(), "/diglot/test", [])
        self.dispatcher = Dispatcher(
            stage,
            handler,
            self.commits,
            Reports(stage, self.producer, asyncio.get_running_loop().time),
            self.holdings,
            Metrics(),
            fresh=lambda: self.fresh,
            fail=self.failures.append,
        )
        (self.held,) = self.holdings.open([INPUT])
        self.holdings.place(self.held, Ledger(0))
        self.dispatcher.assigned([self.held], 0)

    def read(self, *records: Consumed) -> None:
        self.dispatcher.received([Batch(self.held, records, records[-1].offset + 1)])

    def commit(self) -> None:
        """Commit all results that were handed over."""
        results, self.commits.results = self.commits.results, []
        self.holdings.committed(results)
        self.dispatcher.committed(results)

    async def close(self) -> None:
        await self.dispatcher.cancel()
        await self.producer.close()


@asynccontextmanager
async def bench(handler: Handler, stage: Stage = STAGE) -> AsyncIterator[Bench]:
    made = Bench(handler, stage)
    try:
        yield made
    finally:
        await made.close()


async def nothing(_event: Event, _work: Work) -> Sequence[Event]:
    return []


async def test_a_record_that_is_tried_again_is_given_up_when_its_window_is_nearly_full_and_no_other_with_it() -> None:
    poison = asyncio.Event()

    async def handler(event: Event, _work: Work) -> Sequence[Event]:
        if event.key in {submitted("0").key, submitted("1").key}:
            raise Transient("not yet", retry_after=60.0)
        if event.key == submitted("7").key:
            await poison.wait()
            raise Poison("wrong")
        return []

    async with bench(handler) as made:
        results = made.commits.results
        made.read(*(record(offset) for offset in range(7)))
        await eventually(lambda: len(results) == 5)
        assert all(result.outcome == "handled" for result in results)
        made.read(record(7))
        await eventually(lambda: len(results) == 6)
        poison.set()
        await eventually(lambda: len(results) == 7)
        assert [(result.offset, result.outcome) for result in results[5:]] == [(0, "exhausted"), (7, "poison")]
        made.commit()
        await eventually(made.dispatcher.idle.is_set)
        assert made.holdings.position(made.held) == 1
        assert made.failures == []


async def test_a_key_that_is_tried_again_lets_the_others_of_its_partition_go_on_past_many_records_of_its_own() -> None:
    async def handler(event: Event, _work: Work) -> Sequence[Event]:
        if event.key == submitted("bad").key:
            raise Transient("not yet", retry_after=60.0)
        return []

    async with bench(handler, declare("stage")) as made:
        for offset in range(0, 1800, 2):
            made.read(record(offset, "bad"), record(offset + 1))
        await eventually(lambda: len(made.commits.results) == 900)
        assert not made.held.full


async def test_records_that_wait_for_a_retry_count_until_they_are_done() -> None:
    async def handler(_event: Event, _work: Work) -> Sequence[Event]:
        raise Transient("not yet", retry_after=60.0)

    async with bench(handler, declare("stage")) as made:
        made.dispatcher._intake.share_among(64)
        for offset in range(50):
            made.read(record(offset, size=100_000))
        await eventually(lambda: len(made.held.waiting) == 50)
        assert made.held.full
        assert made.commits.results == []


async def test_an_error_of_the_runtime_itself_ends_the_stage_and_nothing_more_starts() -> None:
    async with bench(nothing) as made:
        made.dispatcher.received([None])  # type: ignore[list-item]
        assert len(made.failures) == 1
        made.read(record(0))
        await asyncio.sleep(0)
        assert made.commits.results == []


async def test_a_cancellation_that_is_not_the_handlers_own_is_a_bug_and_not_lost() -> None:
    async def handler(_event: Event, _work: Work) -> Sequence[Event]:
        raise asyncio.CancelledError

    async with bench(handler) as made:
        made.read(record(0))
        await eventually(lambda: made.commits.results)
        assert made.commits.results[0].outcome == "bug"


async def test_a_probe_starts_only_with_a_lease() -> None:
    started = 0

    async def handler(_event: Event, _work: Work) -> Sequence[Event]:
        nonlocal started
        started += 1
        raise Unavailable("down", retry_after=0.01)

    async with bench(handler) as made:
        made.read(record(0))
        await eventually(lambda: started >= 1)
        made.fresh = False
        before = started
        await asyncio.sleep(0.3)
        assert started <= before + 1
        made.fresh = True
        await eventually(lambda: started > before + 1)


async def test_a_bug_of_the_probe_leaves_the_outage_to_the_next_one() -> None:
    async def handler(event: Event, work: Work) -> Sequence[Event]:
        if event.key == submitted("0").key and work.attempt > 1:
            raise KeyError("mine")
        raise Unavailable("down", retry_after=0.01)

    async with bench(handler) as made:
        made.read(record(0), record(1))
        await eventually(lambda: made.commits.results)
        assert made.commits.results[0].outcome == "bug"
        assert made.dispatcher.problems() == ["paused: down"]
