"""One transaction at a time through kafka-python's producer, with a limit on each of its steps.

kafka-python 3.0.12 waits for a transactional request for ever, keeps offsets of an aborted transaction for the next
one, and can call a commit a success after it dropped the transaction's batches (docs/brokers.md). So: every step is
bounded here, every send is checked, and after anything but a clean commit the producer is thrown away. A new one with
the same transactional id ends what the old one left open.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from kafka import KafkaProducer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    CommitFailedError,
    InvalidProducerEpochError,
    InvalidRecordError,
    InvalidTopicError,
    KafkaConfigurationError,
    KafkaError,
    MessageSizeTooLargeError,
    OffsetMetadataTooLargeError,
    ProducerFencedError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    UnsupportedVersionError,
)
from kafka.producer.future import FutureRecordMetadata
from kafka.producer.transaction_manager import TransactionalRequestResult
from kafka.structs import OffsetAndMetadata

from shared.errors import Fatal, Unavailable
from shared.failpoints import failpoint
from shared.settings import CommonSettings
from shared.stream._clients import TRANSACTION_SECONDS, close_producer, describe, make_transactional_producer
from shared.stream._holdings import Membership
from shared.stream._offsets import Position
from shared.stream._records import Partition
from shared.stream.partitioning import partition_of
from shared.stream.producer import Outgoing
from shared.stream.topics import Topic

STEP_SECONDS: Final = 15.0
"""Longest wait for one step; the coordinator gives a transaction up after 10 s."""

_FENCED: Final = (ProducerFencedError, InvalidProducerEpochError)
# Another attempt would meet the same: a person must change something.
_FATAL: Final = (
    AuthorizationError,
    InvalidRecordError,
    InvalidTopicError,
    KafkaConfigurationError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    UnsupportedVersionError,
)


class Fenced(Fatal):
    """Another producer has taken this transactional id."""


class Refused(Fatal):
    """The broker will never take this: a record, a topic or a permission is wrong."""


class Unclean(Exception):  # noqa: N818
    """The transaction did not end in a clean commit: it may be committed or not. `stale`: the group has moved on."""

    def __init__(self, reason: str, *, stale: bool = False) -> None:
        super().__init__(reason)
        self.stale = stale


class TransactionalProducer:
    """A producer with an identity. Not for several threads at once.

    `transactional_id`: unique among live workers and the same after a restart. `topics`: all it may send to.
    """

    def __init__(self, settings: CommonSettings, transactional_id: str, topics: Sequence[Topic]) -> None:
        self._settings = settings
        self._id = transactional_id
        self._topics = tuple(topics)
        self._client: KafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._expired = False
        self.membership_checked = not settings.kafka_embedded
        """Whether the broker refuses a membership that its group has moved on from."""

    def open(self) -> None:
        """Connect, and end what an earlier producer of this id left open. Does nothing while open.

        Raises Unavailable when that must be tried again, Fenced, and Refused.
        """
        if self._client is not None:
            return
        client = make_transactional_producer(self._settings, self._id, self._topics)
        try:
            self._partitions = {topic.name: len(client.partitions_for(topic.name)) for topic in self._topics}
            client.init_transactions()
        except Exception as error:
            close_producer(client)
            raise _judged(error, client, self._settings.slot) from error
        self._client = client

    def commit(
        self, records: Sequence[Outgoing], positions: Mapping[Partition, Position], membership: Membership
    ) -> None:
        """Send the records and the positions, all or nothing.

        Raises Fenced, Refused, and Unclean after which the producer is closed and `open` must come again.
        """
        client = self._client
        if client is None:
            raise Unclean("not connected")
        began = time.monotonic()
        try:
            self._commit(client, records, positions, membership)
        except Exception as error:
            self.close()
            judged = _judged(error, client, self._settings.slot, otherwise=Unclean)
            raise self._excused(judged, time.monotonic() - began) from error
        self._expired = False

    def close(self) -> None:
        """Give the connection up; an open transaction stays open until this id opens again or its timeout."""
        if self._client is not None:
            close_producer(self._client)
            self._client = None

    def _excused(self, error: Exception, seconds: float) -> Exception:
        """Take an id that was lost in a transaction that took too long for one that the coordinator gave up on.

        Not twice without a clean commit between: another worker may have the id, and one of the two must end.
        """
        if not isinstance(error, Fenced) or seconds <= TRANSACTION_SECONDS or self._expired:
            return error
        self._expired = True
        return Unclean(f"the transaction took {seconds:.0f} s, which is longer than it may stay open")

    def _commit(
        self,
        client: KafkaProducer,
        records: Sequence[Outgoing],
        positions: Mapping[Partition, Position],
        membership: Membership,
    ) -> None:
        manager = client._transaction_manager  # noqa: SLF001 -- the public methods wait without a limit
        identity = manager.producer_id_and_epoch
        client.begin_transaction()
        if not records and self._settings.kafka_embedded:
            # It commits offsets that come alone only once per producer; a partition that nothing is sent to will do.
            manager.maybe_add_partition_to_transaction(TopicPartition(self._topics[0].name, 0))
        sent = [self._send(client, record) for record in records]
        _flush(client, sent)
        failpoint("stream.transaction_open")
        offsets = {
            TopicPartition(*partition): OffsetAndMetadata(position.offset, position.metadata, -1)
            for partition, position in positions.items()
        }
        _await(client, manager.send_offsets_to_transaction(offsets, membership), "taking the offsets")
        failpoint("stream.before_commit")
        _await(client, manager.begin_commit(), "committing")
        failpoint("stream.after_commit")
        if manager.producer_id_and_epoch != identity:
            raise Unclean("the producer lost its identity during the transaction")

    def _send(self, client: KafkaProducer, record: Outgoing) -> FutureRecordMetadata:
        key = record.sent_key
        partition = None if key is None else partition_of(key, self._partitions[record.topic.name])
        return client.send(record.topic.name, record.value, key, list(record.headers), partition)


def _flush(client: KafkaProducer, sent: Sequence[FutureRecordMetadata]) -> None:
    """Send what waits, and see that the broker has all of it. The client's own flush limits only each batch."""
    deadline = time.monotonic() + STEP_SECONDS
    accumulator = client._accumulator  # noqa: SLF001
    accumulator.begin_flush()
    client._sender.wakeup()  # noqa: SLF001
    for future in sent:
        future.get(timeout=max(0.0, deadline - time.monotonic()))
    accumulator._flushes_in_progress.decrement()  # noqa: SLF001 -- after an error the client is thrown away


