"""The database as the services see it: its collections, opened for one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.settings import CommonSettings
from shared.store._client import connect
from shared.store._collection import Collection, RawDocument
from shared.store._errors import database_errors
from shared.store.documents import StoredArticle, StoredCard, StoredRevision, StoredRuling
from shared.store.journeys import Journeys
from shared.store.revisions import Revisions
from shared.store.terms import Terms
from shared.telemetry import Metrics


@dataclass(frozen=True)
class Store:
    """The collections, as docs/publish.md and docs/terms.md describe them."""

    articles: Collection[StoredArticle]
    cards: Collection[StoredCard]
    revisions: Revisions
    rulings: Collection[StoredRuling]
    journeys: Journeys
    terms: Terms
    _database: AsyncIOMotorDatabase[RawDocument]

    async def prepare(self) -> None:
        """Create what is missing of the indexes. Safe to repeat, and from several processes. Raises Unavailable.

        All other queries are by `_id`.
        """
        with database_errors("indexes"):
            await self._database["revisions"].create_index("article_id")
        await self.terms.prepare()


@asynccontextmanager
async def open_store(settings: CommonSettings, metrics: Metrics) -> AsyncIterator[Store]:
    """Open the configured database while the block runs; it connects on first use.

    Raises ConfigError when the connection string is wrong.
    """
    with connect(settings) as database:
        yield Store(
            articles=Collection(database["articles"], StoredArticle, metrics),
            cards=Collection(database["cards"], StoredCard, metrics),
            revisions=Revisions(database["revisions"], StoredRevision, metrics),
            rulings=Collection(database["rulings"], StoredRuling, metrics),
            journeys=Journeys(database["journeys"], metrics),
            terms=Terms(database["terms"], metrics),
            _database=database,
        )
