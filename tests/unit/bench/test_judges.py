"""How the figures of slots and soak follow from what was noted."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

import pytest

from bench.slots import judge as judge_slots
from bench.soak import Feed, Sample
from bench.soak import judge as judge_soak

OPTIONS = Namespace(articles=6, concurrency=4)
PLACES = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 1}
STARTED = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 1.5, "e": 4.0}
NOTED: Mapping[str, Any] = {
    "started": STARTED,
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


def test_a_partition_that_starts_no_more_of_what_it_has_stalls_to_the_end_of_the_window() -> None:
    left = {**PLACES, "f": 0, "g": 2}
    found = judge_slots(NOTED, {"b": 3.2, "c": 4.0}, left, 0, startable=5, options=OPTIONS)
    assert (found.without_start, found.without_start_elsewhere) == (2.0, 3.0)
    late = {**NOTED, "started": {**STARTED, "g": 4.5}}
    assert judge_slots(late, {}, left, 0, startable=5, options=OPTIONS).without_start_elsewhere == 3.0


def test_a_partition_that_has_nothing_left_does_not_stall() -> None:
    early = {**NOTED, "started": {**STARTED, "g": 0.5, "h": 1.5}}
    found = judge_slots(early, {}, {**PLACES, "g": 2, "h": 3}, 0, startable=5, options=OPTIONS)
    assert found.without_start_elsewhere == 2.5


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


def test_an_error_of_the_feed_ends_the_soak() -> None:
    def fill(_: object) -> None:
        raise OSError("no broker")

    feed = Feed(3, 100)
    feed.check()
    feed.run(fill)
    with pytest.raises(OSError, match="no broker"):
        feed.check()
