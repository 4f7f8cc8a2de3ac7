from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from shared.stream import _watchdog
from shared.stream._watchdog import Watchdog


class Clock:
    """Time that goes on by ten seconds with each look of the watchdog."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(_watchdog, "time", self)

    def monotonic(self) -> float:
        return self.now


def watched(
    clock: Clock, looks: int, busy_since: Callable[[], float | None], fresh: Callable[[], bool] = lambda: True
) -> list[float]:
    """The times at which a watchdog with a limit of 90 s ended the process, within so many looks."""
    ended: list[float] = []
    dog = Watchdog("stage", "reading", busy_since, fresh, limit=90.0, end=lambda: ended.append(clock.now))
    left = looks

    def wait(_seconds: float) -> bool:
        nonlocal left
        left -= 1
        clock.now += 10.0
        return left < 0

    dog._stopped.wait = wait  # type: ignore[method-assign, assignment]
    dog.run()
    return ended


def test_a_step_that_takes_longer_than_the_limit_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(Clock(monkeypatch), 20, lambda: 1000.0) == [1100.0]


def test_no_step_or_ever_new_ones_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    assert watched(clock, 50, lambda: None) == []
    assert watched(clock, 50, lambda: clock.now - 60.0) == []


def test_an_outage_of_the_broker_is_no_hang_and_the_limit_counts_from_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    assert watched(clock, 50, lambda: 1000.0, lambda: clock.now > 1300.0) == [1400.0]


def test_it_looks_by_itself_until_stopped() -> None:
    ended = threading.Event()
    began = time.monotonic()
    Watchdog("stage", "reading", lambda: began, lambda: True, limit=0.1, end=ended.set).start()
    assert ended.wait(10)
    idle = Watchdog("stage", "reading", lambda: None, lambda: True, limit=0.1, end=ended.set)
    idle.start()
    idle.stop()
    idle.join(10)
    assert not idle.is_alive()
