"""A collection whose documents are written under their number `change`, so that no writer undoes another's work."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import orjson
import structlog
from motor.motor_asyncio import AsyncIOMotorCollection
from pydantic import ValidationError
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from shared.errors import Poison, Transient
from shared.failpoints import failpoint
from shared.model import validation_problems
from shared.store._batch import Batcher
from shared.store._errors import database_errors, failed_write
from shared.store.documents import Stored
from shared.telemetry import Metrics

StoredT = TypeVar("StoredT", bound=Stored)
RawDocument = dict[str, Any]
"""A document as the driver takes and gives it."""

_DUPLICATE: Final = 11000
_SCAN: Final = 500
_ATTEMPTS: Final = 50

log = structlog.stdlib.get_logger(__name__)


class Collection(Generic[StoredT]):
    """Documents of one type by id.

    All methods raise Unavailable when the database does not answer, and Poison for a document that it can't hold or
    that is not of this type.
    """

    def __init__(self, raw: AsyncIOMotorCollection[RawDocument], model: type[StoredT], metrics: Metrics) -> None:
        self._raw = raw
        self._model = model
        self._metrics = metrics
        self._finds = Batcher(self._find_all)
        self._writes = Batcher(self._write_all)

    async def get(self, document_id: str) -> StoredT | None:
        """Return the document, or None."""
        return await self._finds.submit(document_id)

    async def swap(self, document: StoredT, expected: int | None) -> bool:
        """Store `document` where the stored one still has the number `expected`, or where there is none (None).

        Returns False when somebody else wrote in between; read again and decide again.
        """
        return await self._writes.submit(_replace(document, 0 if expected is None else expected))

    async def advance(self, document: StoredT) -> bool:
        """Store `document` unless the stored one has the same or a higher number; returns whether it was stored."""
        return await self._writes.submit(_replace(document, {"$lt": document.change}))

    async def scan(self) -> AsyncIterator[Sequence[StoredT]]:
        """Yield all documents, in no order, some hundreds at a time. One that can't be read is logged and left out."""
        cursor = self._raw.find({}, batch_size=_SCAN)
        while True:
            with database_errors(f"{self._raw.name}.scan"):
                batch = await cursor.to_list(_SCAN)
            if not batch:
                return
            yield list(self._loadable(batch))

    async def _find_all(self, ids: Sequence[str]) -> Sequence[StoredT | None]:
        wanted = list(dict.fromkeys(ids))
        query: RawDocument = {"_id": wanted[0] if len(wanted) == 1 else {"$in": wanted}}
        started = time.perf_counter()
        with database_errors(f"{self._raw.name}.find"):
            found = {raw["_id"]: self._load(raw) for raw in await self._raw.find(query).to_list(len(wanted))}
        self._time("find", started)
        return [found.get(document_id) for document_id in ids]

    async def _write_all(self, writes: Sequence[ReplaceOne[RawDocument]]) -> Sequence[bool]:
        refused: set[int] = set()
        started = time.perf_counter()
        with database_errors(f"{self._raw.name}.write"):
            try:
                await self._raw.bulk_write(list(writes), ordered=False)
            except BulkWriteError as error:
                refused = _refused(self._raw.name, error)
        self._time("write", started)
        if len(refused) < len(writes):
            failpoint(f"store.{self._raw.name}.written")
        return [index not in refused for index in range(len(writes))]

    def _time(self, operation: str, started: float) -> None:
        seconds = time.perf_counter() - started
        self._metrics.observe("diglot_store_seconds", seconds, operation=f"{self._raw.name}.{operation}")

    def _loadable(self, batch: Sequence[Mapping[str, Any]]) -> Iterator[StoredT]:
        for raw in batch:
            try:
                yield self._load(raw)
            except Poison as error:
                log.error("left out", reason=str(error))

    def _load(self, raw: Mapping[str, Any]) -> StoredT:
        named = {("id" if name == "_id" else name): value for name, value in raw.items()}
        try:
            # By way of JSON, because strict models take lists for tuples and text for instants only from JSON.
            return self._model.model_validate_json(orjson.dumps(named))
        except (ValidationError, TypeError) as error:
            # Not an outage, and not a reason to fail the others that were asked for at the same time. The reason is
            # public, so it must not quote the document.
            why = validation_problems(error) if isinstance(error, ValidationError) else "a value that is no JSON"
            raise Poison(f"{self._raw.name}: the document {raw['_id']} is not one of ours: {why}") from error


def _replace(document: Stored, change: int | Mapping[str, int]) -> ReplaceOne[RawDocument]:
    raw = document.model_dump(mode="json")
    raw["_id"] = raw.pop("id")
    # When the number is another one, nothing matches, the upsert inserts, and the _id is taken: error 11000.
    return ReplaceOne({"_id": raw["_id"], "change": change}, raw, upsert=True)


def _refused(name: str, error: BulkWriteError) -> set[int]:
    """The indexes of the writes whose guard did not hold. Raises for any other failure."""
    refused: set[int] = set()
    for failure in [*error.details.get("writeErrors", []), *error.details.get("writeConcernErrors", [])]:
        if failure.get("code") != _DUPLICATE:
            raise failed_write(f"{name}.write", failure.get("code"), str(failure.get("errmsg")))
        refused.add(int(failure["index"]))
    return refused


def attempts(what: str) -> Iterator[int]:
    """Head a loop that writes again when somebody else wrote in between. Raises Transient after too many rounds."""
    yield from range(_ATTEMPTS)
    raise Transient(f"{what}: others wrote it {_ATTEMPTS} times in between")
