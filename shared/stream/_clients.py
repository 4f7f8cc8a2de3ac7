"""Client settings, in one place: what works with Apache Kafka and what the embedded broker needs instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from shared.errors import Unavailable
from shared.settings import CommonSettings

if TYPE_CHECKING:
    from shared.stream.topics import Topic

SESSION_SECONDS: Final = 6.0
"""A worker that sends no heartbeat for so long is replaced: the shortest that Kafka's default settings allow."""

_FETCH_BYTES: Final = 16 * 1024 * 1024
_TRANSACTION_BATCH_BYTES: Final = 512 * 1024
_BATCH_BYTES: Final = 64 * 1024  # below the smallest topic's max.message.bytes, which limits batches

ClientT = TypeVar("ClientT")


class _NetClient(KafkaNetClient):  # type: ignore[misc]
    """kafka-python 3.0.12 with two of its faults worked around."""

    def __init__(self, **configs: object) -> None:
        super().__init__(**configs)
        # The option `allow_auto_create_topics` doesn't reach the metadata requests, and the embedded broker then makes
        # each topic that is asked for by name, with partitions as it likes.
        self._manager.cluster.config["allow_auto_create_topics"] = False

    def await_ready(self, node_id: object, timeout_ms: float = 30000) -> bool:
        """Answer False where the original raises.

        The exception makes the sender drop the request it was about to send, and the caller waits for ever (seen with
        transactions when their coordinator dies).
        """
        try:
            return bool(super().await_ready(node_id, timeout_ms=timeout_ms))
        except KafkaError:
            # Not at once: the sender asks again in a loop, and would use a whole core while the broker is away.
            time.sleep(0.05)
            return False


def _common(settings: CommonSettings, client_id: str) -> dict[str, object]:
    return {
        "bootstrap_servers": [server.strip() for server in settings.kafka_bootstrap.split(",")],
        "client_id": client_id,
        "kafka_client": _NetClient,
        # The default, 30 s, would add half a minute to every outage.
        "reconnect_backoff_max_ms": 1000,
        # The embedded broker restarts with other partitions' leaders unknown; it is cheap to ask it often.
        "metadata_max_age_ms": 2000 if settings.kafka_embedded else 60_000,
    }


TRANSACTION_SECONDS: Final = 10.0
"""After so long the coordinator gives an open transaction up, so that others needn't wait for a dead worker's."""


def make_producer(settings: CommonSettings, client_id: str, max_bytes: int, deliver_within: float) -> KafkaProducer:
    """An idempotent producer that waits for all replicas. Blocks until a broker answered.

    `max_bytes`: the largest record it may meet. `deliver_within`: seconds after which a record counts as failed.
    """
    timeout_ms = round(deliver_within * 1000)  # kafka-python breaks on a float
    return _connected(
        lambda: KafkaProducer(
            **_common(settings, client_id),
            acks="all",
            enable_idempotence=True,
            max_request_size=max_bytes,
            batch_size=_BATCH_BYTES,
            retry_backoff_ms=10,
            delivery_timeout_ms=timeout_ms,
            request_timeout_ms=timeout_ms // 2,
            max_block_ms=timeout_ms,
            bootstrap_timeout_ms=min(timeout_ms, 3000),
        )
    )


def make_transactional_producer(
    settings: CommonSettings, transactional_id: str, topics: Sequence[Topic]
) -> KafkaProducer:
    """A producer for transactions over these topics, not initialised yet. Blocks until a broker answered."""
    return _connected(
        lambda: KafkaProducer(
            **_common(settings, transactional_id),
            transactional_id=transactional_id,
            transaction_timeout_ms=int(TRANSACTION_SECONDS * 1000),
            acks="all",
            max_request_size=max(topic.max_bytes for topic in topics),
            # A batch goes when it is full or the transaction ends: many small requests cost more than they save time.
            batch_size=min(_TRANSACTION_BATCH_BYTES, *(topic.max_bytes for topic in topics)),
            linger_ms=60_000,
            # Rules the speed of transactions: each one meets the end of the last one and is told to come again.
            retry_backoff_ms=5,
            delivery_timeout_ms=75_000,  # must be above linger; the transaction's own limit comes first
            request_timeout_ms=8_000,
            max_block_ms=int(TRANSACTION_SECONDS * 1000),
            bootstrap_timeout_ms=3000,
        )
    )


def close_producer(client: KafkaProducer) -> None:
    """Give up what is not acknowledged, and end the client's thread."""
    if client._sender is not None:  # noqa: SLF001 -- close() itself gets there only when nothing is outstanding
        client._sender.force_close()  # noqa: SLF001
    with suppress(KafkaError):
        client.close(timeout=0)
    # Else its finalizer waits a second for what is given up, in whatever thread it runs.
    client._closed = True  # noqa: SLF001


def make_offset_reader(settings: CommonSettings, group: str) -> KafkaConsumer:
    """A consumer that reads a group's committed offsets and is no member of it. Blocks until a broker answered."""
    return _consumer(settings, f"diglot-{group}-offsets", _FETCH_BYTES, group_id=group)


def make_group_consumer(settings: CommonSettings, group: str, client_id: str, max_bytes: int) -> KafkaConsumer:
    """A consumer of a group, to be subscribed by the caller. Blocks until a broker answered.

    `max_bytes`: the largest record of its topics.
    """
    assignor = RangePartitionAssignor if settings.kafka_embedded else CooperativeStickyAssignor
    return _consumer(
        settings,
        client_id,
        max_bytes,
        group_id=group,
        session_timeout_ms=int(SESSION_SECONDS * 1000),
        heartbeat_interval_ms=1000,
        auto_offset_reset="earliest",
        partition_assignment_strategy=[assignor],
    )


def make_free_consumer(settings: CommonSettings, client_id: str, max_bytes: int) -> KafkaConsumer:
    """A consumer without a group, to be assigned by the caller. Blocks until a broker answered.

    It raises OffsetOutOfRangeError where the group consumer begins again.
    """
    return _consumer(settings, client_id, max_bytes, group_id=None, auto_offset_reset="none")


def make_admin(settings: CommonSettings, client_id: str) -> KafkaAdminClient:
    """An admin client. Blocks until a broker answered."""
    return _connected(
        lambda: KafkaAdminClient(**_common(settings, client_id), request_timeout_ms=15_000, bootstrap_timeout_ms=5000)
    )


def _consumer(settings: CommonSettings, client_id: str, max_bytes: int, **more: object) -> KafkaConsumer:
    return _connected(
        lambda: KafkaConsumer(
            **_common(settings, client_id),
            isolation_level="read_committed",
            enable_auto_commit=False,
            # The default, 500 ms, is what the first record after a pause would wait for other partitions.
            fetch_max_wait_ms=20,
            max_partition_fetch_bytes=max_bytes,
            fetch_max_bytes=max(_FETCH_BYTES, max_bytes),
            request_timeout_ms=15_000,
            bootstrap_timeout_ms=3000,
            **more,
        )
    )


def _connected(make: Callable[[], ClientT]) -> ClientT:
    try:
        return make()
    except KafkaError as error:
        raise Unavailable(f"no Kafka broker answers: {describe(error)}") from error


def describe(error: BaseException) -> str:
    """An error as one line: kafka-python's begin with their class, and often say nothing else."""
    name = type(error).__name__
    text = str(error).removeprefix(name).strip(" :")
    return f"{name}: {text}" if text not in ("", "None") else name
