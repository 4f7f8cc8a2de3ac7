"""The services of a run as a whole: ready, running, drained in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from cli.run.child import Child, ProcessSpec
from cli.run.drain import Backlog, DrainWatch, read_backlog
from cli.run.journal import Journal
from cli.run.readiness import why_not_ready
from shared.process import Shutdown


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds.

    `drain`: working off what is queued, all processes together. `quiet`: without anything queued, until all counts as
    worked off; stages count what waits for them once a second. `stop`: one process after SIGTERM; a stage lets its
    handlers finish for 20 s. `say`: between two reports of what is waited for. `look`: between two looks at a process.
    """

    drain: float = 60.0
    quiet: float = 1.5
    stop: float = 40.0
    say: float = 5.0
    look: float = 0.2


class Supervisor:
    """Runs processes until it is told to stop. Their order is the order of stopping: upstream first.

    Those that have a `metrics_url` are asked to stop only when nothing is queued for any of them: their broker keeps
    nothing. The others can be stopped at any time.
    """

    def __init__(
        self, children: Sequence[Child], journal: Journal, http: httpx.AsyncClient, patience: Patience
    ) -> None:
        self._children = children
        self._journal = journal
        self._http = http
        self._patience = patience
        self._opened = False

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
            # Without the servers that the guards keep, no stage gets any further.
            hopeless = any(guard.done() for guard in guarding)
            for task in (opening, *guarding):
                task.cancel()
            draining = asyncio.ensure_future(self._stop(drained=hopeless))
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

    async def count_queued(self) -> Mapping[str, Backlog | None]:
        """What each stage process counted last, ready or not; None where it can't say."""
        stages = [child.spec for child in self._children if child.spec.metrics_url is not None]
        found = await asyncio.gather(*(self._read_backlog(spec) for spec in stages))
        return {spec.name: backlog for spec, backlog in zip(stages, found, strict=True)}

    async def _stop(self, *, drained: bool) -> None:
        """Stop what takes things in, wait until nothing is queued unless it is `drained`, stop the rest in order."""
        for child in self._children:
            if child.spec.metrics_url is not None and not drained:
                await self._drain()
                drained = True
            if await child.stop(self._patience.stop):
                self._journal.say(f"{child.spec.name} stopped")
            else:
                self._journal.say(
                    f"{child.spec.name} did not stop within {self._patience.stop:.0f} s and was killed", "warning"
                )

    async def _open(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        said = time.monotonic()
        while reasons := await self._reasons():
            if time.monotonic() - said >= self._patience.say:
                self._journal.say("waiting for " + "; ".join(f"{name} ({why})" for name, why in reasons.items()))
                said = time.monotonic()
            await asyncio.sleep(self._patience.look)
        self._opened = True
        await when_ready()

    async def _reasons(self) -> dict[str, str]:
        """Why processes are not ready, by their names; empty when all are."""
        asked = {child.spec.name: url for child in self._children if (url := child.spec.ready_url) is not None}
        found = await asyncio.gather(*(why_not_ready(self._http, url) for url in asked.values()))
        return {name: reason for name, reason in zip(asked, found, strict=True) if reason is not None}

    async def _drain(self) -> None:
        watch = DrainWatch(self._patience.quiet)
        deadline = said = time.monotonic()
        deadline += self._patience.drain
        while True:
            backlogs = await self._backlogs()
            now = time.monotonic()
            if watch.look(backlogs.values(), now):
                return
            if now >= deadline or any(child.over for child in self._children if child.spec.metrics_url is not None):
                break
            if now - said >= self._patience.say:
                self._journal.say(f"draining: {_describe(backlogs)}")
                said = now
            await asyncio.sleep(self._patience.look)
        if not self._opened:
            return  # nothing was posted yet that could be lost
        self._journal.say(
            f"not all was worked off ({_describe(backlogs)}); the embedded broker keeps nothing: "
            "post these articles again",
            "error",
        )

    async def _backlogs(self) -> dict[str, Backlog | None]:
        stages = [child for child in self._children if child.spec.metrics_url is not None]
        found = await asyncio.gather(*(self._backlog(child.spec) for child in stages))
        return {child.spec.name: backlog for child, backlog in zip(stages, found, strict=True)}

    async def _backlog(self, spec: ProcessSpec) -> Backlog | None:
        """The backlog of a process, or None when it can't say: a stage that has just started knows of none yet."""
        if spec.ready_url is not None and await why_not_ready(self._http, spec.ready_url) is not None:
            return None
        return await self._read_backlog(spec)

    async def _read_backlog(self, spec: ProcessSpec) -> Backlog | None:
        try:
            answer = await self._http.get(spec.metrics_url or "")
            return read_backlog(answer.raise_for_status().text)
        except (httpx.HTTPError, ValueError):
            return None


def _describe(backlogs: Mapping[str, Backlog | None]) -> str:
    busy = {name: backlog for name, backlog in backlogs.items() if backlog is None or not backlog.empty}
    return "; ".join(f"{name}: {backlog or 'not ready'}" for name, backlog in busy.items()) or "almost done"


async def _happened(event: asyncio.Event) -> None:
    await event.wait()


async def _first_end(tasks: set[asyncio.Future[None]], opening: asyncio.Future[None]) -> None:
    """Wait until one of `tasks` ends, or `opening` fails; that it succeeds is no end."""
    waiting = {*tasks, opening}
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if done != {opening} or opening.exception() is not None:
            return
