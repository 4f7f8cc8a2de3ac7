"""Reading committed offsets, through kafka-python's own method."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import GroupAuthorizationFailedError, KafkaError, KafkaTimeoutError
from kafka.future import Future
from kafka.structs import OffsetAndMetadata

from shared.settings import CommonSettings
from shared.stream import _committed
from shared.stream._committed import OffsetReader, fetch_committed
from shared.stream._records import Partition

T = TypeVar("T")

PLACES = [TopicPartition("topic", 0), TopicPartition("topic", 1)]


def answer(offset: int) -> dict[TopicPartition, OffsetAndMetadata]:
    return {place: OffsetAndMetadata(offset, "", -1) for place in PLACES}


class Coordinator:
    """kafka-python's coordinator with requests that the test answers: it is its own network and manager."""

    fetch_committed_offsets_async = ConsumerCoordinator.fetch_committed_offsets_async

    def __init__(self) -> None:
        self._offset_fetch_futures: dict[frozenset[TopicPartition], Future] = {}
        self._net = self._manager = self
        self.config = {"retry_backoff_ms": 1}
        self.sent: list[Future] = []
        self.answers: list[object] = []
        self.closed = False

    @property
    def _coordinator(self) -> Coordinator:
        return self

    def run(self, work: Callable[..., Awaitable[T]], *arguments: object) -> T:
        async def all_of_it() -> T:
            return await work(*arguments)

        return asyncio.run(all_of_it())

    def call_soon(self, send: Callable[[Sequence[TopicPartition]], Future], places: Sequence[TopicPartition]) -> Future:
        return send(places)

    def _send_offset_fetch_request(self, _places: Sequence[TopicPartition]) -> Future:
        future = Future()
        self.sent.append(future)
        found = self.answers.pop(0) if self.answers else None
        if isinstance(found, KafkaError):
            future.failure(found)
        elif found is not None:
            future.success(found)
        return future

    async def wait_for(self, future: Future, _timeout_ms: float) -> object:
        if not future.is_done:
            raise KafkaTimeoutError
        return future.value

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def ensure_coordinator_ready_async(self, timeout_ms: float) -> bool:
        return True

    def close(self, *, autocommit: bool) -> None:
        self.closed = not autocommit


def test_an_answer_that_came_too_late_is_not_taken_for_that_of_a_later_request() -> None:
    coordinator = Coordinator()
    consumer = cast(KafkaConsumer, coordinator)
    with pytest.raises(KafkaTimeoutError):
        fetch_committed(consumer, PLACES, 0.01)
    coordinator.sent[0].success(answer(3))
    coordinator.answers.append(answer(8))
    assert fetch_committed(consumer, PLACES, 0.01) == answer(8)


def test_a_request_that_kafka_python_gave_up_is_not_taken_up_again() -> None:
    coordinator = Coordinator()
    late = Future()
    late.success(answer(3))
    coordinator._offset_fetch_futures[frozenset(PLACES)] = late
    coordinator.answers.append(answer(8))
    assert fetch_committed(cast(KafkaConsumer, coordinator), PLACES, 0.01) == answer(8)


def test_a_reader_takes_a_new_connection_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = Coordinator(), Coordinator()
    broken.answers.append(GroupAuthorizationFailedError("group"))
    good.answers.append(answer(8))
    clients = [broken, good]
    monkeypatch.setattr(_committed, "make_offset_reader", lambda _settings, _group: clients.pop(0))
    reader = OffsetReader(CommonSettings(), "group")
    wanted = [Partition(*place) for place in PLACES]
    with pytest.raises(GroupAuthorizationFailedError):
        reader.read(wanted)
    assert broken.closed
    assert {committed.offset for committed in reader.read(wanted).values()} == {8}
