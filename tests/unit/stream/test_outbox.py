from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Poison, Transient
from shared.model import ArticleRuled, ArticleStatus, Ruling, StatusesReported, decode
from shared.model.events import MAX_STATUSES
from shared.stream._outbox import Failure, dead_letter, result_records, status_of, status_records
from shared.stream._records import Consumed, Partition
from shared.stream.partitioning import partition_of
from shared.stream.topics import STATUS
from shared.telemetry.traceparent import next_traceparent
from tests.support.events import submitted
from tests.support.stages import declare

TRACE = next_traceparent(None)
STAGE = declare("stage")


@given(
    value=st.binary(max_size=2000),
    headers=st.lists(st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=50)), max_size=5),
    message=st.text(max_size=300_000 // 50).map(lambda text: text * 50),
)
def test_a_dead_letter_always_fits_and_keeps_the_original(
    value: bytes, headers: list[tuple[str, bytes]], message: str
) -> None:
    padding = b"x" * (STAGE.consumes[0].max_bytes - 3000 - len(value))
    record = Consumed(Partition("topic", 3), 42, b"key", value + padding, tuple(headers))
    letter = dead_letter(STAGE, record, Failure("bug", _raised(message)), 2, 0, TRACE)
    letter.check_size()
    assert (letter.key, letter.value) == (record.key, record.value)
    kept = [header for header in headers if not header[0].startswith("dlq_")]
    assert list(letter.headers[: len(kept)]) == kept


@given(
    value=st.integers(0, 3_000_000),
    key=st.none() | st.integers(0, 3_000_000),
    headers=st.lists(st.integers(0, 400_000), max_size=4),
)
def test_a_dead_letter_of_an_input_above_its_limit_is_cut_and_says_so(
    value: int, key: int | None, headers: list[int]
) -> None:
    original = tuple((f"h{n}", b"h" * size) for n, size in enumerate(headers))
    record = Consumed(Partition("topic", 3), 42, None if key is None else b"k" * key, b"v" * value, original)
    letter = dead_letter(STAGE, record, Failure("poison", Poison("wrong")), 1, 0, TRACE)
    letter.check_size()
    said = dict(letter.headers)
    assert (said["dlq_topic"], said["dlq_partition"], said["dlq_offset"]) == (b"topic", b"3", b"42")
    whole = (letter.key, letter.value, letter.headers[: len(original)]) == (record.key, record.value, original)
    assert whole == ("dlq_cut" not in said)
    if not whole:
        assert said["dlq_cut"].decode() == f"key {key or 0} bytes, {len(headers)} headers, value {value} bytes"
        assert record.key is None or record.key.startswith(letter.key or b"")
        assert (record.value or b"").startswith(letter.value or b"")


def test_a_letter_that_failed_again_tells_the_new_story_only() -> None:
    record = Consumed(Partition("topic", 0), 1, b"k", b"v", (("dlq_reason", b"old"), ("mine", b"x")))
    letter = dead_letter(STAGE, record, Failure("poison", Poison("new")), 1, 0, TRACE)
    assert [value for name, value in letter.headers if name == "dlq_reason"] == [b"new"]
    assert ("mine", b"x") in letter.headers


def test_an_error_without_a_text_is_named_by_its_class() -> None:
    assert Failure("bug", KeyError()).reason == "KeyError"


def test_the_text_of_a_bug_is_not_for_everyone() -> None:
    error = ValueError("input_value='the article'")
    assert Failure("bug", error).public == "ValueError"
    assert Failure("poison", Poison("no words")).public == "no words"
    assert Failure("exhausted", Transient("no answer")).public == "no answer"


def test_a_result_that_the_stage_does_not_declare_is_refused() -> None:
    ruling = Ruling(article_id=submitted("x").key, kind="retract", by="test", at=1)
    with pytest.raises(TypeError, match="produces no ArticleRuled"):
        result_records(STAGE, [ArticleRuled(ruling=ruling)], TRACE)


def test_a_result_goes_to_its_topic_with_the_trace() -> None:
    (record,) = result_records(STAGE, [submitted("x")], TRACE)
    assert record.topic == STAGE.produces[0]
    assert dict(record.headers)["ce_traceparent"].decode() == TRACE
    assert dict(record.headers)["ce_source"] == b"/diglot/stage"


def test_a_status_names_the_version_and_cuts_its_detail() -> None:
    status = status_of(STAGE, submitted("x"), "failed", 5, "why" * 1000)
    assert status is not None
    assert (status.article_id, status.version, status.stage) == (submitted("x").key, submitted("x").version, "stage")
    assert len(status.detail or "") == 500


def test_a_detail_with_half_a_surrogate_pair_is_still_told() -> None:
    status = status_of(STAGE, submitted("x"), "failed", 5, "bad \ud800 text")
    assert status is not None
    assert status.detail == "bad ? text"


def test_what_is_no_version_of_an_article_has_no_status() -> None:
    assert status_of(STAGE, None, "failed", 5, None) is None


@given(st.lists(st.integers(0, 60), max_size=450))
def test_statuses_go_in_order_and_few_records_to_the_partition_of_their_article(numbers: list[int]) -> None:
    statuses = [_status(number, at) for at, number in enumerate(numbers)]
    records = status_records(STAGE, statuses)
    found: dict[int, list[ArticleStatus]] = {}
    for record in records:
        event = decode(record.headers, record.value)
        assert isinstance(event, StatusesReported)
        assert record.key == event.key.encode()
        record.check_size()
        found.setdefault(partition_of(record.key, STATUS.partitions), []).extend(event.statuses)
    expected: dict[int, list[ArticleStatus]] = {}
    for status in statuses:
        expected.setdefault(partition_of(status.article_id.encode(), STATUS.partitions), []).append(status)
    assert found == expected
    assert len(records) <= len(expected) + len(statuses) // MAX_STATUSES


def test_a_record_holds_as_many_statuses_with_the_longest_details_as_it_may() -> None:
    record = status_records(STAGE, [_status(1, at, "\x01" * 500) for at in range(MAX_STATUSES)])[0]
    record.check_size()


def _status(number: int, at: int, detail: str | None = None) -> ArticleStatus:
    status = status_of(STAGE, submitted(str(number)), "failed", at, detail)
    assert status is not None
    return status


def _raised(message: str) -> RuntimeError:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error
