from __future__ import annotations

import asyncio
from collections.abc import Sequence

from shared.errors import Poison, Transient
from shared.model import Event, encode
from shared.settings import CommonSettings
from shared.stream import EventProducer, Work
from shared.stream._dispatch import Dispatcher
from shared.stream._holdings import Batch, Holdings
from shared.stream._offsets import Ledger
from shared.stream._progress import Progress
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


def record(offset: int) -> Consumed:
    encoded = encode(submitted(str(offset)), "/diglot/test")
    return Consumed(INPUT, offset, encoded.key, encoded.value, encoded.headers)


async def test_a_record_that_is_tried_again_is_given_up_when_its_window_is_nearly_full_and_no_other_with_it() -> None:
    poison = asyncio.Event()

    async def handler(event: Event, _work: Work) -> Sequence[Event]:
        if event.key in {submitted("0").key, submitted("1").key}:
            raise Transient("not yet", retry_after=60.0)
        if event.key == submitted("7").key:
            await poison.wait()
            raise Poison("wrong")
        return []

    commits, holdings, loop = Commits(), Holdings(), asyncio.get_running_loop()
    producer = EventProducer(CommonSettings(), "/diglot/test", [])
    failures: list[BaseException] = []
    dispatcher = Dispatcher(
        STAGE,
        handler,
        commits,
        Progress(producer, loop.time),
        holdings,
        Metrics(),
        fresh=lambda: True,
        fail=failures.append,
    )
    (held,) = holdings.open([INPUT])
    holdings.place(held, Ledger(0))
    dispatcher.assigned([held], 0)

    dispatcher.received([Batch(held, [record(offset) for offset in range(7)], 7)])
    await eventually(lambda: len(commits.results) == 5)
    assert all(result.outcome == "handled" for result in commits.results)

    dispatcher.received([Batch(held, [record(7)], 8)])
    await eventually(lambda: len(commits.results) == 6)
    poison.set()
    await eventually(lambda: len(commits.results) == 7)
    assert [(result.offset, result.outcome) for result in commits.results[5:]] == [(0, "exhausted"), (7, "poison")]

    holdings.committed(commits.results)
    dispatcher.committed(commits.results)
    await eventually(dispatcher.idle.is_set)
    assert holdings.position(held) == 1
    assert failures == []
    await dispatcher.cancel()
    await producer.close()
