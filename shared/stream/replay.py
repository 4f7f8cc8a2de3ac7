"""Plans the replay of a part of a stage's input, and keeps in Kafka where it is and where it ends.

`StageRunner` then does the work. Nothing is kept outside Kafka, so that a replay can be gone on with from any machine,
and by several at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from kafka import TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from shared.errors import Poison, Unavailable
from shared.model import ArticleRuled, decode
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_offset_reader
from shared.stream._committed import OffsetReader
from shared.stream._reader import TopicReader, partitions_of
from shared.stream._records import Partition
from shared.stream._replay import Replay
from shared.stream._transaction import Fenced
from shared.stream.topics import RULED, STAGE_INPUTS, Topic

__all__ = ["INPUTS", "Edge", "Fenced", "Partition", "Range", "Replay", "ReplayPlace", "plan", "retractions"]

INPUTS: Final[Mapping[str, tuple[Topic, ...]]] = STAGE_INPUTS
"""What each stage consumes."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a range begins or ends: at a time (ms), or at an offset of some partitions.

    With neither, and in partitions that are not named: at the beginning or the end of what is there.
    """

    at: int | None = None
    offsets: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Range:
    """Offsets of each partition of a stage's input, from the first up to, not including, the second."""

    begins: Mapping[Partition, int]
    ends: Mapping[Partition, int]

    @property
    def size(self) -> int:
        """How many offsets it has; a few of them hold no record."""
        return sum(self.ends[partition] - begin for partition, begin in self.begins.items())

    @property
    def partitions(self) -> int:
        """In how many partitions it has any."""
        return sum(self.ends[partition] > begin for partition, begin in self.begins.items())


def plan(settings: CommonSettings, inputs: Sequence[Topic], begin: Edge, end: Edge) -> Range:
    """Find a range in what the topics hold now: in the partitions that `begin` names, else those that `end` does.

    Blocks; raises Unavailable when the broker does not answer.
    """
    named = begin.offsets or end.offsets
    everywhere = [partition for topic in inputs for partition in partitions_of(topic)]
    with TopicReader(settings, "diglot-replay", inputs) as reader:
        first, last = reader.begins(everywhere), reader.ends(everywhere)
        begins, ends = (_placed(reader, edge, first, last) for edge in (begin, end))
    found: dict[Partition, tuple[int, int]] = {}
    for partition in everywhere:
        start = begins.get(partition, first[partition])
        stop = ends.get(partition, last[partition])
        if named and partition.number not in named:
            start = stop = last[partition]
        start, stop = (min(max(place, first[partition]), last[partition]) for place in (start, stop))
        found[partition] = (start, max(start, stop))
    return Range({p: start for p, (start, _) in found.items()}, {p: stop for p, (_, stop) in found.items()})


def _placed(
    reader: TopicReader, edge: Edge, first: dict[Partition, int], last: dict[Partition, int]
) -> dict[Partition, int]:
    """The offsets that an edge names; none where it is open."""
    if edge.at is not None:
        return reader.offsets_at(edge.at, first, last)
    return {partition: edge.offsets[partition.number] for partition in last if partition.number in edge.offsets}


def retractions(settings: CommonSettings) -> dict[str, int]:
    """The latest retraction (ms) of each article that has one; the topic keeps them for ever.

    Blocks; raises Unavailable when the broker does not answer.
    """
    found: dict[str, int] = {}
    with TopicReader(settings, "diglot-replay", [RULED]) as reader:
        for partition, end in reader.ends(partitions_of(RULED)).items():
            for record in reader.read(partition, reader.begins([partition])[partition], end):
                try:
                    event = decode(record.headers, record.value)
                except Poison:
                    continue  # the writer has a dead letter of it
                if isinstance(event, ArticleRuled) and event.ruling.kind == "retract":
                    article = event.ruling.article_id
                    found[article] = max(event.ruling.at, found.get(article, 0))
    return found


class ReplayPlace:
    """Where the replay `run` of a stage is; a connection for the length of a `with` block; blocking, so for a thread.

    Its ends are what a second group has committed: metadata would be the place for them, but not every broker keeps it.
    All methods raise Unavailable when the broker does not answer.
    """

    def __init__(self, settings: CommonSettings, stage: str, inputs: Sequence[Topic], run: int) -> None:
        self._settings = settings
        self._inputs = inputs
        self._partitions = [partition for topic in inputs for partition in partitions_of(topic)]
        self._group = Replay(run, {}, {}).group
        self._group_of_ends = f"{self._group}-{stage}-ends"

    def __enter__(self) -> Self:
        self._reader = OffsetReader(self._settings, self._group)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    def begin(self, chosen: Range) -> None:
        """Write a new replay down; its workers begin there."""
        self._commit(self._group, chosen.begins)
        # Last: a replay without ends counts as none.
        self._commit(self._group_of_ends, chosen.ends)

    def ends(self) -> dict[Partition, int] | None:
        """Where the replay ends, or None where there is no such replay of this stage (any more)."""
        reader = OffsetReader(self._settings, self._group_of_ends)
        try:
            found = self._read(reader)
        finally:
            reader.close()
        return found if len(found) == len(self._partitions) else None

    def committed(self) -> dict[Partition, int]:
        """The first unfinished offset of each partition."""
        return self._read(self._reader)

    def is_over(self, ends: Mapping[Partition, int]) -> bool:
        """Whether everything before the ends is finished."""
        committed = self.committed()
        open_ones = [partition for partition, end in ends.items() if committed.get(partition, 0) < end]
        with TopicReader(self._settings, "diglot-replay", self._inputs) as reader:
            # The last offsets may be those of a transaction's marker, which nobody handles.
            return all(reader.first(p, committed.get(p, 0), ends[p]) is None for p in open_ones)

    def rest(self, ends: Mapping[Partition, int]) -> Range:
        """What is not finished yet: empty once the replay is over."""
        if self.is_over(ends):
            return Range(ends, ends)
        committed = self.committed()
        return Range({partition: min(committed.get(partition, 0), end) for partition, end in ends.items()}, ends)

    def _read(self, reader: OffsetReader) -> dict[Partition, int]:
        try:
            found = reader.read(self._partitions)
        except KafkaError as error:
            raise Unavailable(f"the broker did not say what is committed: {describe(error)}") from error
        return {partition: place.offset for partition, place in found.items() if place.offset is not None}

    def _commit(self, group: str, offsets: Mapping[Partition, int]) -> None:
        consumer = make_offset_reader(self._settings, group)
        try:
            theirs = {TopicPartition(*p): OffsetAndMetadata(offset, "", -1) for p, offset in offsets.items()}
            consumer.assign(list(theirs))
            consumer.commit(theirs, timeout_ms=10_000)
        except KafkaError as error:
            raise Unavailable(f"the broker did not take the plan of the replay: {describe(error)}") from error
        finally:
            consumer.close(autocommit=False)
