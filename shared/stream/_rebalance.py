"""What the group's rebalances mean for the holdings.

The callbacks run on kafka-python's own IO thread, which also sends the heartbeats: they mark and await, and never
block.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, Protocol

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import AsyncConsumerRebalanceListener, SubscriptionState
from kafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.net.selector import KernelEvent

from shared.stream._holdings import Held, Holdings
from shared.stream._records import Partition

GRACE_SECONDS: Final = 5.0
"""How long a revoked partition's running handlers may go on, so that their work isn't done again elsewhere."""

_APART_SECONDS: Final = 2.0
"""Longest time that a join and a transaction wait for each other. One that meets the group's next generation fails,
which costs a new producer and a wait for the new membership: so neither waits longer, whatever holds the other up."""

_LOOK_SECONDS: Final = 0.01

log = structlog.stdlib.get_logger(__name__)


class Losses(Protocol):
    """Who is told of partitions that go."""

    def revoking(self, helds: Sequence[Held], done: threading.Event) -> None: ...
    def lost(self, helds: Sequence[Held]) -> None: ...


class RebalanceListener(AsyncConsumerRebalanceListener):  # type: ignore[misc]
    """Keeps `holdings` as the group says.

    `gained` is called with each new assignment, in kafka-python's IO thread; `tell` passes calls to `losses` on to the
    event loop, in order.
    """

    def __init__(
        self,
        holdings: Holdings,
        losses: Losses,
        gained: Callable[[Sequence[Held]], None],
        tell: Callable[..., None],
    ) -> None:
        self._holdings = holdings
        self._losses = losses
        self._gained = gained
        self._tell = tell
        self.leaving = False
        """True once the worker leaves the group: what could be finished is."""

    def guard(self, consumer: KafkaConsumer) -> None:
        """Keep joins apart from transactions, and have a worker that lost its membership forget what it held before it
        joins again.

        kafka-python 3.0.12 goes on claiming it: the assignor keeps the last assignment, and the group's leader believes
        one of two claims. The worker would get partitions while their owner still finishes its work on them. And where
        the membership is lost in the middle of a join, `on_partitions_lost` is never called.
        """
        coordinator, subscription = consumer._coordinator, consumer._subscription  # noqa: SLF001 -- no public way in
        for assignor in coordinator._assignors.values():  # noqa: SLF001
            assignor.metadata = self._honest(assignor, coordinator, subscription)
        coordinator._do_join_and_sync_async = self._apart(coordinator._do_join_and_sync_async)  # noqa: SLF001

    def _apart(self, join: Callable[[], Awaitable[bytes]]) -> Callable[[], Awaitable[bytes]]:
        async def joined() -> bytes:
            """Join when no transaction is open, and have none begin before the end of it."""
            deadline = time.monotonic() + _APART_SECONDS
            while not self._holdings.hold(deadline) and time.monotonic() < deadline:
                await KernelEvent("_sleep", _LOOK_SECONDS)
            try:
                return await join()
            finally:
                self._holdings.hold(0.0)

        return joined

    def _honest(
        self, assignor: AbstractPartitionAssignor, coordinator: ConsumerCoordinator, subscription: SubscriptionState
    ) -> Callable[[Iterable[str]], object]:
        claim = assignor.metadata

        def metadata(topics: Iterable[str]) -> object:
            """What goes into the request to join; called in the IO thread for each."""
            if coordinator._generation.is_lost():  # noqa: SLF001
                owned = subscription.assigned_partitions()
                if owned:
                    self._tell(self._losses.lost, self._holdings.lose(_ours(owned)))
                    subscription.assign_from_subscribed([])
                assignor.member_assignment = None
            return claim(topics)

        return metadata

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin with partitions."""
        self._gained(self._holdings.open(_ours(assigned)))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Let partitions go: running handlers get a grace, an open transaction is always waited for."""
        partitions = _ours(revoked)
        if not partitions:
            return
        done = threading.Event()
        self._tell(self._losses.revoking, self._holdings.find(partitions), done)
        deadline = time.monotonic() + (0.0 if self.leaving else GRACE_SECONDS)
        while not done.is_set() and time.monotonic() < deadline:
            await KernelEvent("_sleep", _LOOK_SECONDS)
        while (gone := self._holdings.release(partitions)) is None:
            await KernelEvent("_sleep", _LOOK_SECONDS)
        self._tell(self._losses.lost, gone)

    async def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        """Forget partitions that others may have already."""
        self._tell(self._losses.lost, self._holdings.lose(_ours(lost)))


def _ours(partitions: Iterable[TopicPartition]) -> list[Partition]:
    return sorted(Partition(p.topic, p.partition) for p in partitions)
