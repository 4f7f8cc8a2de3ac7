from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.model import Status, Version
from shared.store import JourneyEntry, StoredJourney
from shared.store.journeys import MAX_VERSIONS, merge, with_news

PROGRESS: set[Status] = {"accepted", "started", "retrying", "paused"}
SUCCESS: set[Status] = {"done", "unchanged"}
EMPTY = StoredJourney(id="wire-1", change=1, entries=())
News = JourneyEntry | int
"""A report, or the moment of a retraction."""

entries = st.builds(
    JourneyEntry,
    version=st.builds(Version, revision=st.integers(1, 3), rank=st.integers(0, 1)),
    stage=st.sampled_from(["ingest", "analyze.draft", "publish.draft"]),
    status=st.sampled_from(["accepted", "started", "retrying", "paused", "failed", "unchanged", "done"]),
    at=st.integers(0, 5),
    detail=st.none() | st.sampled_from(["a", "b"]),
)
reports = st.lists(entries, max_size=12)
news = st.lists(entries | st.integers(0, 5), max_size=12)
shuffles = st.randoms(use_true_random=False)


def told(sent: Sequence[News], journey: StoredJourney = EMPTY) -> StoredJourney:
    """The journey after one piece of news at a time."""
    for item in sent:
        journey = with_news(journey, (), item) if isinstance(item, int) else with_news(journey, (item,), None)
    return journey


@given(news, shuffles)
def test_neither_order_nor_repeats_matter(sent: list[News], shuffle: random.Random) -> None:
    again = sent + sent[::2]
    shuffle.shuffle(again)
    assert told(again) == told(sent)
    assert told(sent, told(again)) == told(sent)


@given(reports, st.integers(0, 12), shuffles)
def test_it_does_not_matter_how_many_come_at_once(sent: list[JourneyEntry], split: int, shuffle: random.Random) -> None:
    again = sent + sent[::2]
    shuffle.shuffle(again)
    assert merge(merge((), again[:split]), again[split:]) == merge((), sent)


@given(reports)
def test_one_report_of_each_stage_and_version_counts_by_the_rule(sent: list[JourneyEntry]) -> None:
    found = {(entry.version, entry.stage): entry for entry in merge((), sent)}
    assert found.keys() == {(entry.version, entry.stage) for entry in sent}
    for (version, stage), entry in found.items():
        rivals = [other for other in sent if (other.version, other.stage) == (version, stage)]
        succeeded = [other for other in rivals if other.status in SUCCESS]
        ended = [other for other in rivals if other.status not in PROGRESS]
        best = succeeded or ended or rivals
        assert entry in best
        assert entry.at == max(other.at for other in best)


@given(news)
def test_what_was_reported_until_a_retraction_has_no_details(sent: list[News]) -> None:
    retracted_at = max((item for item in sent if isinstance(item, int)), default=-1)
    assert all(entry.detail is None or entry.at > retracted_at for entry in told(sent).entries)


def entry(status: Status, at: int, revision: int = 1, stage: str = "analyze.draft") -> JourneyEntry:
    return JourneyEntry(version=Version(revision=revision), stage=stage, status=status, at=at)


def test_a_final_status_beats_later_progress_and_done_beats_failed() -> None:
    assert merge([entry("failed", 5)], [entry("retrying", 9)]) == (entry("failed", 5),)
    assert merge([entry("failed", 9)], [entry("done", 5)]) == (entry("done", 5),)
    assert merge([entry("started", 5)], [entry("paused", 6)]) == (entry("paused", 6),)
    assert merge([entry("done", 5)], [entry("unchanged", 6)]) == (entry("unchanged", 6),)
    assert merge([entry("unchanged", 5)], [entry("done", 6)]) == (entry("done", 6),)


def test_within_a_millisecond_what_comes_later_in_the_work_counts() -> None:
    assert merge([entry("retrying", 5)], [entry("started", 5)]) == (entry("retrying", 5),)
    assert merge([entry("unchanged", 5)], [entry("done", 5)]) == (entry("done", 5),)


@given(st.permutations(list(range(1, MAX_VERSIONS + 9))))
def test_the_newest_versions_stay_whatever_comes_first(revisions: list[int]) -> None:
    journey: tuple[JourneyEntry, ...] = ()
    for revision in revisions:
        journey = merge(journey, [entry("done", 5, revision)])
    newest = range(MAX_VERSIONS + 8, 8, -1)
    assert [e.version.revision for e in journey] == list(newest)


def test_within_a_version_stages_stand_in_the_order_of_time() -> None:
    journey = merge((), [entry("done", 9), entry("accepted", 1, stage="ingest")])
    assert [e.stage for e in journey] == ["ingest", "analyze.draft"]
