"""The services of a run as a whole: ready, running, drained in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx

from cli.run.child import Child
from cli.run.drain import Backlog, DrainWatch, read_backlog
from cli.run.journal import Journal
from shared.process import Shutdown


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds.

    `drain`: working off what is queued, all processes together; `stop`: one process after SIGTERM; `say`: between
    two reports of what is waited for; `look`: between two looks at a process.
    """

    drain: float = 60.0
    stop: float = 15.0
    say: float = 5.0
    look: float = 0.2


class Supervisor:
    """Runs processes until it is told to stop. Their order is the order of stopping: upstream first.

    A process that has a `metrics_url` is asked to stop only when nothing is queued for it any more; the others can
    be stopped at any time, because what they leave is kept elsewhere.
    """

    def __init__(
        self, children: Sequence[Child], journal: Journal, http: httpx.AsyncClient, patience: Patience
    ) -> None:
        self._children = children
        self._journal = journal
        self._http = http
        self._patience = patience

    async def run(
        self,
        shutdown: Shutdown,
        when_ready: Callable[[], Awaitable[None]],
        guards: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """Start all, call `when_ready` once all can work, and run until `shutdown` asks to drain.

        `guards` run beside the processes until the stop begins. When `shutdown` asks to abort, everything is killed.
        Raises CliError when a process can't be kept running, and whatever a guard or `when_ready` raises; the processes
        are drained and stopped before.
        """
        lives = [asyncio.ensure_future(child.run()) for child in self._children]
        guarding = [asyncio.ensure_future(guard()) for guard in guards]
        opening = asyncio.ensure_future(self._open(when_ready))
        stopping = asyncio.ensure_future(_happened(shutdown.draining))
        aborting = asyncio.ensure_future(_happened(shutdown.aborting))
        try:
            await _first_end({*lives, *guarding, stopping}, opening)
            for task in (opening, *guarding):
                task.cancel()
            draining = asyncio.ensure_future(self._stop())
            await asyncio.wait({draining, aborting}, return_when=asyncio.FIRST_COMPLETED)
            draining.cancel()
        finally:
            for child in self._children:
                child.kill()
            for task in (opening, stopping, aborting, *guarding):
                task.cancel()
            results = await asyncio.gather(*lives, *guarding, opening, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    def replace_all(self) -> None:
        """Have every process start anew, for when what they all depend on has started anew."""
        for child in self._children:
            child.replace()

    async def _stop(self) -> None:
        deadline = time.monotonic() + self._patience.drain
        for child in self._children:
            if child.spec.metrics_url is not None:
                await self._drain(child, child.spec.metrics_url, deadline)
            if await child.stop(self._patience.stop):
                self._journal.say(f"{child.spec.name} stopped")
            else:
                self._journal.say(
                    f"{child.spec.name} did not stop within {self._patience.stop:.0f} s and was killed", "warning"
                )

    async def _open(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        await asyncio.gather(*(self._wait_ready(child) for child in self._children))
        await when_ready()

    async def _wait_ready(self, child: Child) -> None:
        url = child.spec.ready_url
        if url is None:
            return
        said = time.monotonic()
        while (reason := await self._why_not_ready(url)) is not None:
            if time.monotonic() - said >= self._patience.say:
                self._journal.say(f"waiting for {child.spec.name}: {reason}")
                said = time.monotonic()
            await asyncio.sleep(self._patience.look)

    async def _why_not_ready(self, url: str) -> str | None:
        try:
            answer = await self._http.get(url)
        except httpx.HTTPError:
            return "it doesn't answer yet"
        if answer.status_code == httpx.codes.OK:
            return None
        try:
            reasons = answer.json().get("reasons", [])
        except (ValueError, AttributeError):
            reasons = []
        return "; ".join(str(reason) for reason in reasons) or f"it answers {answer.status_code}"

    async def _drain(self, child: Child, url: str, deadline: float) -> None:
        watch = DrainWatch()
        said = time.monotonic()
        backlog: Backlog | None = None
        while not child.over:
            backlog = await self._backlog(url)
            if backlog is not None and watch.look(backlog):
                return
            now = time.monotonic()
            if now >= deadline:
                break
            if now - said >= self._patience.say:
                self._journal.say(f"draining {child.spec.name}: {backlog or 'it does not answer'}")
                said = now
            await asyncio.sleep(self._patience.look)
        left = backlog or "it does not answer, so nobody knows how much"
        self._journal.say(
            f"{child.spec.name} was not drained ({left}); what the embedded broker holds for it is lost: "
            "post these articles again",
            "error",
        )

    async def _backlog(self, url: str) -> Backlog | None:
        try:
            answer = await self._http.get(url)
            return read_backlog(answer.raise_for_status().text)
        except (httpx.HTTPError, ValueError):
            return None


async def _happened(event: asyncio.Event) -> None:
    await event.wait()


async def _first_end(tasks: set[asyncio.Future[None]], opening: asyncio.Future[None]) -> None:
    """Wait until one of `tasks` ends, or `opening` fails; that it succeeds is no end."""
    waiting = {*tasks, opening}
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if done != {opening} or opening.exception() is not None:
            return
