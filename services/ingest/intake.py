"""Takes posts and retractions: makes their events and hands them to the broker. Keeps nothing, suppresses nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import structlog

from services.ingest.articles import Source, submit
from services.ingest.clock import Clock
from services.ingest.extract import HtmlExtractor
from services.ingest.schemas import ArticlePost
from services.ingest.settings import IngestSettings
from services.ingest.statuses import StatusReporter
from shared.errors import Unavailable
from shared.http import ProblemError
from shared.model import ArticleRuled, ArticleSubmitted, Event, Ruling, source_of
from shared.stream import EventProducer, topic_for
from shared.telemetry import Metrics

# Extraction takes up to a second. It has threads of its own, so that texts needn't wait behind it; more of them would
# only share the one interpreter lock.
_HTML_THREADS: Final = 2
_TEXT_THREADS: Final = 1
_HTML_SHARE: Final = 4
"""One source may have a fourth of all places with HTML: what is slow to take in must not take them all."""
_OTHER: Final = "other"
"""How sources that no setting knows are counted. In local mode clients choose the slugs, and must not be able to make
time series without end."""

_log = structlog.stdlib.get_logger(__name__)


class Intake:
    """What the routes call. Made once a process, closed at its end."""

    def __init__(self, settings: IngestSettings, producer: EventProducer, metrics: Metrics, clock: Clock) -> None:
        self._sources = {slug: Source(slug, source.name, source.versioned) for slug, source in settings.sources.items()}
        self._producer = producer
        self._metrics = metrics
        self._clock = clock
        self._extractor = HtmlExtractor(settings.ingest_html_tags)
        self._html_threads = ThreadPoolExecutor(_HTML_THREADS, thread_name_prefix="intake-html")
        self._text_threads = ThreadPoolExecutor(_TEXT_THREADS, thread_name_prefix="intake-text")
        self._html_of: Counter[str] = Counter()
        self._html_most = max(1, settings.ingest_max_in_flight // _HTML_SHARE)
        self._statuses = StatusReporter(producer)
        self._free = settings.ingest_max_in_flight
        metrics.start("diglot_ingest_refused_total")
        metrics.start("diglot_ingest_accepted_total", source=[*self._sources, *([_OTHER] if settings.local else [])])

    async def post(self, post: ArticlePost, traceparent: str) -> ArticleSubmitted:
        """Return the event of a post once the broker has it.

        Raises:
            ProblemError: the post is not one that we take.
            Unavailable: the source has too much HTML in progress; or the broker didn't acknowledge, and may have the
                event all the same.
        """
        if post.body_format == "html":
            with self._html_place(post.source):
                event = await self._event(post, self._html_threads)
        else:
            event = await self._event(post, self._text_threads)
        await self._send(event, post.source, "post", traceparent)
        self._statuses.accepted(event)
        return event

    async def retract(self, article_id: str, reason: str | None, traceparent: str) -> Ruling:
        """Return the ruling once the broker has it; raises Unavailable as `post`. `reason` is clean already."""
        source = source_of(article_id)
        ruling = Ruling(article_id=article_id, kind="retract", by=source, at=self._clock.next(), reason=reason)
        await self._send(ArticleRuled(ruling=ruling), source, "retraction", traceparent)
        return ruling

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the places for posts in progress, and count why posts are refused.

        Raises:
            Unavailable: there is none left.
        """
        if self._free == 0:
            raise Unavailable("too many posts are in progress", retry_after=1.0)
        self._free -= 1
        try:
            yield
        except ProblemError as problem:
            self._metrics.increment("diglot_ingest_refused_total", reason=problem.kind.slug)
            _log.info("refused", reason=str(problem))
            raise
        finally:
            self._free += 1

    @contextmanager
    def _html_place(self, source: str) -> Iterator[None]:
        if self._html_of[source] >= self._html_most:
            raise Unavailable("too much HTML of this source is in progress", retry_after=1.0)
        self._html_of[source] += 1
        try:
            yield
        finally:
            self._html_of[source] -= 1
            self._html_of += Counter()  # forgets those with none: in local mode clients choose the slugs

    async def _event(self, post: ArticlePost, threads: ThreadPoolExecutor) -> ArticleSubmitted:
        source = self._sources.get(post.source) or Source(post.source, name=post.source, versioned=False)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, submit, post, source, self._clock.next(), self._extractor)

    async def close(self) -> None:
        """Wait for what is on its way to the broker."""
        await self._statuses.drain()
        for threads in (self._html_threads, self._text_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _send(self, event: Event, source: str, kind: str, traceparent: str) -> None:
        try:
            await self._producer.send(topic_for(event, "draft"), event, traceparent=traceparent)
        except Unavailable as error:
            _log.warning("not acknowledged", event_id=event.id, reason=str(error))
            raise
        known = source if source in self._sources else _OTHER
        self._metrics.increment("diglot_ingest_accepted_total", source=known, kind=kind)
        _log.info("accepted", kind=kind, event_id=event.id, traceparent=traceparent)
