"""When a stage process has nothing left to do."""

from __future__ import annotations

import pytest

from cli.run.drain import Backlog, DrainWatch, read_backlog
from shared.telemetry import Metrics


def test_the_backlog_is_summed_over_the_stages_of_a_process() -> None:
    metrics = Metrics()
    metrics.set("diglot_stage_lag_records", 3, stage="publish.draft")
    metrics.set("diglot_stage_lag_records", 4, stage="publish.journeys")
    metrics.set("diglot_stage_in_flight", 2, stage="publish.draft")
    metrics.set("diglot_stage_paused", 1, stage="publish.draft")
    metrics.set("diglot_stage_paused", 0, stage="publish.journeys")
    assert read_backlog(metrics.render().decode()) == Backlog(waiting=7, in_flight=2, paused=("publish.draft",))


def test_a_page_that_is_no_metrics_is_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_backlog("<html>not metrics</html> {")


def test_a_process_is_drained_after_several_empty_looks_in_a_row() -> None:
    watch = DrainWatch(looks=3)
    empty, busy = Backlog(0, 0), Backlog(0, 1)
    looks = [empty, empty, busy, empty, empty, empty]
    assert [watch.look(look) for look in looks] == [False] * 5 + [True]


def test_what_waits_counts_as_much_as_what_is_in_flight() -> None:
    assert not Backlog(1, 0).empty
    assert not Backlog(0, 1).empty
    assert Backlog(0, 0).empty
