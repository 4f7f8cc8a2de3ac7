"""Reads what a group has committed, from outside the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from shared.settings import CommonSettings
from shared.stream._clients import make_offset_reader
from shared.stream._offsets import decode_done
from shared.stream._records import Partition

_SECONDS: Final = 10.0

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed position: every record below `offset` is done (None: nothing was committed), and those of `done`."""

    offset: int | None
    done: int


def read_back(partition: Partition, committed: OffsetAndMetadata | None) -> Committed:
    """A committed position in our words. Metadata that isn't ours counts as none: work is repeated, nothing is lost."""
    if committed is None:
        return Committed(None, 0)
    try:
        return Committed(committed.offset, decode_done(committed.metadata or ""))
    except ValueError as error:
        log.warning("commit metadata can't be read", partition=str(tuple(partition)), reason=str(error))
        return Committed(committed.offset, 0)


def fetch_committed(
    consumer: KafkaConsumer, partitions: Sequence[TopicPartition], seconds: float
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """What the group has committed of these partitions now, in one request; the public method asks for one partition.

    kafka-python 3.0.12 keeps a request that timed out, and the next one for the same partitions, however much later,
    gets its answer: what was committed then. So what is kept goes before each request, and after it.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 -- no public way to ask for several
    key = frozenset(partitions)

    async def fetch() -> Mapping[TopicPartition, OffsetAndMetadata]:
        kept = coordinator._offset_fetch_futures  # noqa: SLF001
        kept.pop(key, None)
        try:
            found: Mapping[TopicPartition, OffsetAndMetadata] = await coordinator.fetch_committed_offsets_async(
                list(partitions), timeout_ms=seconds * 1000
            )
            return found
        finally:
            kept.pop(key, None)

    found: Mapping[TopicPartition, OffsetAndMetadata] = coordinator._net.run(fetch)  # noqa: SLF001
    return found


class OffsetReader:
    """Reads the offsets of one group. Connects on first use; blocking, not for several threads at once.

    It waits for offsets whose transaction is open (read_committed), so that what it says is settled.
    """

    def __init__(self, settings: CommonSettings, group: str) -> None:
        self._settings = settings
        self._group = group
        self._consumer: KafkaConsumer | None = None

    def read(self, partitions: Sequence[Partition]) -> dict[Partition, Committed]:
        """The committed positions of partitions. Raises Unavailable or a KafkaError when they can't be known now."""
        if self._consumer is None:
            self._consumer = make_offset_reader(self._settings, self._group)
        wanted = {TopicPartition(*partition): partition for partition in partitions}
        try:
            found = fetch_committed(self._consumer, list(wanted), _SECONDS)
        except BaseException:
            with suppress(KafkaError):
                self.close()  # whatever state it is in: the next read takes a new one
            raise
        return {partition: read_back(partition, found.get(theirs)) for theirs, partition in wanted.items()}

    def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            consumer.close(autocommit=False)