def _await(client: KafkaProducer, result: TransactionalRequestResult, doing: str) -> None:
    client._sender.wakeup()  # noqa: SLF001
    if not result.wait(timeout_ms=STEP_SECONDS * 1000):
        raise Unclean(f"the broker took longer than {STEP_SECONDS:g} s for {doing}")


def _judged(error: Exception, client: KafkaProducer, slot: str, otherwise: type[Exception] = Unavailable) -> Exception:
    """What an error of kafka-python means for the worker."""
    if isinstance(error, Unclean):
        return error
    # Once it has failed, kafka-python raises plain errors; the first one is kept here.
    causes = (error, client._transaction_manager.last_error)  # noqa: SLF001
    if any(isinstance(cause, _FENCED) for cause in causes):
        return Fenced(f"another live worker has slot {slot}: give each its own DIGLOT_SLOT")
    for cause in causes:
        # The answer to a transaction's offsets has no class for this one.
        if isinstance(cause, _FATAL) or OffsetMetadataTooLargeError.__name__ in str(cause):
            return Refused(f"the broker refuses it: {describe(cause)}")
    if isinstance(error, CommitFailedError) and otherwise is Unclean:
        return Unclean(describe(error), stale=True)
    if isinstance(error, KafkaError | OSError):
        return otherwise(describe(error))
    return error
