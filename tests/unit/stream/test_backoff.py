from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.stream._backoff import Backoff


@given(st.integers(1, 10_000))
def test_the_delay_stays_below_a_bound_that_doubles_up_to_the_ceiling(failures: int) -> None:
    delay = Backoff(first=0.5, ceiling=30.0).delay(failures)
    assert 0.0 <= delay <= min(30.0, 0.5 * 2.0 ** (failures - 1) if failures < 100 else 30.0)


def test_what_the_other_side_asked_for_is_kept() -> None:
    assert Backoff(first=0.1, ceiling=1.0).delay(1, at_least=7.0) == 7.0


def test_delays_differ() -> None:
    backoff = Backoff(first=1.0, ceiling=60.0)
    assert len({backoff.delay(5) for _ in range(20)}) > 10
