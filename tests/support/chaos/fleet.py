"""Keeps two workers of each stage running, as a supervisor would: one that ends is started again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

import psutil

from shared.failpoints import FAILPOINTS_VARIABLE
from tests.support.chaos.facts import Change
from tests.support.chaos.load import STAGES
from tests.support.chaos.worker import Orders

_ROOT: Final = Path(__file__).parents[3]
_LOOK_SECONDS: Final = 0.02
_STOP_SECONDS: Final = 60.0
_LATE_SECONDS: Final = 8.0  # longer than a session: the partitions have gone to the other worker by then

SLOTS: Final = {f"{stage.name[-1]}{n}": stage.name for stage in STAGES for n in (1, 2)}
"""The place of each worker, and the stage that it runs."""


class WorkerProcess:
    """One run of a worker. `name` is its own; `slot` it shares with the runs before and after it, as a rule."""

    def __init__(
        self, directory: Path, name: str, place: str, slot: str, environment: Mapping[str, str], seed: int
    ) -> None:
        self.name = name
        self.place = place
        self.stage = SLOTS[place]
        self.slot = slot
        self.failpoints = directory / "failpoints" / name
        self.failpoints.mkdir(parents=True)
        orders = Orders(self.stage, seed, str(directory / f"{name}.starts"))
        with (directory / f"{name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.chaos.worker", json.dumps(asdict(orders))],
                cwd=_ROOT,
                env={**environment, "DIGLOT_SLOT": slot, FAILPOINTS_VARIABLE: str(self.failpoints)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def frozen(self) -> bool:
        """Whether it stands still because of SIGSTOP."""
        try:
            return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return False

    @property
    def transactional_id(self) -> str:
        return f"{self.stage}-{self.slot}"

    def arm(self, failpoint: str, order: str) -> None:
        """Have the process obey the order when it gets to the failpoint."""
        draft = self.failpoints / f"{failpoint}.draft"
        draft.write_text(order)
        draft.rename(self.failpoints / failpoint)  # the process must not read half an order

    def disarm(self, failpoint: str) -> bool:
        """Take the order back; False when the process has taken it."""
        try:
            (self.failpoints / failpoint).unlink()
        except FileNotFoundError:
            return False
        return True

    def took(self, failpoint: str) -> bool:
        """Whether the process got to the failpoint and took its order."""
        return not (self.failpoints / failpoint).exists()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run of a worker ended."""

    name: str
    code: int


@dataclass
class _Place:
    process: WorkerProcess | None = None
    runs: int = 0
    slot: str = ""
    late: bool = False
    start_at: float = 0.0
    former: list[WorkerProcess] = field(default_factory=list)


class Fleet:
    """The workers; started and supervised for the length of the `with` block.

    A worker that ended is started again: at once, or after a while, or at once with another slot, as drawn from the
    seed. `tell` gets a line for each end.
    """

    def __init__(self, directory: Path, environment: Mapping[str, str], seed: int, tell: Callable[[str], None]) -> None:
        self._directory = directory
        own = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
        self._environment = {**own, **environment, "DIGLOT_LOG_FORMAT": "json"}
        self._seed = seed
        self._random = random.Random(f"fleet {seed}")
        self._tell = tell
        self._places = {place: _Place(slot=place) for place in SLOTS}
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="fleet", daemon=True)
        self.changes: list[Change] = []
        self.endings: list[Ending] = []

    def __enter__(self) -> Self:
        for place in self._places:
            self._start(place)
        self._supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._supervisor.join()
        for process in self._all():
            if process.alive:
                process.process.kill()
            process.process.wait()

    @property
    def deaths(self) -> int:
        """Workers that ended with SIGKILL."""
        with self._lock:
            return sum(ending.code == -signal.SIGKILL for ending in self.endings)

    def at_work(self, stage: str) -> list[WorkerProcess]:
        """The workers of a stage that run."""
        with self._lock:
            found = [place.process for name, place in self._places.items() if SLOTS[name] == stage]
            return [process for process in found if process is not None and process.alive]

    def kill(self, process: WorkerProcess, *, late: bool = False) -> None:
        """End a worker with SIGKILL. `late`: the next one of its place starts when others have its partitions."""
        with self._lock:
            self._places[process.place].late = late
        process.process.kill()

    def freeze(self, process: WorkerProcess) -> None:
        """Stop a worker in its tracks."""
        process.process.send_signal(signal.SIGSTOP)
        self._note(process, "frozen")

    def note_frozen(self, process: WorkerProcess) -> None:
        """Note that a worker has stopped itself, at a failpoint."""
        self._note(process, "frozen")

    def thaw(self, process: WorkerProcess) -> None:
        """Let a frozen worker go on."""
        self._note(process, "thawed")
        process.process.send_signal(signal.SIGCONT)

    def replace(self, process: WorkerProcess) -> None:
        """Start another worker with the slot of one that stands still; both run when it goes on."""
        with self._lock:
            place = self._places[process.place]
            place.former.append(process)
            self._start(process.place)

    def stop(self) -> dict[str, int | None]:
        """End all workers with SIGTERM; their exit codes, None for one that had to be killed."""
        self._ending.set()
        self._supervisor.join()
        running = [process for process in self._all() if process.alive]
        for process in running:
            process.process.terminate()
        codes: dict[str, int | None] = {}
        deadline = time.monotonic() + _STOP_SECONDS
        for process in running:
            try:
                codes[process.name] = process.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                codes[process.name] = None
                process.process.kill()
                process.process.wait()
            self._note(process, "left")
        return codes

    def _all(self) -> list[WorkerProcess]:
        with self._lock:
            current = [place.process for place in self._places.values() if place.process is not None]
            return current + [process for place in self._places.values() for process in place.former]

    def _start(self, name: str) -> None:
        place = self._places[name]
        place.runs += 1
        place.process = WorkerProcess(
            self._directory, f"{name}-{place.runs}", name, place.slot, self._environment, self._seed
        )
        self._note(place.process, "started")

    def _note(self, process: WorkerProcess, what: Literal["started", "died", "frozen", "thawed", "left"]) -> None:
        with self._lock:
            self.changes.append(Change(process.stage, process.name, time.time_ns(), what))

    def _supervise(self) -> None:
        while not self._ending.wait(_LOOK_SECONDS):
            with self._lock:
                for name, place in self._places.items():
                    self._look_at(name, place)

    def _look_at(self, name: str, place: _Place) -> None:
        for former in [process for process in place.former if not process.alive]:
            place.former.remove(former)
            self._ended(former)
        if place.process is not None and not place.process.alive:
            self._ended(place.process)
            place.process = None
            drawn = self._drawn(name, place)
            place.start_at = time.monotonic() + (_LATE_SECONDS if place.late else drawn)
            place.late = False
        if place.process is None and time.monotonic() >= place.start_at:
            self._start(name)

    def _drawn(self, name: str, place: _Place) -> float:
        """How many seconds until the next run; sometimes it gets another slot."""
        drawn = self._random.random()
        if drawn < 0.2:
            place.slot = f"{name}.{place.runs}"
        return _LATE_SECONDS if drawn > 0.8 else 0.2

    def _ended(self, process: WorkerProcess) -> None:
        code = process.process.returncode
        self._note(process, "died")
        self.endings.append(Ending(process.name, code))
        self._tell(f"worker {process.name} ended with {code}")
