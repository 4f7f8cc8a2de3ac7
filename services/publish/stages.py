"""The writer's stages: which topics they take, and what they do with an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.publish.writer import Writer
from shared.failpoints import failpoint
from shared.model import ArticlePublished, ArticleRuled, ArticleTranslated, Event, StatusesReported
from shared.settings import Lane
from shared.store import Journeys
from shared.stream import Handler, Stage, Work
from shared.stream.topics import PUBLISHED, STAGE_INPUTS
from shared.telemetry import Metrics

# Enough to fill the batches of the database (50) while the next ones are decoded.
_CONCURRENCY: Final = 128
_OF_LANE: Final[dict[Lane, str]] = {"draft": "publish.draft", "model": "publish"}


def lane_stage(lane: Lane) -> Stage:
    """The stage that stores what a lane has translated."""
    name = _OF_LANE[lane]
    return Stage(name, consumes=STAGE_INPUTS[name], produces=(PUBLISHED,), concurrency=_CONCURRENCY)


RULINGS: Final = Stage(
    "publish.rulings", consumes=STAGE_INPUTS["publish.rulings"], produces=(PUBLISHED,), concurrency=_CONCURRENCY
)
JOURNEYS: Final = Stage(
    "publish.journeys", consumes=STAGE_INPUTS["publish.journeys"], produces=(), concurrency=_CONCURRENCY
)


def editions_handler(writer: Writer, metrics: Metrics) -> Handler:
    """Stores editions, and tells the readers."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleTranslated):
            raise TypeError(f"{event.type_name} is no edition")
        outcome = await writer.publish(event)
        if outcome is None or outcome.version != event.version:
            # A repeat is published again, but what readers see is what an earlier event made.
            work.note("unchanged")
        return _told(outcome, "edition", metrics)

    return handle


def rulings_handler(writer: Writer, metrics: Metrics) -> Handler:
    """Applies retractions. The other rulings are kept, and not applied yet."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, ArticleRuled):
            raise TypeError(f"{event.type_name} is no ruling")
        if event.ruling.kind != "retract":
            await writer.note(event.ruling)
            return ()
        return _told(await writer.retract(event.ruling, event.id), "retraction", metrics)

    return handle


def journeys_handler(journeys: Journeys) -> Handler:
    """Merges the reports of all stages into the journeys."""

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        if not isinstance(event, StatusesReported):
            raise TypeError(f"{event.type_name} holds no statuses")
        await journeys.record(event.statuses)
        return ()

    return handle


def _told(outcome: ArticlePublished | None, kind: str, metrics: Metrics) -> Sequence[Event]:
    if outcome is None:
        metrics.increment("diglot_publish_ignored_total", kind=kind)
        return ()
    metrics.increment("diglot_publish_written_total", kind=kind)
    failpoint("publish.before_published")
    return (outcome,)
