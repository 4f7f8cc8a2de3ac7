"""The way of an article through the stages, once or as a stream of its changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress

from services.publish.api.schemas import JourneyView
from shared.errors import Unavailable
from shared.model import Status
from shared.settings import Lane
from shared.store import JourneyEntry, Journeys, StoredJourney

_POLL_SECONDS = 0.25
_BEGIN_SECONDS = 5.0
_PING_SECONDS = 15.0
_LONGEST_SECONDS = 600.0


def is_final(entries: Sequence[JourneyEntry], lanes: Sequence[Lane]) -> bool:
    """Whether nothing more is expected for the newest revision: every lane has published it or stopped before."""
    newest = max((entry.version.revision for entry in entries), default=None)
    statuses = {e.stage: e.status for e in entries if e.version.revision == newest}
    return newest is not None and all(_has_ended(statuses, "" if lane == "model" else f".{lane}") for lane in lanes)


def view_of(journey: StoredJourney, lanes: Sequence[Lane]) -> JourneyView:
    """Return what the API answers."""
    return JourneyView(article_id=journey.id, entries=journey.entries, final=is_final(journey.entries, lanes))


async def begun(journeys: Journeys, article_id: str, *, wait: bool) -> StoredJourney | None:
    """Return the journey once a stage has told of the article, or None.

    With `wait`, that is waited for up to five seconds: who follows an article has often only just posted it.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (_BEGIN_SECONDS if wait else 0)
    while True:
        journey = await journeys.get(article_id)
        # One without entries is that of an article that was retracted before any stage told of it.
        if journey is not None and journey.entries:
            return journey
        if loop.time() >= deadline:
            return None
        await asyncio.sleep(_POLL_SECONDS)


async def stream(
    journeys: Journeys, first: StoredJourney, lanes: Sequence[Lane], stopping: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Yield server-sent events: the journey now and after each change, until it is final.

    Ends early after ten minutes or when the process stops; a client then connects again and misses nothing, because
    each event holds all of the journey.
    """
    loop = asyncio.get_running_loop()
    began, spoke = loop.time(), loop.time()
    journey: StoredJourney | None = first
    shown = 0
    while journey is not None:
        if journey.change != shown:
            shown, spoke = journey.change, loop.time()
            view = view_of(journey, lanes)
            yield b"event: journey\nid: %d\ndata: %s\n\n" % (shown, view.model_dump_json().encode())
            if view.final:
                return
        elif loop.time() - spoke > _PING_SECONDS:
            spoke = loop.time()
            yield b": still here\n\n"
        if stopping() or loop.time() - began > _LONGEST_SECONDS:
            return
        await asyncio.sleep(_POLL_SECONDS)
        with suppress(Unavailable):  # what was shown still holds, and the next look may find more
            journey = await journeys.get(first.id)


def _has_ended(statuses: Mapping[str, Status], suffix: str) -> bool:
    analyze, translate, publish = (statuses.get(f"{stage}{suffix}") for stage in ("analyze", "translate", "publish"))
    stopped: set[Status | None] = {"failed", "unchanged"}
    return publish in {*stopped, "done"} or analyze in stopped or translate in stopped
