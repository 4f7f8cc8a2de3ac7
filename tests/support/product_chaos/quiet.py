"""Whether everything that was accepted has come through, seen on the broker itself: no group has a record to read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from shared.stream.topics import DEAD_LETTERS, PUBLISHED, STAGE_INPUTS, Topic

STAGES: Final = ("analyze.draft", "translate.draft", "publish.draft", "publish.rulings", "publish.journeys")
"""In the order of the flow: what a stage has committed lies before the next one when that is looked at."""
_ANSWER_SECONDS: Final = 15.0


def behind(bootstrap: str) -> str | None:
    """Return the first stage that has something left to read, or None where all have read everything."""
    return next((stage for stage in STAGES if _has_unread(bootstrap, stage)), None)


def last_published(bootstrap: str) -> int:
    """Return the offset of the last record of article.published, or -1."""
    with _reading(bootstrap, None, [PUBLISHED]) as (consumer, places):
        consumer.seek_to_beginning(*places)
        return max((record.offset for record in _records(consumer, places)), default=-1)


def dead_letters(bootstrap: str) -> list[str]:
    """Return what lies in the topics of dead letters: the stage and the beginning of each record."""
    found = []
    for stage, topic in DEAD_LETTERS.items():
        with _reading(bootstrap, None, [topic]) as (consumer, places):
            consumer.seek_to_beginning(*places)
            found += [f"{stage}: {record.headers!r:.600}" for record in _records(consumer, places)]
    return found


def _has_unread(bootstrap: str, stage: str) -> bool:
    with _reading(bootstrap, stage, STAGE_INPUTS[stage]) as (consumer, places):
        for place in places:
            committed = consumer.committed(place)
            if committed is None:
                consumer.seek_to_beginning(place)
            else:
                consumer.seek(place, committed)
        try:
            return next(_records(consumer, places), None) is not None
        except TimeoutError:
            return True  # a transaction is open, and what it sends may still come


@contextmanager
def _reading(
    bootstrap: str, group: str | None, topics: Sequence[Topic]
) -> Iterator[tuple[KafkaConsumer, list[TopicPartition]]]:
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,  # never joined: only its committed offsets are asked for
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=20,
    )
    try:
        places = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
        consumer.assign(places)
        yield consumer, places
    finally:
        consumer.close(autocommit=False)


def _records(consumer: KafkaConsumer, places: Sequence[TopicPartition]) -> Iterator[ConsumerRecord]:
    """Give what lies between the positions and the ends. Ends when each partition was read to its end; an open
    transaction is no end, and is waited for.

    Raises TimeoutError when nothing has come for some seconds and the end is still not reached.
    """
    deadline = time.monotonic() + _ANSWER_SECONDS
    while True:
        for batch in consumer.poll(timeout_ms=200).values():
            yield from batch
            deadline = time.monotonic() + _ANSWER_SECONDS
        if all(consumer.highwater(place) == consumer.position(place) for place in places):
            return
        if time.monotonic() > deadline:
            open_ones = {p: (consumer.position(p), consumer.highwater(p)) for p in places}
            raise TimeoutError(f"no end of a topic in {_ANSWER_SECONDS:.0f} s: {open_ones}")
