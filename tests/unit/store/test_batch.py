from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import Poison, Unavailable
from shared.store._batch import Batcher


class Doubler:
    """Doubles numbers, and notes each batch; -13 is poison and -99 means that the database is down."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.gate.wait()
        if -99 in items:
            raise Unavailable("down")
        if -13 in items:
            raise Poison("-13")
        return [item * 2 for item in items]


async def test_a_lone_call_goes_out_at_once() -> None:
    run = Doubler()
    assert await Batcher(run).submit(4) == 8
    assert run.batches == [[4]]


async def test_calls_that_wait_go_out_together_and_each_gets_its_own_result() -> None:
    run = Doubler()
    batcher = Batcher(run)
    run.gate.clear()
    first = [asyncio.create_task(batcher.submit(n)) for n in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.submit(n)) for n in range(2, 120)]
    await asyncio.sleep(0)
    run.gate.set()
    assert await asyncio.gather(*first, *rest) == [n * 2 for n in range(120)]
    assert max(map(len, run.batches)) == 50
    assert len(run.batches) <= 5


async def test_poison_hits_only_its_own_item() -> None:
    batcher = Batcher(Doubler())
    results = await asyncio.gather(*map(batcher.submit, [1, -13, 2]), return_exceptions=True)
    assert results[0] == 2
    assert isinstance(results[1], Poison)
    assert results[2] == 4


async def test_an_outage_hits_the_whole_batch_and_not_the_next() -> None:
    batcher = Batcher(Doubler())
    with pytest.raises(Unavailable):
        await batcher.submit(-99)
    assert await batcher.submit(1) == 2


async def test_no_call_is_forgotten_between_the_end_of_one_batch_and_the_next() -> None:
    """A call that comes just as the last batch ends must start its own."""
    batcher = Batcher(Doubler())

    async def chain(length: int) -> None:
        for n in range(length):
            await batcher.submit(n)

    async with asyncio.timeout(10):
        await asyncio.gather(*(chain(n) for n in range(1, 60)))


async def test_a_caller_that_gives_up_does_not_disturb_the_others() -> None:
    run = Doubler()
    batcher = Batcher(run)
    run.gate.clear()
    leaving, staying = asyncio.create_task(batcher.submit(1)), asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    run.gate.set()
    assert await staying == 4
