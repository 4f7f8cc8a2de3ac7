"""What Ctrl-C does while there is nothing yet to put in order: the program ends, without a traceback."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# As `ExitCode.INTERRUPTED`, whose module is one of those that take time to import.
_INTERRUPTED = 130
_Handler = Callable[[int, FrameType | None], object]


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """End the process with 130 on Ctrl-C while the block runs; a KeyboardInterrupt would be raised inside an import.

    Changes nothing where Ctrl-C is ignored, as in a shell's background jobs.
    """
    with _handled(signal.default_int_handler, _leave):
        yield


@contextmanager
def leaving_with(message: str) -> Iterator[None]:
    """End the process with 130 on Ctrl-C while the block runs, after this message: nothing has to be put in order."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        os.write(2, f"diglot: {message}\n".encode())
        os._exit(_INTERRUPTED)

    with _handled(_leave, leave):
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C while the block runs, which has things to put in order."""
    with _handled(_leave, signal.default_int_handler):
        yield


@contextmanager
def _handled(before: _Handler, now: _Handler) -> Iterator[None]:
    if signal.getsignal(signal.SIGINT) is not before:
        yield
        return
    signal.signal(signal.SIGINT, now)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)
