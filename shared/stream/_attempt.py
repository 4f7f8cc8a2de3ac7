"""One attempt: decode the record, run the handler, build the records of its results."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from shared.errors import Poison, Transient
from shared.model import Event, decode
from shared.stream._address import is_for
from shared.stream._job import Job
from shared.stream._outbox import result_records
from shared.stream.producer import Outgoing
from shared.stream.stage import Handler, Stage, Work
from shared.telemetry import Metrics

Pick = Callable[[Event], Event | None]
"""The event as the stage handles it, or None where it passes over it."""


def read_event(stage: Stage, job: Job, pick: Pick) -> Event | None:
    """The event of the job's record, or None where the stage passes over it.

    Raises Poison, or Unavailable for a schema version that is too new.
    """
    if job.event is not None:
        return job.event
    if not is_for(stage.name, job.record.headers):
        return None
    event = decode(job.record.headers, job.record.value)
    topic = job.record.partition.topic
    if not stage.accepts(event, topic):
        raise Poison(f"a {event.type_name} does not belong on {topic}")
    job.event = pick(event)
    return job.event


async def attempt(stage: Stage, handler: Handler, event: Event, work: Work, metrics: Metrics) -> list[Outgoing]:
    """Run the handler on an event and give the records of its results.

    Raises what the handler raises, Transient when it takes longer than the stage allows, and as `result_records`.
    """
    began = time.perf_counter()
    limit = asyncio.timeout(stage.attempt_seconds)
    try:
        async with limit:
            results = await handler(event, work)
    except Exception as error:
        # Whatever the handler made of being stopped. A timeout of its own that it lets through is a bug in it.
        if limit.expired():
            raise Transient(f"no result after {stage.attempt_seconds:g} s") from error
        raise
    finally:
        metrics.observe("diglot_stage_handler_seconds", time.perf_counter() - began, stage=stage.name)
    return result_records(stage, results, work.traceparent)
