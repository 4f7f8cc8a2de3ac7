"""When a stage process has nothing left to do."""

from __future__ import annotations

import pytest

from cli.run.drain import Backlog, DrainWatch, describe_loss, read_backlog
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


def test_stages_are_drained_when_all_were_empty_for_long_enough() -> None:
    watch = DrainWatch(quiet=1.0)
    empty, busy = Backlog(0, 0), Backlog(0, 1)
    assert not watch.look([empty, empty], 0.0)
    assert not watch.look([empty, busy], 0.9)
    assert not watch.look([empty, empty], 1.1)
    assert not watch.look([empty, empty], 2.0)
    assert watch.look([empty, empty], 2.1)


def test_a_stage_that_can_not_say_is_not_drained() -> None:
    watch = DrainWatch(quiet=0.0)
    assert not watch.look([Backlog(0, 0), None], 0.0)
    assert watch.look([Backlog(0, 0)], 5.0)


def test_what_waits_counts_as_much_as_what_is_in_flight() -> None:
    assert not Backlog(1, 0).empty
    assert not Backlog(0, 1).empty
    assert Backlog(0, 0).empty


def test_what_a_broker_lost_is_told_as_far_as_it_is_known() -> None:
    assert describe_loss({"analyze": Backlog(0, 0), "writer": Backlog(0, 0)}) is None
    assert describe_loss({}) is None
    loss = describe_loss({"analyze": Backlog(3, 1), "translate": None, "writer": Backlog(0, 0)})
    assert loss is not None
    assert "(4 for analyze, nobody knows how many for translate)" in loss
