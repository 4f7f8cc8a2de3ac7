"""Whether the time of something grows with the length of a text and not faster."""

import gc
import time
from collections.abc import Callable

_ROUNDS = 8
_NOISE_SECONDS = 0.003  # what is shorter says nothing on a machine with other work


def check_growth(work: Callable[[int], object], small: int, large: int) -> None:
    """Fail where `work(large)` takes more of the processor's time than its length accounts for.

    The limit is the ratio of the lengths to the power of 1.5, half-way between linear and quadratic. The best of up to
    eight rounds is taken, and the first round that keeps the limit ends it: another process can make a round slow, and
    none makes quadratic work fast.
    """
    work(min(small, 100))  # what is read or compiled at the first use
    limit = (large / small) ** 1.5
    shortest = longest = float("inf")
    for _ in range(_ROUNDS):
        shortest = min(shortest, _seconds(work, small))
        longest = min(longest, _seconds(work, large))
        if longest <= limit * max(shortest, _NOISE_SECONDS):
            return
    raise AssertionError(f"{small} characters take {shortest:.4f} s and {large} take {longest:.4f} s")


def _seconds(work: Callable[[int], object], size: int) -> float:
    # What a collection costs depends on what all tests before left behind.
    gc.disable()
    try:
        started = time.process_time()
        work(size)
        return time.process_time() - started
    finally:
        gc.enable()
