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


def test_processes_of_a_test_do_not_share_their_metrics() -> None:
    Metrics().increment("diglot_stage_handled_total", stage="analyze")
    assert "analyze" not in Metrics().render().decode()


@pytest.mark.parametrize("labels", [{}, {"stage": "x", "more": "y"}, {"other": "x"}])
def test_other_labels_than_declared_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="label"):
        Metrics().increment("diglot_stage_handled_total", **labels)
