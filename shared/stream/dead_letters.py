"""Reads the dead letters of the stages, and sends their records again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType, TracebackType
from typing import Final, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from shared.errors import DiglotError, Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_producer
from shared.stream._letters import (
    Letter,
    Original,
    SentAgain,
    corrected,
    headers_to_send,
    of_run,
    read_entry,
    sent_again_note,
)
from shared.stream._reader import TopicReader, partitions_of
from shared.stream.producer import Outgoing
from shared.stream.topics import DEAD_LETTERS, STAGE_INPUTS, Topic

__all__ = ["BOXES", "Box", "DeadLetters", "Letter", "NotReplayable", "Original", "corrected"]

_CHUNK: Final = 500
_SEND_SECONDS: Final = 10.0


class NotReplayable(DiglotError):  # noqa: N818 -- named for what it says of the letter
    """The record of a dead letter can't be sent again; the message says why."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a stage's dead letters lie, and the topics that their records come from."""

    topic: Topic
    inputs: tuple[Topic, ...]


BOXES: Final[Mapping[str, Box]] = MappingProxyType(
    {stage: Box(topic, STAGE_INPUTS[stage]) for stage, topic in DEAD_LETTERS.items()}
)
"""The dead letters of each stage."""


class DeadLetters:
    """A connection to some stages' dead letters for the length of a `with` block; blocking, so for a thread.

    Every method raises Unavailable when the broker does not answer.
    """

    def __init__(self, settings: CommonSettings, boxes: Mapping[str, Box] = BOXES) -> None:
        self._settings = settings
        self._boxes = boxes
        self._topics = {t.name: t for box in boxes.values() for t in (box.topic, *box.inputs)}
        self._reader = TopicReader(settings, "diglot-dead-letters", list(self._topics.values()))
        self._producer: KafkaProducer | None = None

    def __enter__(self) -> Self:
        self._reader.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._producer is not None:
            self._producer.close(timeout=_SEND_SECONDS)
        self._reader.__exit__(kind, error, trace)

    def newest(
        self, wanted: Callable[[Letter], bool], *, since: int | None = None, limit: int | None = None
    ) -> list[Letter]:
        """The wanted letters of all stages, the newest first; `since` (ms) and `limit` keep it from reading all."""
        letters: list[Letter] = []
        for stage in self._boxes:
            fitting = (
                letter
                for letter in self._backwards(stage, since)
                if (since is None or letter.at >= since) and wanted(letter)
            )
            letters += islice(fitting, limit)
        return sorted(letters, key=lambda letter: (letter.at, letter.id), reverse=True)[:limit]

    def get(self, stage: str, offset: int) -> Letter | None:
        """The letter with this id, or None where there is none (any more)."""
        (partition,) = partitions_of(self._boxes[stage].topic)
        letter, replays = None, []
        if self._reader.begins([partition])[partition] <= offset:
            for found in self._reader.read(partition, offset, self._reader.ends([partition])[partition]):
                entry = read_entry(stage, found)
                if isinstance(entry, SentAgain):
                    replays += [entry.at] if entry.offset == offset else []
                elif found.offset == offset:
                    letter = entry
        return None if letter is None else replace(letter, replays=tuple(replays))

    def kept(self, letter: Letter) -> Original:
        """The record as the letter has it; its end is missing where the letter is cut."""
        (partition,) = partitions_of(self._boxes[letter.stage].topic)
        found = self._reader.first(partition, letter.offset, letter.offset + 1)
        if found is None:
            raise NotReplayable(f"{letter.id} is no longer there: dead letters are kept for a while only")
        return Original(found.key, found.value, letter.headers)

    def original(self, letter: Letter) -> Original:
        """The whole record, from the letter, or from its topic where the letter is cut; of a replay, in its run.

        Raises NotReplayable when it is not whole anywhere, when its stage does not read it, and when a later record has
        taken its place.
        """
        topic = self._source(letter)
        kept = self.kept(letter)
        if topic.compacted and self._has_later(letter):
            raise NotReplayable(
                f"a later record with the key {_text(letter.key)} is on {topic.name}: there only the latest one counts"
            )
        whole = kept if letter.cut is None else self._whole(letter, kept)
        return whole if letter.run is None else of_run(whole, letter.run)

    def send_again(self, letter: Letter, original: Original, at: int) -> None:
        """Put the record back on its topic, for the letter's stage alone, and note that among the dead letters.

        `at`: our time (ms). Raises Poison when it is too large. After Unavailable it may have been sent all the same,
        and the note may be missing; sending it once more is harmless.
        """
        topic = self._source(letter)
        again = Outgoing(topic, original.key, original.value, headers_to_send(letter, original))
        again.check_size()
        # In the letter's own partition, whatever its key: the order of the key's records is kept there.
        self._send(again, letter.source.number)
        key, headers = sent_again_note(letter, at)
        self._send(Outgoing(self._boxes[letter.stage].topic, key, None, headers), 0)

    def _backwards(self, stage: str, since: int | None) -> Iterator[Letter]:
        (partition,) = partitions_of(self._boxes[stage].topic)
        begin, end = self._reader.begins([partition])[partition], self._reader.ends([partition])[partition]
        replays: dict[int, list[int]] = defaultdict(list)
        while begin < end:
            start = max(begin, end - _CHUNK)
            entries = [read_entry(stage, found) for found in self._reader.read(partition, start, end)]
            for entry in reversed(entries):
                if isinstance(entry, SentAgain):
                    replays[entry.offset].insert(0, entry.at)
                else:
                    yield replace(entry, replays=tuple(replays[entry.offset]))
            if since is not None and entries and all(entry.at < since for entry in entries):
                return
            end = start

    def _source(self, letter: Letter) -> Topic:
        for topic in self._boxes[letter.stage].inputs:
            if topic.name == letter.source.topic and letter.source in partitions_of(topic):
                return topic
        raise NotReplayable(f"it says that its record is from {letter.place}, which {letter.stage} does not read")

    def _has_later(self, letter: Letter) -> bool:
        end = self._reader.ends([letter.source])[letter.source]
        later = self._reader.read(letter.source, letter.source_offset + 1, end)
        return any(found.key == letter.key for found in later)

    def _whole(self, letter: Letter, kept: Original) -> Original:
        lost = f"its record was too large to be kept whole ({letter.cut}), and {letter.place} "
        if letter.source_offset < self._reader.begins([letter.source])[letter.source]:
            raise NotReplayable(lost + "is no longer there")
        found = self._reader.first(letter.source, letter.source_offset, letter.source_offset + 1)
        if found is None:
            raise NotReplayable(lost + "is no longer there")
        key, value = found.key or b"", found.value or b""
        if not (key.startswith(kept.key or b"") and value.startswith(kept.value or b"")):
            raise NotReplayable(lost + "holds another record now")
        return Original(found.key, found.value, found.headers)

    def _send(self, record: Outgoing, partition: int) -> None:
        try:
            if self._producer is None:
                largest = max(topic.max_bytes for topic in self._topics.values())
                self._producer = make_producer(self._settings, "diglot-dead-letters", largest, _SEND_SECONDS)
            sent = self._producer.send(
                record.topic.name, record.value, record.sent_key, list(record.headers), partition=partition
            )
            sent.get(timeout=_SEND_SECONDS)
        except KafkaError as error:
            raise Unavailable(f"{record.topic.name}: the broker did not acknowledge: {describe(error)}") from error


def _text(key: bytes | None) -> str:
    return repr((key or b"").decode(errors="replace"))
