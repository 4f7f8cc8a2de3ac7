"""The whole product as processes: every service of its own, on free ports, to be killed and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx

from cli.embedded import free_port

T = TypeVar("T")

_MODULES: Final[dict[str, tuple[str, str]]] = {
    "ingest": ("services.ingest.main", "DIGLOT_INGEST_PORT"),
    "analyze": ("services.analyze.main", "DIGLOT_ANALYZE_PORT"),
    "translate": ("services.translate.main", "DIGLOT_TRANSLATE_PORT"),
    "writer": ("services.publish.writer_main", "DIGLOT_WRITER_PORT"),
    "reader": ("services.publish.reader_main", "DIGLOT_READ_PORT"),
}
SERVICES: Final[tuple[str, ...]] = tuple(_MODULES)
_READY_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0
_WATCH_SECONDS: Final = 0.05
_METRIC: Final = re.compile(r"^(\w+)(?:\{[^}]*\})? ([0-9.e+-]+)$", re.MULTILINE)


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = 90.0, every: float = 0.02) -> T:
    """Return the first result of `probe` that is neither None nor False; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(every)


@dataclass(frozen=True)
class End:
    """A process that ended while it was watched, and how (negative: the signal that killed it)."""

    instance: str
    code: int


class System:
    """The services over one broker and one database. Logs go to `<directory>/<instance>.log`.

    An instance is a service by its name, or `<service>.<name>` for a further process of it: `reader.fresh`. Each has a
    port and a slot of its own, the same after a restart.
    """

    def __init__(self, directory: Path, environment: dict[str, str], first: Sequence[str] = SERVICES) -> None:
        """`first`: the instances that are started when the system is entered."""
        self._directory = directory
        self._first = first
        self._ports: dict[str, int] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.http = httpx.Client(timeout=10.0)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")},
            "PYTHONUNBUFFERED": "1",
            "DIGLOT_LOCAL": "true",
            "DIGLOT_READ_URL": self.url("reader"),
            **environment,
        }

    def __enter__(self) -> Self:
        self.start(*self._first)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.http.close()
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for instance, process in self._processes.items():
            try:
                code = process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                code = -signal.SIGKILL
            assert error is not None or code == 0, f"{instance} ended with {code}: {self.log(instance)[-2000:]}"

    @property
    def instances(self) -> tuple[str, ...]:
        """What was started and not stopped."""
        return tuple(self._processes)

    def url(self, instance: str) -> str:
        if instance not in self._ports:
            self._ports[instance] = free_port()
        return f"http://127.0.0.1:{self._ports[instance]}"

    def pid(self, instance: str) -> int:
        return self._processes[instance].pid

    def log(self, instance: str) -> str:
        path = self._directory / f"{instance}.log"
        return path.read_text() if path.exists() else ""

    def start(self, *instances: str) -> None:
        """Start processes and wait until each says that it is ready."""
        for instance in instances:
            self._launch(instance)
        for instance in instances:
            wait_for(f"{instance} to be ready: {self.url(instance)}", lambda i=instance: self._ready(i), _READY_SECONDS)  # type: ignore[misc]

    def kill(self, instance: str) -> None:
        """End a process with SIGKILL and wait until it is gone; a supervised one is started again."""
        process = self._processes[instance]
        process.kill()
        process.wait()

    @contextmanager
    def supervised(self, *instances: str) -> Iterator[list[End]]:
        """Start these again whenever they end, while the block runs; gives the list of the ends so far."""
        ends: list[End] = []
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(_WATCH_SECONDS):
                for instance in instances:
                    code = self._processes[instance].poll()
                    if code is not None:
                        ends.append(End(instance, code))
                        self._launch(instance)

        watcher = threading.Thread(target=watch, name="supervisor")
        watcher.start()
        try:
            yield ends
        finally:
            stop.set()
            watcher.join()

    def stop(self, instance: str) -> int:
        """End a process with SIGTERM and return its exit code."""
        process = self._processes.pop(instance)
        process.send_signal(signal.SIGTERM)
        return process.wait(_STOP_SECONDS)

    def metric(self, instance: str, name: str) -> float:
        """The sum of a metric over its labels; 0 where it is not there or the process does not answer."""
        try:
            text = self.http.get(f"{self.url(instance)}/metrics").text
        except httpx.TransportError:
            return 0.0
        return sum(float(value) for found, value in _METRIC.findall(text) if found == name)

    def post(self, article: dict[str, object]) -> httpx.Response:
        return self.http.post(f"{self.url('ingest')}/v1/articles", json=article)

    def accept(self, article: dict[str, object]) -> dict[str, str]:
        """Post an article that must be accepted, and return the answer."""
        response = self.post(article)
        assert response.status_code == 202, response.text
        accepted: dict[str, str] = response.json()
        return accepted

    def read(self, path: str, instance: str = "reader") -> httpx.Response:
        return self.http.get(f"{self.url(instance)}{path}")

    def is_ready(self, instance: str) -> bool:
        try:
            return self.http.get(f"{self.url(instance)}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def _ready(self, instance: str) -> bool:
        code = self._processes[instance].poll()
        assert code is None, f"{instance} ended with {code}: {self.log(instance)[-4000:]}"
        return self.is_ready(instance)

    def _launch(self, instance: str) -> None:
        module, port = _MODULES[instance.partition(".")[0]]
        environment = {
            **self._environment,
            port: self.url(instance).rpartition(":")[2],
            "DIGLOT_SLOT": instance,
        }
        with (self._directory / f"{instance}.log").open("ab") as log:
            self._processes[instance] = subprocess.Popen(
                [sys.executable, "-m", module], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
