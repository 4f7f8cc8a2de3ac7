"""Measured processes: the benchmark starts one, tells it to stop, and gets what it counted.

A child is `python -m MODULE '<orders as JSON>'`. It writes nothing to stdout before the benchmark sends it a line, then
one JSON object, and ends. Times are of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

_ROOT: Final = Path(__file__).parents[1]
_ANSWER_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Orders:
    """What a child is told: the brokers, the names of its group and topics, and what else its module knows."""

    bootstrap: str
    group: str
    consumes: str
    produces: str
    options: Mapping[str, float | str] = field(default_factory=dict)

    @classmethod
    def given(cls) -> Self:
        """Those of this process."""
        return cls(**json.loads(sys.argv[1]))

    def number(self, name: str, otherwise: float) -> float:
        """An option that is a number."""
        return float(self.options.get(name, otherwise))


@dataclass(frozen=True)
class Answer:
    """What a child counted from its first record until it was told to stop."""

    started: float
    cpu_seconds: float
    records: int
    more: dict[str, Any]


class Meter:
    """Counts in the child."""

    def __init__(self) -> None:
        self.records = 0
        self._started = 0.0
        self._cpu = 0.0

    def count(self, records: int = 1) -> None:
        """To be called when the handler gets records."""
        if not self.records:
            self._started = time.monotonic()
            self._cpu = _cpu_seconds()
        self.records += records

    def serve(self, more: Callable[[], dict[str, Any]] = dict) -> None:
        """Answer the benchmark from a thread, and end this process then."""
        threading.Thread(target=self._answer, args=(more,), daemon=True).start()

    def _answer(self, more: Callable[[], dict[str, Any]]) -> None:
        told = sys.stdin.readline()
        answer = Answer(self._started, _cpu_seconds() - self._cpu, self.records, {})
        if told:
            sys.stdout.write(json.dumps(asdict(answer) | {"more": more()}) + "\n")
            sys.stdout.flush()
        # At once, whatever the other threads do: a library's orderly end takes seconds and is not what is measured.
        os._exit(0)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Child:
    """A child, seen from the benchmark; killed at the end of the block if it still runs."""

    def __init__(self, module: str, orders: Orders, log: Path, python: Path | None = None) -> None:
        self._log = log
        self._module = module
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [python or sys.executable, "-m", module, json.dumps(asdict(orders))],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def check(self) -> None:
        """Raise RuntimeError when the child has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._module} ended: {self._log.read_text()[-4000:]}")

    def stop(self) -> Answer:
        """Tell the child to stop, and return what it counted."""
        self.check()
        answer, _ = self._process.communicate("stop\n", timeout=_ANSWER_SECONDS)
        if not answer:
            raise RuntimeError(f"{self._module} did not answer: {self._log.read_text()[-4000:]}")
        return Answer(**json.loads(answer))
