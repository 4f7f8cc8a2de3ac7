"""The transaction thread: it commits results with their offsets, and finds out what became of a commit that failed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import structlog
from kafka.errors import KafkaError

from shared.errors import Unavailable
from shared.stream._clients import SESSION_SECONDS, describe
from shared.stream._committed import OffsetReader
from shared.stream._holdings import Holdings, Snapshot
from shared.stream._offsets import covered
from shared.stream._outbox import status_records
from shared.stream._results import Result, ResultQueue
from shared.stream._tell import tell
from shared.stream._transaction import TransactionalProducer, Unclean
from shared.stream.stage import Stage
from shared.telemetry import Metrics

_MAX_RESULTS: Final = 1000
_MAX_BYTES: Final = 16 * 1024 * 1024
_GATHER_SECONDS: Final = 0.02
"""Least time from one transaction to the next: a larger one costs little more than a small one."""
_RETRY_SECONDS: Final = 0.2
_MEMBER_SECONDS: Final = 0.05
_DOUBT_SECONDS: Final = SESSION_SECONDS
"""How long a membership that may be over isn't used again once the broker answers. A heartbeat, sent every second, ends
one that is over, and it has found its coordinator again by then."""

log = structlog.stdlib.get_logger(__name__)


class Committer(threading.Thread):
    """Takes results in order and puts them into transactions, one after the other, until `stop`.

    Calls in the event loop: `committed` with results that the broker has; `discarded` with those whose partition has
    gone; `gone` at the end; `fail` with an error that ends the stage (Fenced, Refused, or a bug).
    """

    def __init__(
        self,
        stage: Stage,
        producer: TransactionalProducer,
        reader: OffsetReader,
        holdings: Holdings,
        metrics: Metrics,
        loop: asyncio.AbstractEventLoop,
        *,
        committed: Callable[[Sequence[Result]], None],
        discarded: Callable[[Sequence[Result]], None],
        gone: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        super().__init__(name=f"commit-{stage.name}", daemon=True)
        self._stage = stage
        self._producer = producer
        self._reader = reader
        self._holdings = holdings
        self._metrics = metrics
        self._tell = partial(tell, loop)
        self._committed = committed
        self._discarded = discarded
        self._gone = gone
        self._fail = fail
        self._queue = ResultQueue(_MAX_RESULTS, _MAX_BYTES)
        self._aborting = threading.Event()
        self.problem: str | None = "not connected to the broker yet"
        """Why nothing can be committed, or None."""
        self.busy_since: float | None = None
        """Monotonic time at which the present step began; None while there is nothing to do."""

    def put(self, result: Result) -> None:
        """Have a result committed; from any thread."""
        self._queue.put(result)

    def stop(self) -> None:
        """End once all results are committed; returns at once, `gone` is called at the end."""
        self._queue.close()

    def abort(self) -> None:
        """End after the present step; what isn't committed is done again by whoever has the partition next."""
        self._aborting.set()
        self._queue.close()

    def run(self) -> None:
        """Commit until stopped."""
        try:
            self._open(idle=True)
            began = 0.0
            while batch := self._queue.take(began + _GATHER_SECONDS):
                began = time.monotonic()
                self._settle(batch)
                if self._aborting.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 -- told to the loop, which ends the stage with it
            self._tell(self._fail, error)
        finally:
            self.busy_since = None
            self._leave()

    def _leave(self) -> None:
        for close in (self._producer.close, self._reader.close):
            try:
                close()
            except Exception:
                log.exception("a connection did not close", stage=self._stage.name)
        self._tell(self._gone)

    def _open(self, *, idle: bool = False) -> None:
        """Have a producer; waits for the broker as long as it takes. `idle`: only while a result may still come."""
        while not (self._aborting.is_set() or (idle and self._queue.exhausted)):
            self.busy_since = time.monotonic()
            try:
                self._producer.open()
            except Unavailable as error:
                self._wait(str(error))
            else:
                self.problem = self.busy_since = None
                return

    def _settle(self, results: Sequence[Result]) -> None:
        """Commit these results, however often it takes: no handler runs again because of a failed commit."""
        while results and not self._aborting.is_set():
            snapshot = self._holdings.begin(results)
            if snapshot is None:
                # Between two generations of the group: the results may be ours again in a moment.
                results = self._live(results)
                self._aborting.wait(_MEMBER_SECONDS)
                continue
            try:
                self._give_up(snapshot.gone)
                results = self._attempt(snapshot)
            finally:
                self._holdings.end()
                # Not only after a clean commit: the broker may have had all of it, or its partitions may be gone.
                self.busy_since = None
        self.problem = None

    def _attempt(self, snapshot: Snapshot) -> Sequence[Result]:
        """One transaction; gives the results that must be sent again."""
        if not snapshot.results:
            return ()
        began = self.busy_since = time.monotonic()
        records = [record for result in snapshot.results for record in result.records]
        records += status_records(self._stage, [r.status for r in snapshot.results if r.status is not None])
        try:
            self._producer.commit(records, snapshot.positions, snapshot.membership)
        except Unclean as error:
            self._count("stale" if error.stale else "unclean", began)
            log.info("a transaction did not commit cleanly", stage=self._stage.name, reason=str(error))
            missing = self._after_unclean(snapshot, str(error))
            if error.stale or not self._producer.membership_checked:
                # The same would be refused again; or it would be taken, though the broker may have come back empty.
                self._holdings.doubt(snapshot.membership, time.monotonic() + _DOUBT_SECONDS)
            return missing
        self._count("committed", began)
        self._done(snapshot.results)
        return ()

    def _after_unclean(self, snapshot: Snapshot, reason: str) -> Sequence[Result]:
        """Find out what the broker has: a new producer of the same id has settled the transaction, one way or other."""
        self.problem = f"results wait for the broker: {reason}"
        live = snapshot.results
        while not self._aborting.is_set():
            self._open()
            self.busy_since = time.monotonic()
            live = self._live(live)
            if not live:
                return ()
            try:
                found = self._reader.read(sorted({result.held.partition for result in live}))
            except (KafkaError, Unavailable) as error:
                self._wait(describe(error))
                continue
            there: list[Result] = []
            missing: list[Result] = []
            for result in live:
                place = found[result.held.partition]
                (there if covered(result.offset, place.offset, place.done) else missing).append(result)
            if there:
                log.info("the transaction was committed after all", stage=self._stage.name, results=len(there))
                self._done(there)
            return missing
        return ()

    def _done(self, results: Sequence[Result]) -> None:
        self._holdings.committed(results)
        self._tell(self._committed, results)

    def _live(self, results: Sequence[Result]) -> Sequence[Result]:
        """Those whose partition is still ours; the others are given up."""
        live, gone = self._holdings.split(results)
        self._give_up(gone)
        return live

    def _give_up(self, gone: Sequence[Result]) -> None:
        if gone:
            self._tell(self._discarded, gone)

    def _wait(self, reason: str) -> None:
        if self.problem is None or not self.problem.endswith(reason):
            log.warning("commits wait for the broker", stage=self._stage.name, reason=reason)
        self.problem = f"results wait for the broker: {reason}"
        self._aborting.wait(_RETRY_SECONDS)

    def _count(self, outcome: str, began: float) -> None:
        self._metrics.increment("diglot_stage_transactions_total", stage=self._stage.name, outcome=outcome)
        self._metrics.observe("diglot_stage_transaction_seconds", time.monotonic() - began, stage=self._stage.name)
