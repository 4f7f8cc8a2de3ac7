"""The whole product as processes: every service of its own, on free ports, to be killed and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeVar

import httpx

from cli.embedded import free_port

T = TypeVar("T")
Service = Literal["ingest", "analyze", "translate", "writer", "reader"]

_MODULES: Final[dict[Service, tuple[str, str]]] = {
    "ingest": ("services.ingest.main", "DIGLOT_INGEST_PORT"),
    "analyze": ("services.analyze.main", "DIGLOT_ANALYZE_PORT"),
    "translate": ("services.translate.main", "DIGLOT_TRANSLATE_PORT"),
    "writer": ("services.publish.writer_main", "DIGLOT_WRITER_PORT"),
    "reader": ("services.publish.reader_main", "DIGLOT_READ_PORT"),
}
SERVICES: Final[tuple[Service, ...]] = tuple(_MODULES)
_READY_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 30.0
_METRIC: Final = re.compile(r"^(\w+)(?:\{[^}]*\})? ([0-9.e+-]+)$", re.MULTILINE)


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = 30.0, every: float = 0.02) -> T:
    """Return the first result of `probe` that is neither None nor False; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found is not None and found is not False:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(every)


class System:
    """The services over one broker and one database. Logs go to `<directory>/<service>.log`."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._directory = directory
        self._ports = {service: free_port() for service in SERVICES}
        self._processes: dict[Service, subprocess.Popen[bytes]] = {}
        self.http = httpx.Client(timeout=10.0)
        ports = {variable: str(self._ports[service]) for service, (_, variable) in _MODULES.items()}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")},
            "PYTHONUNBUFFERED": "1",
            "DIGLOT_LOCAL": "true",
            "DIGLOT_READ_URL": self.url("reader"),
            **ports,
            **environment,
        }

    def __enter__(self) -> Self:
        self.start(*SERVICES)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.http.close()
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for service, process in self._processes.items():
            try:
                code = process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                code = -signal.SIGKILL
            assert error is not None or code == 0, f"{service} ended with {code}: {self.log(service)[-2000:]}"

    def url(self, service: Service) -> str:
        return f"http://127.0.0.1:{self._ports[service]}"

    def pid(self, service: Service) -> int:
        return self._processes[service].pid

    def log(self, service: Service) -> str:
        path = self._directory / f"{service}.log"
        return path.read_text() if path.exists() else ""

    def start(self, *services: Service) -> None:
        """Start services and wait until each says that it is ready."""
        for service in services:
            with (self._directory / f"{service}.log").open("ab") as log:
                self._processes[service] = subprocess.Popen(
                    [sys.executable, "-m", _MODULES[service][0]],
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        for service in services:
            wait_for(f"{service} to be ready: {self.url(service)}", lambda s=service: self._ready(s), _READY_SECONDS)  # type: ignore[misc]

    def kill(self, service: Service) -> None:
        """End a service with SIGKILL and wait until it is gone."""
        process = self._processes.pop(service)
        process.kill()
        process.wait()

    def stop(self, service: Service) -> int:
        """End a service with SIGTERM and return its exit code."""
        process = self._processes.pop(service)
        process.send_signal(signal.SIGTERM)
        return process.wait(_STOP_SECONDS)

    def metric(self, service: Service, name: str) -> float:
        """The sum of a metric over its labels; 0 where it is not there or the service does not answer."""
        try:
            text = self.http.get(f"{self.url(service)}/metrics").text
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

    def read(self, path: str) -> httpx.Response:
        return self.http.get(f"{self.url('reader')}{path}")

    def _ready(self, service: Service) -> bool:
        code = self._processes[service].poll()
        assert code is None, f"{service} ended with {code}: {self.log(service)[-4000:]}"
        try:
            return self.http.get(f"{self.url(service)}/readyz").status_code == 200
        except httpx.TransportError:
            return False
