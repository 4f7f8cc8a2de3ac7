from __future__ import annotations

import asyncio
from collections.abc import Sequence

from shared.errors import Poison, Transient
from shared.model import Event, encode
from shared.settings import CommonSettings
from shared.stream import EventProducer, Work
from shared.stream._delivery import Delivery
from shared.stream._dispatch import Dispatcher
from shared.stream._flow import Consumed, Flow, Partition
from shared.stream._job import Job
from shared.stream._progress import Progress
from shared.stream.producer import Outgoing
from shared.telemetry import Metrics
from tests.support.events import submitted
from tests.support.stages import declare, eventually

STAGE = declare("stage", window=10)
INPUT = Partition(STAGE.consumes[0].name, 0)


class SlowDelivery(Delivery):
    """Takes everything at once, but for the dead letter of offset 0, which waits for `go_on`."""

    def __init__(self) -> None:
        self.letters: list[int] = []
        self.go_on = asyncio.Event()

    async def deliver(self, job: Job, records: list[Outgoing]) -> bool:
        if any(record.topic == STAGE.dead_letters for record in records):
            if job.record.offset == 0:
                await self.go_on.wait()
            self.letters.append(job.record.offset)
        return True


def record(offset: int) -> Consumed:
    encoded = encode(submitted(str(offset)), "/diglot/test")
    return Consumed(INPUT, offset, encoded.key, encoded.value, encoded.headers)


async def test_another_dead_letter_does_not_have_a_second_record_given_up_beside_the_first() -> None:
    poison = asyncio.Event()
    handled: set[str] = set()

    async def handler(event: Event, _work: Work) -> Sequence[Event]:
        if event.key in {submitted("0").key, submitted("1").key}:
            raise Transient("not yet", retry_after=60.0)
        if event.key == submitted("2").key:
            await poison.wait()
            raise Poison("wrong")
        handled.add(event.key)
        return []

    delivery, loop = SlowDelivery(), asyncio.get_running_loop()
    producer = EventProducer(CommonSettings(), "/diglot/test", [])
    failures: list[BaseException] = []
    dispatcher = Dispatcher(
        STAGE,
        handler,
        delivery,
        Progress(producer, loop.time),
        Flow(window=10, max_bytes=1_000_000),
        Metrics(),
        fresh=lambda: True,
        fail=failures.append,
    )
    dispatcher.assigned([INPUT], epoch=1)
    dispatcher.received([record(offset) for offset in range(11)])
    await eventually(lambda: len(handled) == 8)
    poison.set()
    await eventually(lambda: delivery.letters)
    delivery.go_on.set()
    await eventually(dispatcher.idle.is_set)
    assert delivery.letters == [2, 0, 1]
    assert failures == []
    await dispatcher.cancel()
    await producer.close()
