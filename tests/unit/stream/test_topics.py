from __future__ import annotations

import pytest

from shared.model import MAX_TEXT, ArticleSubmitted, ArticleTranslated, Event
from shared.model.events import EVENT_TYPES
from shared.settings import Lane
from shared.stream import topics
from shared.stream._clients import _TRANSACTION_BATCH_BYTES
from shared.stream.topics import DEAD_LETTERS, STAGE_INPUTS, TOPICS, topic_for
from tests.support.events import submitted


def bare(kind: type[Event]) -> Event:
    return kind.model_construct()


def test_names_are_unique() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_sizes_are_a_chain() -> None:
    for lane in ((topics.ANALYZED_DRAFT, topics.TRANSLATED_DRAFT), (topics.ANALYZED, topics.TRANSLATED)):
        assert topics.SUBMITTED.max_bytes < lane[0].max_bytes < lane[1].max_bytes
    for stage, inputs in STAGE_INPUTS.items():
        assert DEAD_LETTERS[stage].max_bytes == max(topic.max_bytes for topic in inputs) + 128 * 1024


@pytest.mark.parametrize("output", [topics.ANALYZED_DRAFT, topics.ANALYZED, topics.TRANSLATED_DRAFT, topics.TRANSLATED])
def test_no_topic_of_an_engine_s_transactions_makes_their_batches_smaller(output: topics.Topic) -> None:
    dead_letters = (DEAD_LETTERS[stage] for stage in STAGE_INPUTS if stage.startswith(("analyze", "translate")))
    assert min(topic.max_bytes for topic in (output, topics.STATUS, *dead_letters)) >= _TRANSACTION_BATCH_BYTES


def test_the_longest_text_fits_its_topic() -> None:
    body = "\U0001f600" * (MAX_TEXT - len("Title\n\n"))
    assert len(submitted("x", body=body).model_dump_json().encode()) < topics.SUBMITTED.max_bytes


@pytest.mark.parametrize("lane", ["draft", "model"])
@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_event_has_a_topic_that_carries_it_in_each_lane(lane: Lane, kind: type[Event]) -> None:
    assert topic_for(bare(kind), lane).carries is kind


def test_the_lanes_have_chains_of_their_own() -> None:
    event = bare(ArticleTranslated)
    assert topic_for(event, "draft") != topic_for(event, "model")
    assert topic_for(bare(ArticleSubmitted), "draft") == topics.SUBMITTED


def test_rulings_are_compacted_and_published_has_one_order() -> None:
    assert topics.RULED.config(1) == {
        "cleanup.policy": "compact",
        "max.message.bytes": str(128 * 1024),
        "min.insync.replicas": "1",
    }
    assert topics.PUBLISHED.partitions == 1


def test_three_copies_need_two_in_sync() -> None:
    assert topics.SUBMITTED.config(3)["min.insync.replicas"] == "2"
