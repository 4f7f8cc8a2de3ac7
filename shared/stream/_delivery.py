"""Sends the records of finished work for as long as it takes: no handler runs again because the broker was away."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from shared.errors import Unavailable
from shared.stream._backoff import Backoff
from shared.stream._job import Job
from shared.stream.producer import EventProducer, Outgoing

_BACKOFF: Final = Backoff(first=0.2, ceiling=3.0)

log = structlog.stdlib.get_logger(__name__)


class Delivery:
    """Delivers through one producer and knows what waits for the broker."""

    def __init__(self, producer: EventProducer) -> None:
        self._producer = producer
        self._waiting: set[Job] = set()

    @property
    def waiting(self) -> int:
        """Jobs whose results the broker didn't take yet."""
        return len(self._waiting)

    async def deliver(self, job: Job, records: list[Outgoing]) -> bool:
        """Send all records; False when the job's partition is lost before the broker has them.

        Raises Poison for a record that is too large for its topic.
        """
        failures = 0
        try:
            while job.held.live:
                try:
                    await self._producer.send_all(records)
                except Unavailable as error:
                    failures += 1
                    if not self._waiting:
                        log.warning("results wait for the broker", reason=str(error))
                    self._waiting.add(job)
                    await asyncio.sleep(_BACKOFF.delay(failures, error.retry_after))
                else:
                    return job.held.live
            return False
        finally:
            self._waiting.discard(job)
