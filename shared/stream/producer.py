"""Sends events and returns when the broker has them: acks=all, idempotent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from shared.errors import Poison, Unavailable
from shared.model import Event, Record, encode
from shared.settings import CommonSettings
from shared.stream._clients import close_producer, describe, make_producer
from shared.stream.topics import Topic

_BATCH_OVERHEAD: Final = 512  # the batch's own header, lengths and offsets around one record
_RECONNECT_SECONDS: Final = 0.5
_MAX_OUTSTANDING: Final = 64 * 1024 * 1024  # kafka-python has no bound of its own


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record and where it goes. Dead letters keep a key or value that was missing."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, topic: Topic, record: Record) -> Outgoing:
        """A record that holds an event of ours."""
        return cls(topic, record.key, record.value, record.headers)

    @property
    def sent_key(self) -> bytes | None:
        """The key to send: a record without key and value can't be sent, and gets an empty key."""
        return b"" if self.key is None and self.value is None else self.key

    @property
    def size(self) -> int:
        """Bytes on the topic, slightly overstated."""
        named = 10 * len(self.headers)
        for name, value in self.headers:  # a generator takes twice as long, and every record is measured
            named += (len(name) if name.isascii() else len(name.encode())) + len(value)
        return len(self.key or b"") + len(self.value or b"") + named + _BATCH_OVERHEAD

    def check_size(self) -> None:
        """Raise Poison when the record is too large for its topic."""
        if self.size > self.topic.max_bytes:
            raise Poison(f"{self.size} bytes are too many for {self.topic.name} (at most {self.topic.max_bytes})")


class EventProducer:
    """Sends to the topics it was made for. Connects on first use, and again after a failure.

    `source`: the CloudEvents source, as `/diglot/ingest`. `deliver_within`: seconds after which an event that the
    broker didn't acknowledge counts as failed; it may have been stored all the same.
    """

    def __init__(
        self, settings: CommonSettings, source: str, topics: Sequence[Topic], *, deliver_within: float = 10.0
    ) -> None:
        self._settings = settings
        self._source = source
        self._topics = tuple(topics)
        self._deliver_within = deliver_within
        # kafka-python blocks while it connects and looks up a topic, so it lives in a thread of its own.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="producer")
        self._client: KafkaProducer | None = None
        # The client that failed; by the time it is told, another one may have taken its place.
        self._broken: KafkaProducer | None = None
        self._retry_at = 0.0
        self._outstanding = 0

    async def connect(self) -> None:
        """Connect now, so that the first event needn't wait. Raises Unavailable."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connected)

    @property
    def connected(self) -> bool:
        """True while the last contact with the broker was a success."""
        return self._client is not None and self._client is not self._broken

    async def send(self, topic: Topic, event: Event, *, traceparent: str | None = None) -> None:
        """Send one event and wait until all replicas have it.

        Raises Unavailable when that isn't known in time (the event may be there), Poison when it is too large.
        """
        await self.send_all([Outgoing.of(topic, encode(event, self._source, traceparent))])

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        """Send records and wait until all replicas have all of them; raises as `send`, also when only some failed."""
        if not records:
            return
        for record in records:
            record.check_size()
        size = sum(record.size for record in records)
        if self._outstanding + size > _MAX_OUTSTANDING:
            raise Unavailable("too many records wait for the broker", retry_after=1.0)
        self._outstanding += size
        loop = asyncio.get_running_loop()
        receipt = _Receipt(loop, len(records))
        try:
            # The client's own limit comes first; this one is for the wait behind a blocked connect.
            async with asyncio.timeout(self._deliver_within + 1.0):
                await loop.run_in_executor(self._thread, self._submit, records, receipt)
                await receipt.future
        except TimeoutError as error:
            raise Unavailable("the broker did not acknowledge in time") from error
        except KafkaError as error:
            if receipt.client is self._client:
                self._broken = receipt.client
            raise Unavailable(f"the broker did not acknowledge: {describe(error)}") from error
        finally:
            self._outstanding -= size

    async def close(self) -> None:
        """Close the connection; what was not acknowledged is given up."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    def _submit(self, records: Sequence[Outgoing], receipt: _Receipt) -> None:
        client = receipt.client = self._connected()
        for record in records:
            sent = client.send(record.topic.name, record.value, record.sent_key, list(record.headers))
            sent.add_callback(receipt.acknowledged)
            sent.add_errback(receipt.failed)

    def _connected(self) -> KafkaProducer:
        if self._client is not None and self._client is not self._broken:
            return self._client
        if time.monotonic() < self._retry_at:
            raise Unavailable("no Kafka broker answers", retry_after=_RECONNECT_SECONDS)
        self._disconnect()
        client = None
        try:
            max_bytes = max(topic.max_bytes for topic in self._topics) + _BATCH_OVERHEAD
            client = make_producer(self._settings, self._source.strip("/"), max_bytes, self._deliver_within)
            for topic in self._topics:
                client.partitions_for(topic.name)
        except (Unavailable, KafkaError) as error:
            # Those who wait behind this attempt needn't each wait for another one.
            self._retry_at = time.monotonic() + _RECONNECT_SECONDS
            if client is None:
                raise
            close_producer(client)
            raise Unavailable(f"the topics are not there: {describe(error)}") from error
        self._client = client
        return client

    def _disconnect(self) -> None:
        if self._client is not None:
            close_producer(self._client)
            self._client = self._broken = None


class _Receipt:
    """Counts the acknowledgements of some records, in the producer's thread, and tells the event loop at the end.

    `client`: the one that the records were given to.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, expected: int) -> None:
        self.future: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._missing = expected
        self.client: KafkaProducer | None = None

    def acknowledged(self, _metadata: object) -> None:
        self._missing -= 1
        if self._missing == 0:
            self._tell(None)

    def failed(self, error: BaseException) -> None:
        self._tell(error)

    def _tell(self, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._resolve, error)

    def _resolve(self, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(None)
        else:
            self.future.set_exception(error)
