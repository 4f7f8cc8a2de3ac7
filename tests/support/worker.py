"""A stage of a test as a process of its own: `python -m tests.support.worker '<json>'`.

Its handler writes `start KEY` and `paid KEY` to a log, so that a test sees what a killed worker had begun.
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

from shared.model import Event
from shared.process import Shutdown, run_process
from shared.settings import CommonSettings
from shared.stream import Stage, StageRunner, Work
from shared.telemetry import Metrics
from tests.support.brokers import Broker
from tests.support.stages import declare

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Orders:
    """What a worker is told: its stage, where it logs, how long its handler takes, its name in the log."""

    stage: str
    partitions: int
    log: str
    seconds: float
    concurrency: int = 8
    name: str = "worker"
    drain_seconds: float = 20.0


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
                "DIGLOT_SLOT": orders.name,
            },
        )

    def logged(self, what: str) -> list[str]:
        """The article ids that this worker logged as `start` or `paid`."""
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


def stage_of(orders: Orders) -> Stage:
    """The stage that the worker runs."""
    return declare(orders.stage, partitions=orders.partitions, concurrency=orders.concurrency)


def main() -> int:
    """Run the worker that the argument describes until SIGTERM."""
    orders = Orders(**json.loads(sys.argv[1]))
    log = os.open(orders.log, os.O_WRONLY | os.O_APPEND)

    async def handle(event: Event, work: Work) -> Sequence[Event]:
        os.write(log, f"{orders.name} start {event.key}\n".encode())
        await asyncio.sleep(orders.seconds)
        await work.lease()
        os.write(log, f"{orders.name} paid {event.key}\n".encode())
        return [event]

    async def run(settings: CommonSettings, shutdown: Shutdown) -> None:
        await StageRunner(
            stage_of(orders), handle, settings, Metrics(), shutdown, drain_seconds=orders.drain_seconds
        ).run()

    return run_process("worker", CommonSettings, run)


if __name__ == "__main__":
    sys.exit(main())
