"""What becomes of a job that failed, with no handler, queue or broker at work around it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from shared.errors import DiglotError, LeaseLost, Poison, Transient, Unavailable
from shared.model import Status, header
from shared.stream._failures import Failures
from shared.stream._holdings import Held, Holdings
from shared.stream._job import Job
from shared.stream._offsets import Ledger
from shared.stream._outbox import FailureKind
from shared.stream._queue import KeyedQueue
from shared.stream._records import Consumed, Partition
from shared.stream.producer import Outgoing
from shared.telemetry import NO_TRACER, Metrics
from tests.support.stages import declare, eventually

STAGE = declare("stage", retry_seconds=60.0)
INPUT = Partition(STAGE.consumes[0].name, 0)
SOON = 0.01


@dataclass
class Bench:
    """Failures over one partition, and what they asked for."""

    holdings: Holdings = field(default_factory=Holdings)
    queue: KeyedQueue[Held, Job] = field(default_factory=KeyedQueue)
    again: list[Job] = field(default_factory=list)
    probes: list[Job] = field(default_factory=list)
    reported: list[tuple[int, Status]] = field(default_factory=list)
    settled: list[tuple[int, FailureKind, Status, str | None]] = field(default_factory=list)
    letters: list[Outgoing] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.held,) = self.holdings.open([INPUT])
        self.holdings.place(self.held, Ledger(0))
        self.failures = Failures(
            STAGE,
            self.holdings,
            self.queue,
            [self.held],
            Metrics(),
            None,
            report=lambda job, status, _detail: self.reported.append((job.record.offset, status)),
            again=self.again.append,
            probe=self.probe,
            settle=self.settle,
        )

    def probe(self, job: Job) -> bool:
        self.probes.append(job)
        return True

    def settle(self, job: Job, letters: list[Outgoing], kind: FailureKind, status: Status, detail: str | None) -> None:
        self.settled.append((job.record.offset, kind, status, detail))
        self.letters += letters

    def started(self, *offsets: int) -> list[Job]:
        """Jobs that were started; their keys are busy."""
        for offset in offsets:
            made = Job.of(Consumed(INPUT, offset, b"%d" % offset, b"{}", ()), self.held)
            made.step = NO_TRACER.step(None, "handle", "consumer", dict)
            self.queue.put(self.held, made.key, made)
        jobs = [job for _ in offsets if (job := self.queue.take()) is not None]
        assert len(jobs) == len(offsets)
        return jobs


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (Poison("no text in it"), "poison", "no text in it"),
        (Transient("too busy", retry_after=61.0), "exhausted", "too busy"),
        (KeyError("secret"), "bug", "KeyError"),
        (DiglotError("of no kind"), "bug", "DiglotError"),
    ],
)
async def test_what_can_not_succeed_is_given_up_with_a_dead_letter(
    bench: Bench, error: Exception, kind: FailureKind, detail: str
) -> None:
    (job,) = bench.started(0)
    bench.failures.failed(job, error)
    assert bench.settled == [(0, kind, "failed", detail)]
    assert [header(letter.headers, "dlq_kind") for letter in bench.letters] == [kind]
    assert (bench.held.waiting, bench.failures.down) == (set(), None)


@pytest.mark.parametrize(
    ("error", "reported"), [(Transient("busy", retry_after=SOON), [(0, "retrying")]), (LeaseLost("late"), [])]
)
async def test_what_may_succeed_waits_and_is_tried_again(
    bench: Bench, error: Exception, reported: list[tuple[int, Status]]
) -> None:
    (job,) = bench.started(0)
    bench.failures.failed(job, error)
    assert bench.held.waiting == {job}
    await eventually(lambda: bench.again == [job])
    assert (bench.settled, bench.reported) == ([], reported)


async def test_the_answer_of_a_probe_gives_back_all_that_an_outage_kept_the_oldest_first(bench: Bench) -> None:
    first, second, third = bench.started(0, 1, 2)
    for job in (first, second, third):
        bench.failures.failed(job, Unavailable("down", retry_after=SOON))
    await eventually(lambda: bench.probes == [first])
    bench.failures.answered(second)
    assert bench.failures.down == "down", "only the probe knows"
    bench.failures.answered(first)
    assert [bench.queue.take(), bench.queue.take(), bench.queue.take()] == [second, third, None]
    assert not bench.failures.down


async def test_an_outage_is_no_part_of_the_time_in_which_a_record_may_be_tried_again(bench: Bench) -> None:
    waiting, probe = bench.started(0, 1)
    bench.failures.failed(waiting, Transient("busy", retry_after=30.0))
    failing_since = waiting.failing_since
    assert failing_since is not None
    bench.failures.failed(probe, Unavailable("down", retry_after=SOON))
    await eventually(lambda: bench.probes)
    bench.failures.failed(probe, Poison("wrong"))
    assert waiting.failing_since is not None
    assert waiting.failing_since >= failing_since + SOON
    waiting.stop_waiting()


async def test_a_partition_that_closes_takes_its_jobs_along_and_an_outage_without_jobs_ends(bench: Bench) -> None:
    waiting, parked, late = bench.started(0, 1, 2)
    bench.failures.failed(waiting, Transient("busy", retry_after=SOON))
    bench.failures.failed(parked, Unavailable("down", retry_after=SOON))
    bench.held.closing = True
    bench.failures.drop([bench.held])
    bench.failures.failed(late, Transient("busy", retry_after=SOON))
    assert (bench.held.waiting, bench.failures.down) == (set(), None)
    await asyncio.sleep(5 * SOON)
    assert (bench.again, bench.probes, bench.settled) == ([], [], [])


@pytest.mark.parametrize(
    ("newest", "given_up"), [(1, []), (STAGE.window * 8 // 10 - 2, []), (STAGE.window * 8 // 10 - 1, [0])]
)
async def test_the_oldest_that_waits_for_a_retry_is_given_up_once_it_holds_up_most_of_the_window(
    bench: Bench, newest: int, given_up: list[int]
) -> None:
    jobs = bench.started(0, 1)
    for job in jobs:
        bench.failures.failed(job, Transient("busy", retry_after=30.0))
    bench.held.newest = newest
    bench.failures.relieve(bench.held)
    bench.failures.relieve(bench.held)
    assert [offset for offset, *_ in bench.settled] == given_up, "one at a time"
    for job in jobs:
        job.stop_waiting()
