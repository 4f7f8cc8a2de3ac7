"""One process of a run: started, read, restarted when it ends unasked, stopped when asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cli.exit_codes import CliError
from cli.run.journal import Journal
from cli.run.restarts import Ended, GiveUp, RestartPolicy
from shared.process import EXIT_CONFIG

_CHUNK: Final = 64 * 1024
_LONGEST_LINE: Final = 1024 * 1024
_PIPE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process to run. `ready_url` answers 200 when it can work; `metrics_url` is set where it must be drained."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    metrics_url: str | None = None


class Child:
    """Keeps one process running. `run` is its life; the other methods may be called at any time from the same loop.

    `started` is called after each start, when `pid` is known. `corrected` is called when the process says that its
    settings or surroundings are wrong: True when `spec`, which may be set at any time for the next start, has changed.
    """

    def __init__(
        self,
        spec: ProcessSpec,
        policy: RestartPolicy,
        journal: Journal,
        started: Callable[[], None] = lambda: None,
        corrected: Callable[[], bool] = lambda: False,
    ) -> None:
        self.spec = spec
        self._corrected = corrected
        self._started = started
        self._policy = policy
        self._journal = journal
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._replacing = False

    @property
    def pid(self) -> int | None:
        """The process's id, or None while there is none."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and alive else None

    @property
    def over(self) -> bool:
        """True once it was stopped, killed or given up, and is not started again."""
        return self._ended.is_set()

    async def run(self) -> None:
        """Run the process until `stop` or `kill`, and start it again whenever it ends before.

        Raises CliError when starting it again is given up.
        """
        failures = 0
        try:
            while not self._stopping.is_set():
                ended = await self._run_once()
                if self._stopping.is_set():
                    break
                if self._replacing:
                    self._replacing = False
                    continue
                if ended.code == EXIT_CONFIG and self._corrected():
                    continue
                decision = self._policy.decide(ended, failures)
                if isinstance(decision, GiveUp):
                    raise CliError(self._obituary(decision.reason))
                failures = decision.failures
                self._journal.say(f"{self.spec.name} {ended}; starting it again in {decision.delay:.1f} s", "warning")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), decision.delay)
        finally:
            self.kill()
            self._ended.set()

    async def stop(self, grace: float) -> bool:
        """Ask the process to finish what it has, and kill it after `grace` seconds. False when it was killed."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._ended.wait(), grace)
        except TimeoutError:
            self.kill()
            return False
        return True

    def replace(self) -> None:
        """Have the process end and a new one start in its place, without counting it as a failure."""
        if self.pid is not None:
            self._replacing = True
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and everything that it started at once, and don't start it again."""
        self._stopping.set()
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def _run_once(self) -> Ended:
        started = time.monotonic()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                env=dict(self.spec.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops them in order.
                start_new_session=True,
            )
        except OSError as error:
            raise CliError(f"{self.spec.name} can't be started: {error}") from error
        self._started()
        if self._stopping.is_set():
            self._signal(signal.SIGTERM)  # asked to stop while it was being started
        reading = asyncio.create_task(self._read(self._process))
        code = await self._process.wait()
        # What it started itself may hold the pipe open for ever.
        await asyncio.wait([reading], timeout=_PIPE_SECONDS)
        reading.cancel()
        return Ended(code, time.monotonic() - started)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for text in _lines(process.stdout):
                self._journal.take(self.spec.name, text)

    def _obituary(self, reason: str) -> str:
        tail = [line for line in self._journal.tail(self.spec.name) if line.strip()]
        last = f"; the last it said: {tail[-1]}" if tail else ""
        return f"{self.spec.name} can't be kept running: {reason}{last} (whole log: {self._journal.path})"


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    # Not readline(): it raises on a line that is longer than the stream's buffer.
    rest = b""
    while chunk := await stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield line.decode(errors="backslashreplace").rstrip("\r")
    if rest:
        yield rest.decode(errors="backslashreplace")
