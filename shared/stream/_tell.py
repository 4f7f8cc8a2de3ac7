"""How the threads of a stage speak to its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


def tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *arguments: object) -> None:
    """Have `loop` make a call, in the order of these calls; from any thread. Does nothing once the loop is closed."""
    with suppress(RuntimeError):  # nobody listens any more
        loop.call_soon_threadsafe(call, *arguments)
