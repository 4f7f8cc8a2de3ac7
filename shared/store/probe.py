"""Checks that the configured database can be used, for people who set it up."""

from __future__ import annotations

import uuid

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.store._client import connect
from shared.store._errors import database_errors


async def probe(settings: CommonSettings) -> str:
    """Write a document, read it and delete it again, and return the server's version.

    Raises Unavailable with the reason when any of it fails, and ConfigError when the connection string is wrong.
    """
    mark = uuid.uuid4().hex
    with connect(settings) as database, database_errors("the check of the database"):
        info = await database.client.server_info()
        await database["probes"].insert_one({"_id": mark})
        found = await database["probes"].find_one({"_id": mark})
        await database["probes"].delete_one({"_id": mark})
    if found is None:
        raise Unavailable("the database acknowledged a document and does not have it")
    return str(info["version"])
