from __future__ import annotations

import pytest

from shared.telemetry import Metrics


def test_what_is_counted_is_shown() -> None:
    metrics = Metrics()
    metrics.increment("diglot_stage_handled_total", stage="analyze")
    metrics.increment("diglot_stage_handled_total", 2, stage="analyze")
    metrics.set("diglot_stage_in_flight", 7, stage="analyze")
    metrics.observe("diglot_stage_handler_seconds", 0.3, stage="analyze")
    text = metrics.render().decode()
    assert 'diglot_stage_handled_total{stage="analyze"} 3.0' in text
    assert 'diglot_stage_in_flight{stage="analyze"} 7.0' in text
    assert 'diglot_stage_handler_seconds_sum{stage="analyze"} 0.3' in text


def test_a_counter_that_was_started_is_there_before_it_counts() -> None:
    metrics = Metrics()
    metrics.increment("diglot_stage_dead_lettered_total", stage="analyze", error="bug")
    for _ in range(2):
        metrics.start("diglot_stage_dead_lettered_total", "diglot_stage_retried_total", stage=["analyze"])
    shown = metrics.render().decode().splitlines()
    assert {line for line in shown if line.startswith("diglot_") and "_total{" in line} == {
        'diglot_stage_dead_lettered_total{error="bug",stage="analyze"} 1.0',
        'diglot_stage_dead_lettered_total{error="poison",stage="analyze"} 0.0',
        'diglot_stage_dead_lettered_total{error="exhausted",stage="analyze"} 0.0',
        'diglot_stage_retried_total{stage="analyze"} 0.0',
    }


def test_a_process_exports_nothing_that_it_does_not_use() -> None:
    metrics = Metrics()
    metrics.set("diglot_reader_offset", 3)
    found = {line.split()[2] for line in metrics.render().decode().splitlines() if line.startswith("# TYPE diglot_")}
    assert found == {"diglot_reader_offset"}


def test_processes_of_a_test_do_not_share_their_metrics() -> None:
    Metrics().increment("diglot_stage_handled_total", stage="analyze")
    assert "analyze" not in Metrics().render().decode()


@pytest.mark.parametrize("labels", [{}, {"stage": "x", "more": "y"}, {"other": "x"}])
def test_other_labels_than_declared_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="label"):
        Metrics().increment("diglot_stage_handled_total", **labels)
