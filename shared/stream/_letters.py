"""A dead letter as it is read back, and the record in it as it is sent again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.errors import Poison
from shared.model import (
    Article,
    ArticleAnalyzed,
    ArticleSubmitted,
    ArticleTranslated,
    Event,
    decode,
    encode,
    header,
    is_article_id,
)
from shared.stream._address import REPLAY_FOR, REPLAY_OF
from shared.stream._outbox import PREFIX
from shared.stream._reader import Found
from shared.stream._records import Partition
from shared.stream._replay import in_run

Headers = tuple[tuple[str, bytes], ...]

_REPLAYED: Final = PREFIX + "replayed"
_REPLAYED_AT: Final = PREFIX + "replayed_at"
_DIGITS: Final = 18
"""Of a number that a header may hold; a stranger's may have more than Python reads."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without its payload.

    `offset`: its place among the dead letters of `stage`. `at`: when it was given up (ms). `source` and
    `source_offset`: where its record was read. `kind`, `error`, `reason`, `traceback`: why it is here. `cut`: the sizes
    of a record that was too large to be kept whole. `attempts`: how often it was tried, None where that isn't said.
    `run`: the replay in which it failed, if it was one. `headers`: the record's own. `size`: bytes of the payload that
    is kept. `replays`: when it was sent again (ms), oldest first.
    """

    stage: str
    offset: int
    at: int
    source: Partition
    source_offset: int
    kind: str
    error: str
    reason: str
    attempts: int | None
    trace_id: str
    traceback: str | None
    cut: str | None
    run: int | None
    key: bytes | None
    headers: Headers
    size: int
    replays: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """Names it for good: its stage and its offset there."""
        return f"{self.stage}@{self.offset}"

    @property
    def place(self) -> str:
        """Where its record was read, for people."""
        return f"{self.source.topic}[{self.source.number}]@{self.source_offset}"

    @property
    def article_id(self) -> str | None:
        """The article that the record is about, by its key; None where the key is none of ours."""
        text = (self.key or b"").decode(errors="replace").partition("/")[0]
        return text if is_article_id(text) else None

    @property
    def replay_of(self) -> str | None:
        """The dead letter that this record had been sent again from."""
        return header(self.headers, REPLAY_OF)


@dataclass(frozen=True, slots=True)
class SentAgain:
    """A note among the dead letters: the one at `offset` was sent again at `at` (ms)."""

    offset: int
    at: int


@dataclass(frozen=True, slots=True)
class Original:
    """The record of a dead letter, whole."""

    key: bytes | None
    value: bytes | None
    headers: Headers


def read_entry(stage: str, found: Found) -> Letter | SentAgain:
    """Read a record of a stage's dead-letter topic; what is no dead letter of ours is one that says so little."""
    said = {name: value.decode(errors="replace") for name, value in found.headers if name.startswith(PREFIX)}
    if _REPLAYED in said:
        return SentAgain(_number(said, "replayed"), _number(said, "replayed_at", found.at))
    return Letter(
        stage=stage,
        offset=found.offset,
        at=_number(said, "at", found.at),
        source=Partition(said.get(PREFIX + "topic", "?"), _number(said, "partition")),
        source_offset=_number(said, "offset"),
        kind=said.get(PREFIX + "kind", "?"),
        error=said.get(PREFIX + "error", "?"),
        reason=said.get(PREFIX + "reason", "it does not say why: no stage of ours wrote it"),
        attempts=attempts if (attempts := _number(said, "attempts")) >= 0 else None,
        trace_id=said.get(PREFIX + "trace_id", "?"),
        traceback=said.get(PREFIX + "traceback"),
        cut=said.get(PREFIX + "cut"),
        run=run if (run := _number(said, "run")) >= 0 else None,
        key=found.key,
        headers=_own(found.headers),
        size=len(found.value or b""),
    )


def sent_again_note(letter: Letter, at: int) -> tuple[bytes, Headers]:
    """Key and headers of the note that a letter was sent again; it has no value."""
    return letter.key or b"", (
        (PREFIX + "stage", letter.stage.encode()),
        (_REPLAYED, str(letter.offset).encode()),
        (_REPLAYED_AT, str(at).encode()),
    )


def headers_to_send(letter: Letter, original: Original) -> Headers:
    """The headers of a record that is sent again: its own, and for which stage and from which letter it is."""
    again = ((REPLAY_FOR, letter.stage.encode()), (REPLAY_OF, letter.id.encode()))
    return tuple(pair for pair in _own(original.headers) if pair[0] not in (REPLAY_FOR, REPLAY_OF)) + again


def corrected(original: Original, payload: bytes) -> Original:
    """Return the record with another payload, which must be an event about the same thing.

    An article whose text or shown metadata changed counts as a later post, by a millisecond, of the same revision:
    else which of the two texts is shown would be chance. Raises Poison where the payload is no valid event or is about
    something else, and Unavailable where its schema is newer than this program.
    """
    event = _with_right_hash(decode(original.headers, payload))
    if original.key is not None and event.key.encode() != original.key:
        raise Poison(
            f"the record's key is {original.key.decode(errors='replace')!r}, this would be one of {event.key!r}: "
            "an edit can't move it to another article"
        )
    return _holding(original, event)


def of_run(original: Original, run: int) -> Original:
    """Return the record as one of a replay's run, as the stage saw it there; one that is no event stays as it is."""
    try:
        event = decode(original.headers, original.value)
    except Poison:
        return original
    return _holding(original, in_run(event, run))


def _holding(original: Original, event: Event) -> Original:
    source = header(original.headers, "ce_source") or "/diglot/replay"
    record = encode(event, source, header(original.headers, "ce_traceparent"))
    names = {name for name, _ in record.headers}
    return Original(record.key, record.value, record.headers + tuple(h for h in original.headers if h[0] not in names))


def _with_right_hash(event: Event) -> Event:
    if not isinstance(event, ArticleSubmitted | ArticleAnalyzed | ArticleTranslated):
        return event
    article = event.article
    right = Article.hash_of(
        article.text, article.language, article.url, article.author, article.published_at, article.source_name
    )
    if right == article.content_hash:
        return event
    changed = article.model_copy(update={"content_hash": right, "accepted": article.accepted + 1})
    return event.model_copy(update={"article": changed})


def _own(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if not name.startswith(PREFIX))


def _number(said: Mapping[str, str], name: str, otherwise: int = -1) -> int:
    text = said.get(PREFIX + name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else otherwise
