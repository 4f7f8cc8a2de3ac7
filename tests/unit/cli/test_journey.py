"""A journey, as a person wants to see it."""

from __future__ import annotations

from cli.journey import Entry, Journey, progress_of
from cli.progress import changed_steps, duration, outcome_sentence, sentence
from shared.model.events import Status
from shared.model.version import Version

ID = "local-abcdefghijklmnopqrst"


def _entry(stage: str, status: Status, at: int, revision: int = 1000, detail: str | None = None) -> Entry:
    return Entry(version=Version(revision=revision), stage=stage, status=status, at=at, detail=detail)


def _journey(*entries: Entry, final: bool = False) -> Journey:
    return Journey(article_id=ID, entries=entries, final=final)


DONE = _journey(
    _entry("publish.draft", "done", 1500),
    _entry("translate.draft", "done", 1400),
    _entry("ingest", "accepted", 1000),
    _entry("analyze.draft", "done", 1250),
    final=True,
)


def test_steps_are_in_the_order_of_the_pipeline_with_the_time_that_each_took() -> None:
    progress = progress_of(DONE)
    assert [(step.stage, step.took) for step in progress.steps] == [
        ("ingest", None),
        ("analyze.draft", 250),
        ("translate.draft", 150),
        ("publish.draft", 100),
    ]
    assert (progress.outcome, progress.total) == ("published", 500)


def test_a_stage_under_way_has_no_time_yet_and_ends_nothing() -> None:
    progress = progress_of(_journey(_entry("ingest", "accepted", 1000), _entry("analyze.draft", "started", 1100)))
    assert progress.steps[1].took is None
    assert (progress.outcome, progress.total) == (None, None)


def test_clocks_that_differ_give_no_negative_time() -> None:
    progress = progress_of(_journey(_entry("ingest", "accepted", 1000), _entry("analyze.draft", "done", 990)))
    assert progress.steps[1].took == 0


def test_only_the_newest_version_counts() -> None:
    newer = _journey(*DONE.entries, _entry("ingest", "accepted", 5000, revision=5000))
    progress = progress_of(newer)
    assert (progress.revision, progress.outcome, len(progress.steps)) == (5000, None, 1)


def test_a_replay_changes_nothing_of_what_the_article_took() -> None:
    again = Entry(version=Version(revision=1000, run=9000), stage="analyze.draft", status="failed", at=9500)
    assert progress_of(_journey(again, *DONE.entries, final=True)) == progress_of(DONE)


def test_versions_before_the_submitted_one_are_left_out() -> None:
    progress = progress_of(DONE, at_least=2000)
    assert (progress.revision, progress.steps, progress.outcome) == (None, (), None)


def test_a_failed_stage_ends_it_and_is_named() -> None:
    progress = progress_of(
        _journey(
            _entry("ingest", "accepted", 1000),
            _entry("analyze.draft", "failed", 1200, detail="no\x1b text"),
            final=True,
        )
    )
    assert progress.outcome == "failed"
    assert outcome_sentence(progress) == "was not published: analyze.draft failed after 200 ms: no� text"


def test_an_unchanged_document_is_an_end_too() -> None:
    for stage in ("publish.draft", "analyze.draft"):
        entries = (_entry("ingest", "accepted", 1000), _entry(stage, "unchanged", 1300))
        assert progress_of(_journey(*entries, final=True)).outcome == "unchanged"


def test_a_lane_that_failed_does_not_hide_that_the_other_published() -> None:
    entries = (_entry("publish.draft", "done", 1300), _entry("analyze", "failed", 1400))
    assert progress_of(_journey(*entries)).outcome is None
    assert progress_of(_journey(*entries, final=True)).outcome == "published"


def test_a_journey_without_entries_is_under_way() -> None:
    assert progress_of(_journey()).outcome is None


def test_only_what_changed_since_the_last_look_is_told() -> None:
    first = progress_of(_journey(_entry("ingest", "accepted", 1000)))
    second = progress_of(_journey(_entry("ingest", "accepted", 1000), _entry("analyze.draft", "done", 1250)))
    assert [sentence(step) for step in changed_steps(None, first)] == ["ingest accepted"]
    assert [sentence(step) for step in changed_steps(first, second)] == ["analyze.draft done after 250 ms"]


def test_durations_are_in_the_unit_of_their_size() -> None:
    assert [duration(n) for n in (0, 999, 1000, 99_949, 185_000)] == ["0 ms", "999 ms", "1.0 s", "99.9 s", "3 min 05 s"]
