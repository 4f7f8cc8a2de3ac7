"""The database as the services see it: its collections, opened for one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConfigurationError, InvalidURI

from shared.errors import ConfigError
from shared.settings import CommonSettings
from shared.store._collection import Collection, RawDocument
from shared.store._errors import database_errors
from shared.store.documents import StoredArticle, StoredCard, StoredRevision, StoredRuling
from shared.store.journeys import Journeys
from shared.store.revisions import Revisions
from shared.telemetry import Metrics

# Long enough for an election of a replica set to show as one pause, short enough that a stage says what is wrong.
_SELECT_MS: Final = 3000
# A batch of large documents on a busy machine takes seconds; an operation past this is given up and repeated.
_OPERATION_MS: Final = 20_000


@dataclass(frozen=True)
class Store:
    """The collections of DESIGN 5 that this version fills."""

    articles: Collection[StoredArticle]
    cards: Collection[StoredCard]
    revisions: Revisions
    rulings: Collection[StoredRuling]
    journeys: Journeys
    _database: AsyncIOMotorDatabase[RawDocument]

    async def prepare(self) -> None:
        """Create what is missing of the indexes. Safe to repeat, and from several processes. Raises Unavailable.

        All other queries are by `_id`.
        """
        with database_errors("indexes"):
            await self._database["revisions"].create_index("article_id")

    async def ping(self) -> str:
        """Return the server's version. Raises Unavailable when it does not answer."""
        with database_errors("ping"):
            info = await self._database.client.server_info()
        return str(info["version"])


@asynccontextmanager
async def open_store(settings: CommonSettings, metrics: Metrics) -> AsyncIterator[Store]:
    """Open the configured database while the block runs; it connects on first use.

    Every write is acknowledged by a majority and by its journal: with less, the embedded database lost acknowledged
    writes when it was killed. Raises ConfigError when the connection string is wrong.
    """
    try:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            settings.mongodb_uri.get_secret_value(),
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=_SELECT_MS,
            connectTimeoutMS=_SELECT_MS,
            timeoutMS=_OPERATION_MS,
            appname="diglot",
        )
    except (ConfigurationError, InvalidURI, ValueError) as error:
        raise ConfigError(f"DIGLOT_MONGODB_URI: {error}") from None
    try:
        database = client[settings.mongodb_database]
        yield Store(
            articles=Collection(database["articles"], StoredArticle, metrics),
            cards=Collection(database["cards"], StoredCard, metrics),
            revisions=Revisions(database["revisions"], StoredRevision, metrics),
            rulings=Collection(database["rulings"], StoredRuling, metrics),
            journeys=Journeys(database["journeys"], metrics),
            _database=database,
        )
    finally:
        client.close()
