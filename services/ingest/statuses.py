"""Tells the journeys that an article was accepted: best effort, never in the way of a post."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from shared.errors import Unavailable
from shared.model import ArticleStatus, ArticleSubmitted, StatusesReported
from shared.stream import EventProducer, topic_for

STAGE: Final = "ingest"
_MAX_WAITING: Final = 1000  # while the broker is away there is nothing to tell anyway

_log = structlog.stdlib.get_logger(__name__)


class StatusReporter:
    """Sends `accepted` in the background."""

    def __init__(self, producer: EventProducer) -> None:
        self._producer = producer
        self._waiting: set[asyncio.Task[None]] = set()

    def accepted(self, event: ArticleSubmitted) -> None:
        """Report that the broker has `event`; returns at once."""
        if len(self._waiting) >= _MAX_WAITING:
            return
        article = event.article
        status = ArticleStatus(
            article_id=article.id, version=event.version, stage=STAGE, status="accepted", at=article.accepted
        )
        task = asyncio.create_task(self._send(status))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def drain(self) -> None:
        """Wait for what is on its way; bounded by the producer's own time limit."""
        await asyncio.gather(*self._waiting)

    async def _send(self, status: ArticleStatus) -> None:
        event = StatusesReported(statuses=(status,))
        try:
            await self._producer.send(topic_for(event, "draft"), event)
        except Unavailable as error:
            _log.info("status not sent", article_id=status.article_id, reason=str(error))
