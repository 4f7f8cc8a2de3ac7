"""Small processes to supervise, and what they would answer over HTTP."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.run.child import ProcessSpec
from cli.run.journal import Journal
from shared.telemetry import Metrics, serve

NAMES = ("first", "second", "third")
# Says that it is up, and on SIGTERM says so too and ends well.
OBEDIENT = """
import signal, sys, time
def bye(*_):
    print("bye", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, bye)
print("up", flush=True)
while True:
    time.sleep(60)
"""
STUBBORN = OBEDIENT.replace('print("bye", flush=True)\n    sys.exit(0)', 'print("no", flush=True)')


def python(name: str, code: str, **urls: str) -> ProcessSpec:
    """A process that runs `code`."""
    return ProcessSpec(name, (sys.executable, "-S", "-c", code), **urls)  # type: ignore[arg-type]


async def until(what: str, probe: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until `probe` is true."""
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        await asyncio.sleep(0.01)


@dataclass
class Screen:
    """What a person sees of a run."""

    journal: Journal
    written: io.StringIO

    @property
    def lines(self) -> list[str]:
        """The lines without their times."""
        return [line.partition(" ")[2] for line in self.written.getvalue().splitlines()]

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def at(self, text: str) -> int:
        return next(index for index, line in enumerate(self.lines) if text in line)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    written = io.StringIO()
    with Journal(Console(file=written, width=80), tmp_path / "log", NAMES) as journal:
        yield Screen(journal, written)


@dataclass
class Faces:
    """The /readyz and /metrics of processes, as the test wants them."""

    port: int = 0
    not_ready: dict[str, list[str]] = field(default_factory=dict)
    lag: dict[str, int] = field(default_factory=dict)

    def ready_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}/readyz"

    def metrics_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}/metrics"

    def readyz(self, request: Request) -> Response:
        reasons = self.not_ready.get(request.path_params["name"], [])
        return JSONResponse({"reasons": reasons}, status_code=503 if reasons else 200)

    def metrics(self, request: Request) -> Response:
        name = request.path_params["name"]
        metrics = Metrics()
        metrics.set("diglot_stage_lag_records", self.lag.get(name, 0), stage=name)
        metrics.set("diglot_stage_in_flight", 0, stage=name)
        return Response(metrics.render())


@pytest.fixture
async def faces() -> AsyncIterator[Faces]:
    faces = Faces()
    routes = [Route("/{name}/readyz", faces.readyz), Route("/{name}/metrics", faces.metrics)]
    async with serve(Starlette(routes=routes), "127.0.0.1", 0) as port:
        faces.port = port
        yield faces


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client
