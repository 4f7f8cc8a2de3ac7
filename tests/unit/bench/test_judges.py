"""How the figures of slots and soak follow from what was noted."""

from __future__ import annotations

from argparse import Namespace

import pytest

from bench.slots import judge as judge_slots
from bench.soak import Sample
from bench.soak import judge as judge_soak

OPTIONS = Namespace(articles=6, concurrency=4)
PLACES = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 1}
NOTED = {
    "started": {"a": 1.0, "b": 2.0, "c": 1.0, "d": 1.5, "e": 4.0},
    "ended": {"b": 3.0, "c": 3.5},
    # time, handlers running, handlers started
    "samples": [(0.0, 1, 1), (1.0, 4, 4), (2.0, 2, 4), (4.0, 3, 4), (5.0, 1, 5)],
}


def test_slots_count_from_the_full_pool_until_the_input_runs_out() -> None:
    found = judge_slots(NOTED, {"b": 3.2, "c": 4.0}, PLACES, 0, startable=5, options=OPTIONS)
    assert (found.seconds, found.busy, found.least) == (3.0, 0.75, 0.5)


def test_a_stall_is_told_of_the_stuck_partition_and_of_the_others() -> None:
    found = judge_slots(NOTED, {"b": 3.2, "c": 4.0}, PLACES, 0, startable=5, options=OPTIONS)
    assert (found.until_seen, found.without_start, found.without_start_elsewhere) == (0.5, 1.0, 2.5)


def test_a_result_that_never_came_is_a_stall_until_the_end() -> None:
    assert judge_slots(NOTED, {"b": 3.2}, PLACES, 0, startable=5, options=OPTIONS).until_seen == 1.5


def test_a_pool_that_was_never_full_gives_no_figure() -> None:
    with pytest.raises(RuntimeError, match="never full: at most 4"):
        judge_slots(NOTED, {}, PLACES, 0, startable=5, options=Namespace(articles=6, concurrency=5))


def test_growth_counts_from_the_end_of_the_warm_up() -> None:
    sizes = [10, 100, 100, 104, 110, 106, 102]
    samples = [Sample(records, size * 1_000_000) for records, size in zip(range(0, 70, 10), sizes, strict=True)]
    found = judge_soak(samples, records=60, warm_up=10, seconds=1.0)
    assert found.growth == pytest.approx(0.10)
    assert found.last_growth == pytest.approx(0.02)
