"""Reads what a group has committed, from outside the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from kafka import KafkaConsumer, TopicPartition
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
        # One request for all; the public method asks for one partition.
        found = self._consumer._coordinator.fetch_committed_offsets(list(wanted), timeout_ms=_SECONDS * 1000)  # noqa: SLF001
        return {partition: read_back(partition, found.get(theirs)) for theirs, partition in wanted.items()}

    def close(self) -> None:
        """Close the connection."""
        if self._consumer is not None:
            self._consumer.close(autocommit=False)
            self._consumer = None
