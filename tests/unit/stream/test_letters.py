"""What is read from a dead letter, and what is sent again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Poison
from shared.model import Article, ArticleSubmitted, decode, encode
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
from shared.stream._outbox import Failure, dead_letter
from shared.stream._reader import Found
from shared.stream._records import Consumed, Partition
from tests.support.events import ACCEPTED, submitted
from tests.support.stages import declare

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
STAGE = declare("translate")
EVENT = submitted("a")
ENCODED = encode(EVENT, "/diglot/analyze", TRACE)
ORIGINAL = Original(ENCODED.key, ENCODED.value, (*ENCODED.headers, ("mine", b"x")))


def letter_of(record: Consumed, error: Exception, *, run: int | None = None, offset: int = 17) -> Letter:
    kind = "poison" if isinstance(error, Poison) else "bug"
    sent = dead_letter(STAGE, record, Failure(kind, error), 3, ACCEPTED, TRACE, run)  # type: ignore[arg-type]
    found = Found(Partition(sent.topic.name, 0), offset, 0, sent.key, sent.value, sent.headers)
    entry = read_entry(STAGE.name, found)
    assert isinstance(entry, Letter)
    return entry


RECORD = Consumed(Partition("article.analyzed", 4), 99, ORIGINAL.key, ORIGINAL.value, ORIGINAL.headers)


def test_everything_that_a_stage_says_is_read_back() -> None:
    letter = letter_of(RECORD, KeyError("x"), run=5)
    assert letter == Letter(
        stage="translate",
        offset=17,
        at=ACCEPTED,
        source=Partition("article.analyzed", 4),
        source_offset=99,
        kind="bug",
        error="KeyError",
        reason="'x'",
        attempts=3,
        trace_id=TRACE.split("-")[1],
        traceback="KeyError: 'x'\n",
        cut=None,
        run=5,
        key=ORIGINAL.key,
        headers=ORIGINAL.headers,
        size=len(ENCODED.value),
    )
    assert (letter.id, letter.place, letter.article_id) == (
        "translate@17",
        "article.analyzed[4]@99",
        EVENT.article.id,
    )


@given(
    key=st.none() | st.binary(max_size=50),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["dlq_at", "dlq_offset", "dlq_partition", "dlq_run", "dlq_attempts", "dlq_reason", "x"]),
            st.binary(),
        )
    ),
)
def test_no_record_is_too_strange_to_be_shown(key: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    entry = read_entry("translate", Found(Partition("translate.dlq", 0), 1, 7, key, None, tuple(headers)))
    assert isinstance(entry, Letter)
    assert entry.id == "translate@1"
    assert entry.at >= 0
    assert entry.article_id is None


def test_a_number_that_is_too_long_to_be_one_is_none() -> None:
    entry = read_entry(
        "translate", Found(Partition("translate.dlq", 0), 1, 7, b"", None, (("dlq_attempts", b"9" * 5000),))
    )
    assert isinstance(entry, Letter)
    assert entry.attempts is None


def test_a_note_of_a_replay_is_read_back() -> None:
    key, headers = sent_again_note(letter_of(RECORD, Poison("x")), ACCEPTED + 1)
    assert key == ORIGINAL.key
    found = Found(Partition("translate.dlq", 0), 20, 0, key, None, headers)
    assert read_entry("translate", found) == SentAgain(offset=17, at=ACCEPTED + 1)


def test_a_record_goes_again_with_its_own_headers_for_its_stage_alone() -> None:
    letter = letter_of(RECORD, Poison("x"))
    again = replace(ORIGINAL, headers=(*ORIGINAL.headers, ("replay_of", b"translate@3"), ("dlq_reason", b"old")))
    assert headers_to_send(letter, again) == (
        *ORIGINAL.headers,
        ("replay_for", b"translate"),
        ("replay_of", b"translate@17"),
    )


def test_a_correction_that_changes_the_text_counts_as_a_later_post_of_the_same_revision() -> None:
    payload = json.loads(ENCODED.value)
    payload["article"]["text"] += " More."
    event = decode(ORIGINAL.headers, corrected(ORIGINAL, json.dumps(payload).encode()).value)
    assert isinstance(event, ArticleSubmitted)
    assert event.version == EVENT.version
    assert event.article.accepted == EVENT.article.accepted + 1
    assert event.article.content_hash == Article.hash_of(event.article.text, "en", None, None, None, "Test")
    assert event.article.content_hash != EVENT.article.content_hash


def test_a_correction_that_leaves_the_text_keeps_the_event() -> None:
    right = corrected(ORIGINAL, json.dumps(json.loads(ENCODED.value), indent=2).encode())
    assert right == ORIGINAL


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "article.title"),
        ({"id": submitted("b").article.id}, "an edit can't move it to another article"),
    ],
)
def test_a_wrong_correction_is_refused_with_the_reason(change: dict[str, str], message: str) -> None:
    payload = json.loads(ENCODED.value)
    payload["article"] |= change
    with pytest.raises(Poison, match=message):
        corrected(ORIGINAL, json.dumps(payload).encode())


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(Poison, match=r"not a valid diglot\.article\.submitted"):
        corrected(ORIGINAL, b"{")


def test_a_record_of_a_replay_goes_again_in_its_run() -> None:
    event = decode(ORIGINAL.headers, of_run(ORIGINAL, 7).value)
    assert isinstance(event, ArticleSubmitted)
    assert event.version.order == (ACCEPTED, 0, 7)
    broken = replace(ORIGINAL, value=b"{")
    assert of_run(broken, 7) == broken
