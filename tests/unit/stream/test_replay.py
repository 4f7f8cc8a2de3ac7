"""Records that are for one stage alone, and parts of the input that are handled again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared.model import ArticleRuled, Event, Ruling, encode
from shared.settings import CommonSettings
from shared.stream import EventProducer, Work
from shared.stream._address import REPLAY_FOR, is_for
from shared.stream._dispatch import Dispatcher
from shared.stream._holdings import Batch, Held, Holdings
from shared.stream._offsets import Ledger
from shared.stream._progress import Reports
from shared.stream._records import Consumed, Partition
from shared.stream._replay import Replay
from shared.stream._results import Result
from shared.telemetry import Metrics
from tests.support.events import ACCEPTED, submitted
from tests.support.stages import declare, eventually

STAGE = declare("stage")
INPUT = Partition(STAGE.consumes[0].name, 0)
RUN = ACCEPTED + 5000


@dataclass
class Bench:
    """A dispatcher with one partition, and what came of its records."""

    replay: Replay | None = None
    seen: list[Event] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    holdings: Holdings = field(default_factory=Holdings)
    problem: str | None = None

    def __post_init__(self) -> None:
        producer = EventProducer(CommonSettings(), "/diglot/test", [])
        progress = Reports(STAGE, producer, asyncio.get_running_loop().time)
        self.dispatcher = Dispatcher(
            STAGE,
            self.handle,
            self,
            progress,
            self.holdings,
            Metrics(),
            fresh=lambda: True,
            fail=self.fail,
            replay=self.replay,
        )
        (self.held,) = self.holdings.open([INPUT])
        self.holdings.place(self.held, Ledger(0))
        self.dispatcher.assigned([self.held], 0)

    async def handle(self, event: Event, _work: Work) -> Sequence[Event]:
        self.seen.append(event)
        return [event]

    def put(self, result: Result) -> None:
        self.results.append(result)

    def fail(self, error: BaseException) -> None:
        raise error

    def commit(self) -> None:
        self.holdings.committed(self.results)
        self.dispatcher.committed(self.results)


def record(offset: int, event: Event, *headers: tuple[str, bytes]) -> Consumed:
    encoded = encode(event, "/diglot/test")
    return Consumed(INPUT, offset, encoded.key, encoded.value, (*encoded.headers, *headers))


def batch(held: Held, *records: Consumed) -> list[Batch]:
    return [Batch(held, records, len(records))]


async def test_a_record_for_another_stage_is_passed_over_without_a_status_and_its_offset_is_committed() -> None:
    bench = Bench()
    other = record(0, submitted("a"), (REPLAY_FOR, b"other"))
    # Not even decoded: it may be what that other stage has stumbled over.
    broken = other._replace(offset=1, value=b"{")
    ours = record(2, submitted("b"), (REPLAY_FOR, STAGE.name.encode()))
    bench.dispatcher.received(batch(bench.held, other, broken, ours))
    await eventually(lambda: len(bench.results) == 3)
    outcomes = {result.offset: (result.outcome, result.status is not None) for result in bench.results}
    assert outcomes == {0: ("passed_over", False), 1: ("passed_over", False), 2: ("handled", True)}
    assert [event.key for event in bench.seen] == [submitted("b").key]
    bench.commit()
    assert bench.holdings.position(bench.held) == 3


async def test_a_replay_puts_its_run_into_the_version_and_leaves_out_what_was_retracted_since() -> None:
    gone, again, kept = submitted("gone"), submitted("again", ACCEPTED + 10), submitted("kept")
    retracted = {gone.article.id: ACCEPTED, again.article.id: ACCEPTED}
    bench = Bench(Replay(RUN, {INPUT: 3}, retracted))
    bench.dispatcher.received(batch(bench.held, record(0, gone), record(1, again), record(2, kept)))
    await eventually(lambda: len(bench.results) == 3)
    assert {event.key: event.version.order for event in bench.seen if hasattr(event, "version")} == {
        again.key: (ACCEPTED + 10, 0, RUN),
        kept.key: (ACCEPTED, 0, RUN),
    }
    assert [result.outcome for result in sorted(bench.results, key=lambda r: r.offset)].count("passed_over") == 1


async def test_a_replay_is_finished_when_all_is_read_and_committed_and_not_before() -> None:
    bench = Bench(Replay(RUN, {INPUT: 2}, {}))
    bench.dispatcher.received(batch(bench.held, record(0, submitted("a")), record(1, submitted("b"))))
    bench.dispatcher.all_read(True)
    await eventually(lambda: len(bench.results) == 2)
    assert not bench.dispatcher.finished.is_set()
    bench.commit()
    assert bench.dispatcher.finished.is_set()


async def test_a_failure_in_a_replay_says_so_in_its_dead_letter() -> None:
    bench = Bench(Replay(RUN, {INPUT: 1}, {}))
    bench.dispatcher.received(batch(bench.held, record(0, submitted("a"))._replace(value=b"{")))
    await eventually(lambda: len(bench.results) == 1)
    (letter,) = bench.results[0].records
    assert ("dlq_run", str(RUN).encode()) in letter.headers


def test_a_ruling_has_no_run() -> None:
    ruled = ArticleRuled(ruling=Ruling(article_id=submitted("a").key, kind="retract", by="test", at=ACCEPTED))
    assert Replay(RUN, {}, {ruled.ruling.article_id: ACCEPTED}).pick(ruled) == ruled


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ([], True),
        ([("ce_id", b"x")], True),
        ([(REPLAY_FOR, b"stage")], True),
        ([(REPLAY_FOR, b"stage.draft")], False),
        ([(REPLAY_FOR, b"\xff")], False),
        ([(REPLAY_FOR, b"stage"), (REPLAY_FOR, b"other")], False),
    ],
)
def test_a_record_is_for_every_stage_unless_it_names_one(headers: list[tuple[str, bytes]], wanted: bool) -> None:
    assert is_for("stage", headers) is wanted
