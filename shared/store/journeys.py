"""How far each stage is with each version of an article. Order and repeats of the reports do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from motor.motor_asyncio import AsyncIOMotorCollection

from shared.model import ArticleStatus, Status, Version
from shared.store._collection import Collection, RawDocument, attempts
from shared.store.documents import MAX_JOURNEY_ENTRIES, JourneyEntry, StoredJourney
from shared.telemetry import Metrics

MAX_VERSIONS: Final = 32

# A final status beats progress and done beats failed; between equals the later time wins.
_FINALITY: Final[Mapping[Status, int]] = MappingProxyType(
    {"accepted": 0, "started": 0, "retrying": 0, "paused": 0, "failed": 1, "unchanged": 2, "done": 3}
)


class Journeys(Collection[StoredJourney]):
    """Collection `journeys`. The reports of one article come one after another, as its key orders them."""

    def __init__(self, raw: AsyncIOMotorCollection[RawDocument], metrics: Metrics) -> None:
        super().__init__(raw, StoredJourney, metrics)

    async def record(self, report: ArticleStatus) -> None:
        """Merge a report into the journey of its article. Raises Transient when others keep writing it."""
        for _ in attempts(report.article_id):
            stored = await self.get(report.article_id)
            entries = merge(stored.entries if stored else (), (entry_of(report),))
            if stored is not None and entries == stored.entries:
                return
            expected = stored.change if stored else None
            journey = StoredJourney(id=report.article_id, change=(expected or 0) + 1, entries=entries)
            if await self.swap(journey, expected):
                return


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


def entry_of(report: ArticleStatus) -> JourneyEntry:
    """Return what a journey keeps of a report."""
    return JourneyEntry(
        version=report.version, stage=report.stage, status=report.status, at=report.at, detail=report.detail
    )


def _weight(entry: JourneyEntry) -> tuple[int, int, str, str]:
    return (_FINALITY[entry.status], entry.at, entry.status, entry.detail or "")
