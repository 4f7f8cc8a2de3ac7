"""The embedded broker and database of a run: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from cli.exit_codes import CliError, ExitCode
from cli.run.journal import Journal
from cli.run.restarts import Ended, GiveUp, RestartPolicy
from shared.errors import ConfigError, Unavailable

_LOOK_SECONDS: Final = 0.5


class Server(Protocol):
    """What `cli.embedded` starts; its methods block."""

    @property
    def pid(self) -> int: ...

    @property
    def exit_code(self) -> int | None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...


async def nothing() -> None:
    """There is nothing to do about it."""


class Backing:
    """Keeps one embedded server running.

    `start` makes it and waits until it answers; it blocks, so it runs in a thread.
    `died` is awaited when it has ended unasked, for what is only known before clients notice; `restarted` after it was
    started again, for what the server forgot.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[], Server],
        restarted: Callable[[], Awaitable[None]],
        policy: RestartPolicy,
        journal: Journal,
        died: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        self.name = name
        self._died = died
        self._start = start
        self._restarted = restarted
        self._policy = policy
        self._journal = journal
        self._server: Server | None = None
        self._starting: asyncio.Future[Server] | None = None
        self._since = 0.0

    @property
    def pid(self) -> int | None:
        """The server's process id, or None before it was started."""
        return None if self._server is None else self._server.pid

    async def start(self) -> None:
        """Start the server and wait until it answers. Raises CliError when it can't be started."""
        # A cancelled wait must not lose the process that is just being started.
        self._starting = asyncio.ensure_future(asyncio.to_thread(self._start))
        try:
            self._server = await asyncio.shield(self._starting)
        except (ConfigError, Unavailable) as error:
            code = ExitCode.USAGE if isinstance(error, ConfigError) else ExitCode.FAILED
            raise CliError(f"the {self.name} can't be started: {error}", code) from error
        self._since = time.monotonic()

    async def watch(self) -> None:
        """Start the server again whenever it ends, for as long as this is awaited. Raises CliError on giving up."""
        failures = 0
        while self._server is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            code = self._server.exit_code
            if code is None:
                continue
            await self._died()
            ended = Ended(code, time.monotonic() - self._since)
            decision = self._policy.decide(ended, failures)
            if isinstance(decision, GiveUp):
                raise CliError(f"the {self.name} can't be kept running: {decision.reason}")
            failures = decision.failures
            self._journal.say(f"the {self.name} {ended}; starting it again in {decision.delay:.1f} s", "warning")
            await asyncio.sleep(decision.delay)
            await self.start()
            await self._restarted()

    async def stop(self) -> None:
        """Stop the server as it wants to be stopped; nothing happens when there is none."""
        server = await self._newest()
        if server is not None:
            await asyncio.to_thread(server.stop)

    async def kill(self) -> None:
        """End the server at once."""
        server = await self._newest()
        if server is not None:
            server.kill()

    async def _newest(self) -> Server | None:
        """The server, also when it is only now being started; None when there is none or it couldn't be."""
        if self._starting is not None:
            await asyncio.wait([self._starting])
            if self._starting.exception() is None:
                self._server = self._starting.result()
        return self._server
