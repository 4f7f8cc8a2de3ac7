"""What the contest of the stages says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.stage.contenders import CONTENDERS
from bench.stage.contest import Run
from bench.stage.report import ratios, report


def run(number: int, contender: str, cpu: float) -> Run:
    return Run(number, contender, articles=1000, cpu_seconds=cpu, wall_seconds=2.0)


def test_ratios_are_taken_round_by_round() -> None:
    runs = [run(0, "ours", 1.0), run(0, "quix", 2.0), run(1, "quix", 1.0), run(1, "ours", 3.0), run(2, "ours", 9.0)]
    assert ratios(runs, "quix") == [0.5, 3.0]


@pytest.mark.parametrize(("cpu", "verdict"), [(0.5, "met"), (0.6, "missed")])
def test_a_target_is_judged_by_the_median_ratio(cpu: float, verdict: str) -> None:
    rounds = range(3)
    runs = [run(n, "ours", cpu if n else 5.0) for n in rounds] + [run(n, "workers", 1.0) for n in rounds]
    assert report(runs, CONTENDERS).endswith(f"wanted <= 0.50: {verdict}")


def test_only_those_that_ran_are_shown() -> None:
    shown = report([run(0, "ours", 1.0)], CONTENDERS)
    assert "ours" in shown
    assert "Quix" not in shown


def test_the_table_has_the_columns_of_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs" / "performance.md").read_text()
    shown = report([run(0, "ours", 1.0), run(0, "quix", 2.0)], CONTENDERS).splitlines()
    assert shown[0] in page.splitlines()
    cells = [cell.strip() for cell in shown[3].split("|")[1:-1]]
    assert cells[:5] == ["Quix Streams, exactly once", "2.000 (2.000-2.000)", "0.50 (0.50-0.50)", "<= 2.50", "500"]
