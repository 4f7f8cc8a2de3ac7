"""The transaction thread's decisions, with a producer and a broker's memory that do as they are told."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import pytest
from kafka.errors import KafkaTimeoutError

from shared.errors import Unavailable
from shared.stream import _committer
from shared.stream._committed import Committed, OffsetReader
from shared.stream._committer import Committer
from shared.stream._holdings import Held, Holdings, Membership
from shared.stream._offsets import Ledger, Position, decode_done
from shared.stream._outbox import status_of
from shared.stream._records import Partition
from shared.stream._results import Result
from shared.stream._transaction import Fenced, TransactionalProducer, Unclean
from shared.stream.producer import Outgoing
from shared.telemetry import Metrics
from tests.support.events import submitted
from tests.support.stages import declare
from tests.unit.stream.test_holdings import Member

STAGE = declare("stage")
PLACES = [Partition(STAGE.consumes[0].name, number) for number in range(2)]


class Broker:
    """Producer and reader in one: takes transactions, or fails them as `script` says, before or after their effect."""

    def __init__(self) -> None:
        self.script: deque[tuple[str, BaseException]] = deque()
        self.offline: deque[BaseException] = deque()
        self.unreadable: deque[BaseException] = deque()
        self.positions: dict[Partition, Position] = {}
        self.sent: list[list[bytes | None]] = []
        self.sent_at: list[float] = []
        self.visible: list[bytes | None] = []
        self.generations: list[int] = []
        self.is_open = False
        self.down = False
        self.stuck = False
        self.opened = 0
        self.membership_checked = True
        self.meanwhile: Callable[[], None] = lambda: None

    def open(self) -> None:
        if self.down:
            raise Unavailable("no broker")
        if self.offline:
            raise self.offline.popleft()
        self.opened += not self.is_open
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        if self.stuck:
            raise OSError("it does not close")

    def commit(
        self, records: Sequence[Outgoing], positions: Mapping[Partition, Position], membership: Membership
    ) -> None:
        assert self.is_open
        self.sent.append([record.value for record in records])
        self.sent_at.append(time.monotonic())
        self.generations.append(membership.generation_id)
        when, error = self.script.popleft() if self.script else ("after", None)
        if when == "after":
            self.visible += [record.value for record in records]
            self.positions.update(positions)
        if error is not None:
            self.is_open = False
            self.meanwhile()
            raise error

    def read(self, partitions: Sequence[Partition]) -> dict[Partition, Committed]:
        assert self.is_open, "only what a new producer has settled is known"
        if self.unreadable:
            raise self.unreadable.popleft()
        return {p: self._committed(self.positions.get(p)) for p in partitions}

    @staticmethod
    def _committed(position: Position | None) -> Committed:
        if position is None:
            return Committed(None, 0)
        return Committed(position.offset, decode_done(position.metadata))


class _Loop:
    """Calls at once what a thread hands over to the loop."""

    def call_soon_threadsafe(self, call: Callable[..., None], *arguments: object) -> None:
        call(*arguments)


class Bench:
    """A committer with all around it; `run` settles what was put."""

    def __init__(self) -> None:
        self.broker = Broker()
        self.holdings = Holdings()
        self.member: Member | None = Member()
        self.holdings.membership = lambda: self.member
        self.helds = self.holdings.open(PLACES)
        for held in self.helds:
            self.holdings.place(held, Ledger(0))
            for offset in range(10):
                self.holdings.take(held, offset)
        self.metrics = Metrics()
        self.committed: list[Result] = []
        self.discarded: list[Result] = []
        self.gone = 0
        self.failures: list[BaseException] = []
        self.committer = Committer(
            STAGE,
            cast(TransactionalProducer, self.broker),
            cast(OffsetReader, self.broker),
            self.holdings,
            self.metrics,
            cast(asyncio.AbstractEventLoop, _Loop()),
            committed=self.committed.extend,
            discarded=self.discarded.extend,
            gone=self._gone,
            fail=self.failures.append,
        )

    def _gone(self) -> None:
        self.gone += 1

    def put(self, *results: Result) -> None:
        for result in results:
            self.committer.put(result)

    def run(self) -> None:
        self.committer.stop()
        self.committer.run()
        assert self.gone == 1
        assert not self.broker.is_open

    def outcomes(self) -> list[str]:
        lines = self.metrics.render().decode().splitlines()
        found = [line for line in lines if line.startswith("diglot_stage_transactions_total{")]
        return sorted(line.split('outcome="')[1].split('"')[0] for line in found)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def result(held: Held, offset: int) -> Result:
    record = Outgoing(STAGE.produces[0], b"k", f"{held.partition.number}/{offset}".encode(), ())
    return Result(held, offset, (record,), "handled", 1)


def test_results_go_out_in_order_in_one_transaction_with_their_positions(bench: Bench) -> None:
    first, second = bench.helds
    results = [result(first, 0), result(second, 1), result(first, 1)]
    bench.put(*results)
    bench.run()
    assert bench.broker.sent == [[b"0/0", b"1/1", b"0/1"]]
    assert bench.committed == results
    assert (bench.holdings.position(first), bench.holdings.position(second)) == (2, 0)
    assert bench.outcomes() == ["committed"]
    assert bench.committer.problem is None


@pytest.mark.parametrize(("when", "transactions"), [("before", 2), ("after", 1)])
def test_after_a_commit_of_unknown_outcome_only_what_the_broker_lacks_is_sent_again(
    bench: Bench, when: str, transactions: int
) -> None:
    bench.broker.script.append((when, Unclean("no answer")))
    results = [result(bench.helds[0], offset) for offset in (0, 2)]
    bench.put(*results)
    bench.run()
    assert bench.broker.sent == [[b"0/0", b"0/2"]] * transactions
    assert bench.broker.visible == [b"0/0", b"0/2"]
    assert bench.committed == results
    assert bench.broker.opened == 2
    assert "unclean" in bench.outcomes()


def test_the_broker_is_waited_for_as_long_as_it_takes(bench: Bench) -> None:
    bench.broker.offline.append(Unavailable("no broker"))
    bench.broker.script += [("before", Unclean("no answer"))]
    bench.broker.meanwhile = lambda: bench.broker.offline.append(Unavailable("no broker"))
    bench.broker.unreadable.append(KafkaTimeoutError())
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.visible == [b"0/0"]
    assert bench.failures == []


def test_the_statuses_of_a_transaction_go_together_behind_its_results(bench: Bench) -> None:
    status = status_of(STAGE, submitted("x"), "done", 1, None)
    assert status is not None
    bench.put(*[replace(result(bench.helds[0], offset), status=status) for offset in range(3)])
    bench.run()
    ((*values, statuses),) = bench.broker.sent
    assert values == [b"0/0", b"0/1", b"0/2"]
    assert json.loads(statuses or b"")["statuses"] == [json.loads(status.model_dump_json())] * 3


def test_a_stale_commit_is_sent_again_in_the_new_generation(bench: Bench) -> None:
    def join() -> None:
        bench.member = Member(generation_id=2)

    bench.broker.meanwhile = join
    bench.broker.script.append(("before", Unclean("a later generation", stale=True)))
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.generations == [1, 2]
    assert bench.broker.visible == [b"0/0"]
    assert bench.outcomes() == ["committed", "stale"]


@pytest.mark.parametrize(
    ("stale", "checked", "generations"), [(True, True, [1, 2]), (False, False, [1, 2]), (False, True, [1, 1])]
)
def test_a_membership_that_may_be_over_is_not_used_again(
    bench: Bench, stale: bool, checked: bool, generations: list[int]
) -> None:
    memberships = iter([Member(), Member(), Member(generation_id=2)])
    bench.holdings.membership = lambda: next(memberships)
    bench.broker.membership_checked = checked
    bench.broker.script.append(("before", Unclean("no answer", stale=stale)))
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.generations == generations
    assert bench.broker.visible == [b"0/0"]


def test_results_that_are_given_up_during_an_outage_are_discarded_once(bench: Bench) -> None:
    first, second = bench.helds
    results = [result(first, 0), result(second, 0)]
    bench.broker.script.append(("after", Unclean("no answer")))

    def lose() -> None:
        bench.holdings.lose([PLACES[0]])

    bench.broker.meanwhile = lose
    bench.broker.unreadable += [KafkaTimeoutError()] * 3
    bench.put(*results)
    bench.run()
    assert (bench.committed, bench.discarded) == (results[1:], results[:1])


def test_the_doubt_begins_when_the_broker_answers_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_committer, "_DOUBT_SECONDS", 0.2)
    bench.broker.membership_checked = False
    bench.broker.meanwhile = lambda: bench.broker.offline.extend([Unavailable("no broker")] * 2)
    bench.broker.script.append(("before", Unclean("no answer")))
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.visible == [b"0/0"]
    first, second = bench.broker.sent_at
    assert second - first >= 2 * _committer._RETRY_SECONDS + 0.2


def test_results_of_a_partition_that_went_are_discarded(bench: Bench) -> None:
    first, second = bench.helds
    results = [result(first, 0), result(second, 0)]
    bench.holdings.lose([PLACES[0]])
    bench.put(*results)
    bench.run()
    assert bench.broker.sent == [[b"1/0"]]
    assert (bench.committed, bench.discarded) == (results[1:], results[:1])


def test_a_partition_that_goes_during_an_unclean_commit_is_not_sent_again(bench: Bench) -> None:
    first, second = bench.helds
    results = [result(first, 0), result(second, 0)]

    def lose() -> None:
        bench.holdings.lose([PLACES[0]])

    bench.broker.meanwhile = lose
    bench.broker.script.append(("before", Unclean("no answer")))
    bench.put(*results)
    bench.run()
    assert bench.broker.sent == [[b"0/0", b"1/0"], [b"1/0"]]
    assert (bench.committed, bench.discarded) == (results[1:], results[:1])


def test_between_two_generations_results_wait_for_the_next_one(bench: Bench) -> None:
    bench.member = None
    asked = 0

    def membership() -> Member | None:
        nonlocal asked
        asked += 1
        return Member(generation_id=3) if asked > 2 else None

    bench.holdings.membership = membership
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.generations == [3]
    assert len(bench.committed) == 1


def test_a_worker_whose_identity_was_taken_ends(bench: Bench) -> None:
    bench.broker.script.append(("before", Fenced("another one")))
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert [type(error) for error in bench.failures] == [Fenced]
    assert bench.committed == []
    assert len(bench.broker.sent) == 1


def test_an_abort_sends_nothing_again(bench: Bench) -> None:
    bench.broker.meanwhile = bench.committer.abort
    bench.broker.script.append(("before", Unclean("no answer")))
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert len(bench.broker.sent) == 1
    assert bench.committed == []
    assert bench.holdings.release(PLACES) == bench.helds, "no transaction is open any more"


def lose_all(bench: Bench) -> None:
    bench.broker.script.append(("before", Unclean("no answer")))
    bench.broker.meanwhile = lambda: lose_before(bench)


def lose_the_answer(bench: Bench) -> None:
    bench.broker.script.append(("after", Unclean("no answer")))


def lose_before(bench: Bench) -> None:
    bench.holdings.lose(PLACES)


@pytest.mark.parametrize("happens", [lose_all, lose_the_answer, lose_before])
def test_a_committer_with_nothing_left_to_do_is_neither_busy_nor_in_trouble(
    bench: Bench, happens: Callable[[Bench], None]
) -> None:
    happens(bench)
    bench.put(result(bench.helds[0], 0))
    bench.committer.start()
    try:
        wait_until(lambda: bool(bench.committed or bench.discarded))
        wait_until(lambda: bench.committer.busy_since is None)
        wait_until(lambda: bench.committer.problem is None)
    finally:
        bench.committer.abort()
        bench.committer.join()


@pytest.mark.parametrize("told", [Committer.stop, Committer.abort])
def test_a_committer_without_a_broker_and_without_results_ends_when_told(
    bench: Bench, told: Callable[[Committer], None]
) -> None:
    bench.broker.down = True
    bench.committer.start()
    wait_until(lambda: bench.committer.problem == "results wait for the broker: no broker")
    told(bench.committer)
    bench.committer.join(5.0)
    assert bench.gone == 1


def test_a_committer_that_is_told_to_stop_waits_for_the_broker_while_it_has_results(bench: Bench) -> None:
    bench.broker.offline += [Unavailable("no broker")] * 2
    bench.put(result(bench.helds[0], 0))
    bench.run()
    assert bench.broker.visible == [b"0/0"]


def test_the_end_is_told_even_when_nothing_closes(bench: Bench) -> None:
    bench.broker.stuck = True
    bench.run()


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
