from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.model import Status, Version
from shared.store import JourneyEntry
from shared.store.journeys import MAX_VERSIONS, merge

entries = st.builds(
    JourneyEntry,
    version=st.builds(Version, revision=st.integers(1, 3), rank=st.integers(0, 1)),
    stage=st.sampled_from(["ingest", "analyze.draft", "publish.draft"]),
    status=st.sampled_from(["accepted", "started", "retrying", "paused", "failed", "unchanged", "done"]),
    at=st.integers(0, 5),
    detail=st.none() | st.sampled_from(["a", "b"]),
)
reports = st.lists(entries, max_size=12)


@given(reports, st.integers(0, 12), st.randoms(use_true_random=False))
def test_order_and_repeats_and_batches_do_not_matter(sent: list[JourneyEntry], split: int, random: object) -> None:
    shuffled = sent + sent[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(merge((), shuffled[:split]), shuffled[split:]) == merge((), sent)
    assert merge(merge((), sent), sent) == merge((), sent)


def entry(status: Status, at: int, revision: int = 1, stage: str = "analyze.draft") -> JourneyEntry:
    return JourneyEntry(version=Version(revision=revision), stage=stage, status=status, at=at)


def test_a_final_status_beats_later_progress_and_done_beats_failed() -> None:
    assert merge([entry("failed", 5)], [entry("retrying", 9)]) == (entry("failed", 5),)
    assert merge([entry("failed", 9)], [entry("done", 5)]) == (entry("done", 5),)
    assert merge([entry("started", 5)], [entry("paused", 6)]) == (entry("paused", 6),)


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
