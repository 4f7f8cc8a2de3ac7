"""Checks that the database answers, keeps what is written and gives it back."""

from __future__ import annotations

import uuid
from typing import Any, Final

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import ConfigurationError, InvalidURI

from shared.errors import ConfigError, Unavailable
from shared.settings import CommonSettings
from shared.store._errors import database_errors

_COLLECTION: Final = "probes"
_LIMIT_MS: Final = 5000


async def probe(settings: CommonSettings) -> str:
    """Write one document as the services do, read it, delete it, and return the server's version.

    Raises ConfigError when the connection string is wrong, Unavailable when any of the steps fails.
    """
    try:
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            settings.mongodb_uri.get_secret_value(),
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=_LIMIT_MS,
            timeoutMS=_LIMIT_MS,
            appname="diglot-doctor",
        )
    except (ConfigurationError, InvalidURI, ValueError) as error:
        raise ConfigError(f"DIGLOT_MONGODB_URI: {error}") from None
    try:
        collection = client[settings.mongodb_database][_COLLECTION]
        mark = uuid.uuid4().hex
        with database_errors("ping"):
            version = (await client.server_info())["version"]
        with database_errors("write"):
            await collection.insert_one({"_id": mark})
        with database_errors("read"):
            found = await collection.find_one({"_id": mark})
        with database_errors("delete"):
            await collection.delete_one({"_id": mark})
    finally:
        client.close()
    if found is None:
        raise Unavailable("read: the database does not give back what it acknowledged")
    return str(version)
