"""How far each stage is with each version of an article. Order and repeats of the reports do not matter."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from motor.motor_asyncio import AsyncIOMotorCollection

from shared.errors import Transient, Unavailable
from shared.model import ArticleStatus, Status, Version
from shared.store._collection import Collection, RawDocument, attempts
from shared.store.documents import MAX_JOURNEY_ENTRIES, JourneyEntry, StoredJourney
from shared.telemetry import Metrics

MAX_VERSIONS: Final = 32

# A final status beats progress, and a success beats failed; otherwise the later time wins. `unchanged` is a success as
# `done` is: were it between the two, each of three reports could beat another one, and their order would matter.
_FINALITY: Final[Mapping[Status, int]] = MappingProxyType(
    {"accepted": 0, "started": 0, "retrying": 0, "paused": 0, "failed": 1, "unchanged": 2, "done": 2}
)
# Within one millisecond: what comes later in the work.
_PLACE: Final[Mapping[Status, int]] = MappingProxyType({status: place for place, status in enumerate(_FINALITY)})


class Journeys(Collection[StoredJourney]):
    """Collection `journeys`. Several may write the journey of an article at once: the statuses of two stages."""

    def __init__(self, raw: AsyncIOMotorCollection[RawDocument], metrics: Metrics) -> None:
        super().__init__(raw, StoredJourney, metrics)

    async def record(self, statuses: Iterable[ArticleStatus]) -> None:
        """Merge statuses into the journeys of their articles. Raises Transient when others keep writing one of them:
        some may be stored then, and all may be recorded again."""
        by_article: defaultdict[str, list[JourneyEntry]] = defaultdict(list)
        for status in statuses:
            by_article[status.article_id].append(entry_of(status))
        work = [self._bring(article_id, entries, None) for article_id, entries in by_article.items()]
        errors = [e for e in await asyncio.gather(*work, return_exceptions=True) if e is not None]
        if errors:
            # What can be recorded later counts more than what never can: all of it is recorded again.
            raise next((error for error in errors if isinstance(error, Transient | Unavailable)), errors[0])

    async def retract(self, article_id: str, at: int) -> None:
        """Take away the details of what was reported until `at` (ms), and of what is still to come of it.

        Raises Transient when others keep writing the journey.
        """
        await self._bring(article_id, (), at)

    async def _bring(self, article_id: str, more: Sequence[JourneyEntry], retracted_at: int | None) -> None:
        for _ in attempts(article_id):
            stored = await self.get(article_id)
            wanted = with_news(stored or StoredJourney(id=article_id, change=1, entries=()), more, retracted_at)
            if wanted == stored:
                return
            if stored is None:
                done = await self.swap(wanted, None)
            else:
                done = await self.swap(wanted.model_copy(update={"change": stored.change + 1}), stored.change)
            if done:
                return


def with_news(journey: StoredJourney, more: Iterable[JourneyEntry], retracted_at: int | None) -> StoredJourney:
    """Return the journey with more reports and perhaps a retraction, under the same number."""
    latest = max((at for at in (journey.retracted_at, retracted_at) if at is not None), default=None)
    entries = merge(journey.entries, more)
    if latest is not None:
        entries = tuple(e.model_copy(update={"detail": None}) if e.at <= latest else e for e in entries)
    return journey.model_copy(update={"retracted_at": latest, "entries": entries})


def merge(entries: Iterable[JourneyEntry], more: Iterable[JourneyEntry]) -> tuple[JourneyEntry, ...]:
    """Return the entries of both: the one that counts per version and stage, of the newest 32 versions.

    Newest version first, then in the order of time.
    """
    counts: dict[tuple[Version, str], JourneyEntry] = {}
    for entry in (*entries, *more):
        key = (entry.version, entry.stage)
        counts[key] = max(counts.get(key, entry), entry, key=_weight)
    versions = sorted({version for version, _ in counts}, key=lambda v: v.order, reverse=True)[:MAX_VERSIONS]
    order = {version: place for place, version in enumerate(versions)}
    kept = [entry for entry in counts.values() if entry.version in order]
    return tuple(sorted(kept, key=lambda e: (order[e.version], e.at, e.stage))[:MAX_JOURNEY_ENTRIES])


def entry_of(status: ArticleStatus) -> JourneyEntry:
    """Return what a journey keeps of a status."""
    return JourneyEntry(
        version=status.version, stage=status.stage, status=status.status, at=status.at, detail=status.detail
    )


def _weight(entry: JourneyEntry) -> tuple[int, int, int, str]:
    return (_FINALITY[entry.status], entry.at, _PLACE[entry.status], entry.detail or "")
