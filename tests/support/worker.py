"""A stage of a test as a process of its own: `python -m tests.support.worker '<json>'`.

It writes `up -` to a log when it begins, and its handler `start KEY` and `paid KEY`, so that a test sees what a killed
worker had begun.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.failpoints import FAILPOINTS_VARIABLE
from shared.model import Event
from shared.process import Shutdown, run_process
from shared.settings import CommonSettings
from shared.stream import Stage, StageRunner, Work
from shared.stream._watchdog import HANG_SECONDS
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.stages import declare

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Orders:
    """What a worker is told: its stage, where it logs, how long its handler takes, its name in the log.

    `slot`: where it isn't the name. `slow`: an article id whose handler takes an hour. `failpoints`: the directory of
    the orders to fail. `hang_seconds`: the watchdog's limit.
    """

    stage: str
    partitions: int
    log: str
    seconds: float
    concurrency: int = 8
    name: str = "worker"
    drain_seconds: float = 20.0
    slot: str = ""
    slow: str = ""
    failpoints: str = ""
    hang_seconds: float = HANG_SECONDS


class Worker:
    """A running worker process and its log."""

    def __init__(self, broker: Broker, orders: Orders) -> None:
        self._log = Path(orders.log)
        self._name = orders.name
        self._log.touch()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker", json.dumps(orders.__dict__)],
            cwd=_ROOT,
            env={
                **os.environ,
                **broker.environment(),
                "DIGLOT_LOG_FORMAT": "console",
                "DIGLOT_SLOT": orders.slot or orders.name,
                FAILPOINTS_VARIABLE: orders.failpoints,
            },
        )

    def logged(self, what: str) -> list[str]:
        """What this worker logged as `up`, or the article ids that it logged as `start` or `paid`."""
        lines = [line.split() for line in self._log.read_text().splitlines()]
        return [line[2] for line in lines if len(line) == 3 and line[:2] == [self._name, what]]


@contextmanager
def worker(broker: Broker, orders: Orders) -> Iterator[Worker]:
    """A worker for the length of the block; killed at its end if it still runs."""
    running = Worker(broker, orders)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()


def arm(directory: Path, name: str, order: str) -> Path:
    """Give the order for a failpoint; the file that is returned goes when a process takes it."""
    path = directory / name
    whole = directory / f".{name}"
    whole.write_text(order)
    return whole.rename(path)


def stage_of(orders: Orders) -> Stage:
    """The stage that the worker runs."""
    return declare(orders.stage, partitions=orders.partitions, concurrency=orders.concurrency, attempt_seconds=2 * 3600)


def main() -> int:
    """Run the worker that the argument describes until SIGTERM."""
    orders = Orders(**json.loads(sys.argv[1]))
    log = os.open(orders.log, os.O_WRONLY | os.O_APPEND)
    os.write(log, f"{orders.name} up -\n".encode())

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        os.write(log, f"{orders.name} start {event.key}\n".encode())
        await asyncio.sleep(3600 if event.key == orders.slow else orders.seconds)
        await work.lease()
        os.write(log, f"{orders.name} paid {event.key}\n".encode())
        return [event]

    async def run(settings: CommonSettings, shutdown: Shutdown) -> None:
        await StageRunner(
            stage_of(orders),
            handle,
            settings,
            Metrics(),
            shutdown,
            drain_seconds=orders.drain_seconds,
            hang_seconds=orders.hang_seconds,
        ).run()

    return run_process("worker", CommonSettings, run)


if __name__ == "__main__":
    sys.exit(main())
