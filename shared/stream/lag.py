"""How far the stages are behind: what their groups have committed, beside what is on their topics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError, RetriableError
from kafka.structs import OffsetAndMetadata

from shared.errors import Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_admin
from shared.stream._offsets import decode_done
from shared.stream._reader import TopicReader, partitions_of
from shared.stream._records import Partition
from shared.stream.topics import STAGE_INPUTS, Topic

_FETCH_BYTES: Final = 64 * 1024
_GROUP_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 0.2
_Committed = Mapping[TopicPartition, OffsetAndMetadata]


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One partition of a stage's input.

    `committed`: every record below it is finished; None where the group never committed. `end`: the offset after the
    last record. `done_ahead`: offsets above `committed` that are finished too; None where the broker can't say.
    `lag`: the rest, in offsets, which overstates the records, because transaction markers take offsets; 0 where no
    record is left. `oldest_at`: when the first unfinished record was sent (ms).
    """

    partition: Partition
    committed: int | None
    end: int
    done_ahead: int | None
    lag: int
    oldest_at: int | None


@dataclass(frozen=True, slots=True)
class StageLag:
    """A stage, summed over its partitions. `workers`: its live workers; None where the broker can't say."""

    stage: str
    partitions: tuple[PartitionLag, ...]
    workers: int | None

    @property
    def lag(self) -> int:
        return sum(partition.lag for partition in self.partitions)

    @property
    def done_ahead(self) -> int | None:
        known = [partition.done_ahead for partition in self.partitions if partition.done_ahead is not None]
        return sum(known) if len(known) == len(self.partitions) else None

    @property
    def oldest_at(self) -> int | None:
        return min((p.oldest_at for p in self.partitions if p.oldest_at is not None), default=None)

    @property
    def has_run(self) -> bool:
        """Whether a worker of it has ever finished anything that the broker still knows of."""
        return any(partition.committed is not None for partition in self.partitions)


def stage_lags(
    settings: CommonSettings, stages: Mapping[str, tuple[Topic, ...]] = STAGE_INPUTS
) -> tuple[StageLag, ...]:
    """Look at these stages (name and input topics). Blocks; raises Unavailable when the broker does not answer."""
    topics = sorted({topic for inputs in stages.values() for topic in inputs}, key=lambda topic: topic.name)
    everywhere = [partition for topic in topics for partition in partitions_of(topic)]
    committed, workers = _groups(settings, list(stages))
    # Small fetches: of each partition only the first unfinished record is looked at.
    with TopicReader(settings, "diglot-lag", topics, fetch_bytes=_FETCH_BYTES) as reader:
        begins, ends = reader.begins(everywhere), reader.ends(everywhere)

        def lag_of(partition: Partition, theirs: _Committed) -> PartitionLag:
            place = _place(theirs.get(TopicPartition(*partition)), embedded=settings.kafka_embedded)
            return _partition_lag(reader, partition, place, begins[partition], ends[partition])

        return tuple(
            StageLag(
                stage,
                tuple(lag_of(p, committed.get(stage, {})) for topic in inputs for p in partitions_of(topic)),
                workers.get(stage),
            )
            for stage, inputs in stages.items()
        )


def _groups(settings: CommonSettings, groups: list[str]) -> tuple[Mapping[str, _Committed], dict[str, int]]:
    """What each group has committed, and its live workers."""
    admin = make_admin(settings, "diglot-lag")
    deadline = time.monotonic() + _GROUP_SECONDS
    try:
        while True:
            try:
                workers = {} if settings.kafka_embedded else _live_workers(admin, groups)
                return admin.list_group_offsets(groups), workers
            except RetriableError as error:
                # As on a new cluster: its first group makes the topic in which all groups are kept.
                if time.monotonic() > deadline:
                    raise Unavailable(f"the broker did not say what is committed: {describe(error)}") from error
                time.sleep(_RETRY_SECONDS)
            except KafkaError as error:
                raise Unavailable(f"the broker did not say what is committed: {describe(error)}") from error
    finally:
        admin.close()


def _live_workers(admin: KafkaAdminClient, groups: list[str]) -> dict[str, int]:
    # The embedded broker's answer can't be read by kafka-python.
    return {group: len(said["members"]) for group, said in admin.describe_groups(groups).items()}


def _place(entry: OffsetAndMetadata | None, *, embedded: bool) -> tuple[int | None, int | None]:
    """What is committed, and how many offsets above it are done; the embedded broker drops what tells the second."""
    if entry is None or entry.offset < 0:
        return None, None if embedded else 0
    return int(entry.offset), None if embedded else _done(entry.metadata)


def _partition_lag(
    reader: TopicReader, partition: Partition, place: tuple[int | None, int | None], begin: int, end: int
) -> PartitionLag:
    offset, done_ahead = place
    # What retention took can't be handled any more.
    first = max(begin, offset or 0)
    oldest = reader.first(partition, first, end) if first < end else None
    return PartitionLag(
        partition,
        offset,
        end,
        done_ahead,
        lag=0 if oldest is None else max(1, end - oldest.offset - (done_ahead or 0)),
        oldest_at=None if oldest is None else oldest.at,
    )


def _done(metadata: str | None) -> int:
    try:
        return decode_done(metadata or "").bit_count()
    except ValueError:
        return 0  # another program's text; the stage would not know it either
