"""Group commit: calls that arrive while one is on its way to the database go out together as the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from shared.errors import Poison

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

# The embedded database stalled on batches of hundreds, and past 50 nothing is gained on any.
_SIZE: Final = 50
# One is encoded here while the other is on its way.
_IN_FLIGHT: Final = 2


class Batcher(Generic[ItemT, ResultT]):
    """Runs `run` over the items of concurrent calls, at most 50 at once; a lone call goes out at once.

    `run` gives one result an item, in order. What it raises, every caller of that batch gets; except Poison, which is
    about one item: the items of that batch are then run one by one.
    """

    def __init__(self, run: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]]) -> None:
        self._run = run
        self._waiting: deque[tuple[ItemT, asyncio.Future[ResultT]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()  # the event loop itself keeps only weak references
        self._running = 0

    async def submit(self, item: ItemT) -> ResultT:
        """Return the result for `item`."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running < _IN_FLIGHT:
            self._running += 1
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(_SIZE, len(self._waiting)))]
                await self._settle(batch)
        finally:
            # In the same step as the last look at what waits: whoever comes later starts a new one.
            self._running -= 1

    async def _settle(self, batch: Sequence[tuple[ItemT, asyncio.Future[ResultT]]]) -> None:
        try:
            results = await self._run([item for item, _ in batch])
        except Poison as error:
            if len(batch) == 1:
                _fail(batch, error)
            else:
                for one in batch:
                    await self._settle([one])
        except Exception as error:  # noqa: BLE001 -- raised where it is awaited, by every caller
            _fail(batch, error)
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _fail(batch: Sequence[tuple[ItemT, asyncio.Future[ResultT]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
