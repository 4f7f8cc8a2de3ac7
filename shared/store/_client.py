"""The connection to the database, as every use of it must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConfigurationError, InvalidURI

from shared.errors import ConfigError
from shared.settings import CommonSettings
from shared.store._collection import RawDocument

# Long enough for an election of a replica set to show as one pause, short enough that a stage says what is wrong.
_SELECT_MS: Final = 3000
# A batch of large documents on a busy machine takes seconds; an operation past this is given up and repeated.
_OPERATION_MS: Final = 20_000


@contextmanager
def connect(settings: CommonSettings) -> Iterator[AsyncIOMotorDatabase[RawDocument]]:
    """Give the configured database while the block runs; it connects on first use.

    Every write is acknowledged by a majority and by its journal: with less, the embedded database lost acknowledged
    writes when it was killed. Raises ConfigError when the connection string is wrong.
    """
    try:
        client: AsyncIOMotorClient[RawDocument] = AsyncIOMotorClient(
            settings.mongodb_uri.get_secret_value(),
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=_SELECT_MS,
            connectTimeoutMS=_SELECT_MS,
            # Not timeoutMS: with it the driver tries again until the time is over, and hides an outage as long.
            socketTimeoutMS=_OPERATION_MS,
            wTimeoutMS=_OPERATION_MS,
            appname="diglot",
        )
    except (ConfigurationError, InvalidURI, ValueError) as error:
        # `from None`: the original error may show the string, and that may hold a password.
        raise ConfigError(f"DIGLOT_MONGODB_URI: {error}") from None
    try:
        yield client[settings.mongodb_database]
    finally:
        client.close()
