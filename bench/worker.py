"""Our stage as a measured process: `python -m bench.worker '<orders>'`, with the handler that the orders name.

`noop` returns at once; `sleep` takes `seconds`; `lognormal` takes a time of median `median` and 99th percentile `p99`
seconds, drawn from the article, and never ends for the key `stuck`; `mixed` takes up to `seconds` and fails now and
then.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import NormalDist
from typing import Any, Final

from bench.children import Meter, Orders
from bench.topics import topic
from shared.errors import Poison, Transient
from shared.model import Event
from shared.process import Shutdown, run_process
from shared.settings import CommonSettings
from shared.stream import Handler, Stage, StageRunner, Work
from shared.telemetry import Metrics

_SAMPLE_SECONDS: Final = 0.05
_POISON: Final = 1 / 1000
_TRANSIENT: Final = 1 / 100

Wait = Callable[[Event, Work], Awaitable[None]]


class Slots:
    """Which handlers ran when. `samples` are (monotonic time, handlers running, handlers started so far)."""

    def __init__(self) -> None:
        self.running = 0
        self.started: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.samples: list[tuple[float, int, int]] = []

    async def sample(self) -> None:
        """Take a sample twenty times a second."""
        while True:
            self.samples.append((time.monotonic(), self.running, len(self.started)))
            await asyncio.sleep(_SAMPLE_SECONDS)

    def report(self) -> dict[str, Any]:
        """What the benchmark gets."""
        return {"started": dict(self.started), "ended": dict(self.ended), "samples": list(self.samples)}


def waiting(orders: Orders) -> Wait:
    """How long a handler takes, and how it fails."""

    async def noop(_event: Event, _work: Work) -> None:
        return None

    async def sleep(_event: Event, _work: Work) -> None:
        await asyncio.sleep(orders.number("seconds", 1.0))

    async def lognormal(event: Event, _work: Work) -> None:
        if event.key == orders.options.get("stuck"):
            await asyncio.Event().wait()
        median = orders.number("median", 1.0)
        sigma = math.log(orders.number("p99", 20.0) / median) / NormalDist().inv_cdf(0.99)
        await asyncio.sleep(random.Random(event.id).lognormvariate(math.log(median), sigma))

    longest = orders.number("seconds", 1.0)

    async def mixed(event: Event, work: Work) -> None:
        luck = random.Random(event.id).random()
        await asyncio.sleep(luck * longest)
        if luck < _POISON:
            raise Poison("one in a thousand")
        if luck < _POISON + _TRANSIENT and work.attempt == 1:
            raise Transient("one in a hundred", retry_after=0.1)

    return {"noop": noop, "sleep": sleep, "lognormal": lognormal, "mixed": mixed}[str(orders.options["handler"])]


def stage_of(orders: Orders) -> Stage:
    """The stage that the orders describe."""
    return Stage(
        orders.group,
        (topic(orders.consumes),),
        (topic(orders.produces),),
        concurrency=int(orders.number("concurrency", 1000)),
        attempt_seconds=orders.number("attempt_seconds", 3600.0),
    )


async def run(orders: Orders, meter: Meter, settings: CommonSettings, shutdown: Shutdown) -> None:
    """Run the stage until the benchmark has its answer."""
    slots, wait = Slots(), waiting(orders)

    async def timed(event: Event, work: Work) -> Sequence[Event]:
        meter.count()
        slots.running += 1
        slots.started[event.id] = time.monotonic()
        try:
            await wait(event, work)
            slots.ended[event.id] = time.monotonic()
        finally:
            slots.running -= 1
        return [event]

    async def counted(event: Event, work: Work) -> Sequence[Event]:
        meter.count()
        await wait(event, work)
        return [event]

    # A record of every handler is memory and time of ours, so only where it is wanted.
    watched = bool(orders.options.get("watched"))
    handler: Handler = timed if watched else counted
    meter.serve(slots.report if watched else dict)
    sampler = asyncio.create_task(slots.sample()) if watched else None
    try:
        await StageRunner(stage_of(orders), handler, settings, Metrics(), shutdown).run()
    finally:
        if sampler is not None:
            sampler.cancel()


def main() -> int:
    """Run as a service does: the same set-up of the process, with settings from the environment."""
    orders, meter = Orders.given(), Meter()
    os.environ |= {
        "DIGLOT_KAFKA_BOOTSTRAP": orders.bootstrap,
        "DIGLOT_SLOT": "bench",
        "DIGLOT_LOG_FORMAT": "console",
        "DIGLOT_LOG_LEVEL": "warning",
    }
    return run_process("bench", CommonSettings, lambda settings, shutdown: run(orders, meter, settings, shutdown))


if __name__ == "__main__":
    sys.exit(main())
