"""Builds the records that a handled record leads to: results, status, dead letters. Pure."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shared.model import (
    ArticleAnalyzed,
    ArticleStatus,
    ArticleSubmitted,
    ArticleTranslated,
    Event,
    Status,
    StatusesReported,
    encode,
)
from shared.model.events import MAX_STATUSES
from shared.stream._records import Consumed
from shared.stream.partitioning import partition_of
from shared.stream.producer import Outgoing
from shared.stream.stage import Stage
from shared.stream.topics import DEAD_LETTER_ROOM, STATUS
from shared.telemetry.traceparent import trace_id

PREFIX: Final = "dlq_"
"""What the headers of a dead letter begin with; the original ones stay beside them."""

_MAX_REASON: Final = 4 * 1024
_MAX_TRACEBACK: Final = DEAD_LETTER_ROOM // 2
_MAX_DETAIL: Final = 500

FailureKind = Literal["poison", "exhausted", "bug"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record is given up. `poison`: can never succeed; `exhausted`: tried long enough; `bug`: ours."""

    kind: FailureKind
    error: BaseException

    @property
    def reason(self) -> str:
        """The error's text, or its class where it has none."""
        return str(self.error) or type(self.error).__name__

    @property
    def public(self) -> str:
        """What anyone may read of it: a bug's text may quote the article or tell of our insides."""
        return type(self.error).__name__ if self.kind == "bug" else self.reason


def result_records(stage: Stage, events: Sequence[Event], traceparent: str) -> list[Outgoing]:
    """The records of a handler's results. Raises TypeError for an event that the stage doesn't declare, Poison for one
    that is too large for its topic."""
    records = []
    for event in events:
        record = Outgoing.of(stage.topic_of(event), encode(event, source(stage), traceparent))
        record.check_size()
        records.append(record)
    return records


def status_of(stage: Stage, event: Event | None, status: Status, at: int, detail: str | None) -> ArticleStatus | None:
    """The status of a stage's work on an event, or None where the event is no version of an article."""
    if not isinstance(event, ArticleSubmitted | ArticleAnalyzed | ArticleTranslated):
        return None
    return ArticleStatus(
        article_id=event.article.id,
        version=event.version,
        stage=stage.name,
        status=status,
        at=at,
        # A text with half a surrogate pair, as errors sometimes quote, is no valid event.
        detail=None if detail is None else detail.encode(errors="replace").decode()[:_MAX_DETAIL],
    )


def status_records(stage: Stage, statuses: Iterable[ArticleStatus]) -> list[Outgoing]:
    """Records that hold these statuses: as few as bring each of them to the partition of its article.

    A record an article would cost the stage, the broker and the writer nearly as much as the results themselves.
    """
    by_partition: defaultdict[int, list[ArticleStatus]] = defaultdict(list)
    for status in statuses:
        by_partition[partition_of(status.article_id.encode(), STATUS.partitions)].append(status)
    return [
        Outgoing.of(STATUS, encode(StatusesReported(statuses=tuple(some[at : at + MAX_STATUSES])), source(stage)))
        for some in by_partition.values()
        for at in range(0, len(some), MAX_STATUSES)
    ]


def dead_letter(
    stage: Stage, record: Consumed, failure: Failure, attempts: int, at: int, traceparent: str, run: int | None = None
) -> Outgoing:
    """The dead letter of a record: the original as it was, and headers that say what happened.

    A compressed record may be larger than its topic's limit, so that it doesn't fit: then `dlq_cut` tells its sizes,
    and as much of it is kept as there is room for; the whole of it is where topic, partition and offset say.
    `run`: the replay in which it failed; None in live work.
    """
    said = {
        "stage": stage.name,
        "topic": record.partition.topic,
        "partition": str(record.partition.number),
        "offset": str(record.offset),
        "kind": failure.kind,
        "error": type(failure.error).__name__,
        "reason": _cut(failure.reason, _MAX_REASON),
        "attempts": str(attempts),
        "trace_id": trace_id(traceparent),
        "at": str(at),
    }
    if run is not None:
        said["run"] = str(run)
    if failure.kind == "bug":
        text = "".join(traceback.format_exception(failure.error))
        # The end of a traceback says where it happened.
        said["traceback"] = _cut(text, _MAX_TRACEBACK, keep_end=True)
    # A letter that was replayed and failed again must not carry two stories.
    original = tuple((name, value) for name, value in record.headers if not name.startswith(PREFIX))
    letter = Outgoing(stage.dead_letters, record.key, record.value, original + _headers(said))
    return letter if letter.size <= letter.topic.max_bytes else _cut_letter(letter, original, said)


def _headers(said: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    return tuple((PREFIX + name, value.encode(errors="replace")) for name, value in said.items())


def _cut_letter(letter: Outgoing, original: tuple[tuple[str, bytes], ...], said: dict[str, str]) -> Outgoing:
    sizes = f"key {len(letter.key or b'')} bytes, {len(original)} headers, value {len(letter.value or b'')} bytes"
    headers = _headers(said | {"cut": sizes})
    cut = Outgoing(letter.topic, None, None, headers)

    def room() -> int:
        return letter.topic.max_bytes - cut.size

    cut = replace(cut, key=None if letter.key is None else letter.key[: room()])
    kept: tuple[tuple[str, bytes], ...] = ()
    for header in original:
        larger = replace(cut, headers=(*kept, header, *headers))
        if larger.size <= letter.topic.max_bytes:
            cut, kept = larger, (*kept, header)
    return replace(cut, value=None if letter.value is None else letter.value[: room()])


def source(stage: Stage) -> str:
    """The CloudEvents source of what a stage sends."""
    return f"/diglot/{stage.name}"


def _cut(text: str, max_bytes: int, *, keep_end: bool = False) -> str:
    data = text.encode(errors="replace")
    if len(data) <= max_bytes:
        return text
    kept = data[-max_bytes:] if keep_end else data[:max_bytes]
    return kept.decode(errors="ignore")
