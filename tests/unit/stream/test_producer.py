from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError
from kafka.future import Future

from shared.errors import Unavailable
from shared.model import ArticleSubmitted
from shared.settings import CommonSettings
from shared.stream import EventProducer, producer
from shared.stream.producer import Outgoing
from shared.stream.topics import Topic
from tests.support.events import submitted
from tests.support.stages import eventually

TOPIC = Topic("topic", 1, timedelta(days=1), False, 100_000, ArticleSubmitted)


class Client:
    """Stands in for kafka-python's producer; the test decides what becomes of what it was given."""

    _sender = None

    def __init__(self) -> None:
        self.sent: list[Future] = []

    def partitions_for(self, _topic: str) -> set[int]:
        return {0}

    def send(self, *_record: object) -> Future:
        self.sent.append(Future())
        return self.sent[-1]

    def close(self, timeout: float) -> None:
        pass


async def test_a_late_failure_of_an_earlier_client_leaves_the_present_one_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clients: list[Client] = []

    def make_client(*_settings: object) -> KafkaProducer:
        clients.append(Client())
        return clients[-1]

    monkeypatch.setattr(producer, "make_producer", make_client)
    events = EventProducer(CommonSettings(), "/diglot/test", [TOPIC])
    first, second = (asyncio.create_task(events.send(TOPIC, submitted(key))) for key in "ab")
    await eventually(lambda: clients and len(clients[0].sent) == 2)
    clients[0].sent[0].failure(KafkaTimeoutError())
    with pytest.raises(Unavailable):
        await first
    await eventually(lambda: not events.connected)
    third = asyncio.create_task(events.send(TOPIC, submitted("c")))
    await eventually(lambda: len(clients) == 2 and clients[1].sent)
    clients[0].sent[1].failure(KafkaTimeoutError())
    with pytest.raises(Unavailable):
        await second
    assert events.connected
    clients[1].sent[0].success(None)
    await third
    fourth = asyncio.create_task(events.send(TOPIC, submitted("d")))
    await eventually(lambda: len(clients[1].sent) == 2)
    clients[1].sent[1].success(None)
    await fourth
    assert len(clients) == 2
    await events.close()


@pytest.mark.parametrize(
    ("key", "value", "sent"), [(None, None, b""), (None, b"v", None), (b"k", None, b"k"), (b"", b"v", b"")]
)
def test_only_a_record_of_nothing_gets_a_key(key: bytes | None, value: bytes | None, sent: bytes | None) -> None:
    assert Outgoing(TOPIC, key, value, ()).sent_key == sent
