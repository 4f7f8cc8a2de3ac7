"""A worker of the chain, one process: `python -m tests.support.chaos.worker '<json>'`.

Its handler writes a line to disk before it begins, and another before the place where an engine would pay.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import LeaseLost
from shared.model import Event
from shared.process import Shutdown, run_process
from shared.settings import CommonSettings
from shared.stream import StageRunner, Work
from shared.telemetry import Metrics
from tests.support.chaos.facts import Step
from tests.support.chaos.load import STAGES, pauses


@dataclass(frozen=True)
class Orders:
    """What a worker is told: its stage, the seed of its pauses, the file of its lines."""

    stage: str
    seed: int
    log: str


class DurableLog:
    """Lines that are on disk when `write` returns; those that come while the disk is busy share its next turn."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._turn: asyncio.Task[None] | None = None

    async def write(self, line: str) -> None:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._waiting.append((line, done))
        if self._turn is None or self._turn.done():
            self._turn = loop.create_task(self._turns())
        await done

    async def _turns(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            await asyncio.to_thread(self._sync, "".join(line for line, _ in taken))
            for _, done in taken:
                if not done.done():
                    done.set_result(None)

    def _sync(self, text: str) -> None:
        os.write(self._file, text.encode())
        os.fsync(self._file)


def main() -> int:
    """Run the worker that the argument describes until SIGTERM."""
    orders = Orders(**json.loads(sys.argv[1]))
    stage = next(stage for stage in STAGES if stage.name == orders.stage)

    async def run(settings: CommonSettings, shutdown: Shutdown) -> None:
        log = DurableLog(orders.log)

        async def note(step: Step, event: Event) -> None:
            await log.write(f"{step} {time.time_ns()} {event.id}\n")

        async def handle(event: Event, work: Work) -> Sequence[Event]:
            await note("start", event)
            wait = pauses(orders.seed, stage.name, event.id)
            await asyncio.sleep(wait.before)
            try:
                await work.lease()
            except LeaseLost:
                await note("refused", event)
                raise
            await note("paid", event)
            await asyncio.sleep(wait.after)
            return [event]

        await StageRunner(stage, handle, settings, Metrics(), shutdown).run()

    return run_process("chaos", CommonSettings, run)


if __name__ == "__main__":
    sys.exit(main())
