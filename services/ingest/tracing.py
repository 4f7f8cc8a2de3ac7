"""What is accepted begins an article's trace, or goes on with its sender's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from shared.http import ProblemError
from shared.telemetry import Step, Tracer


@contextmanager
def accepting(tracer: Tracer, request: Request, route: str) -> Iterator[Step]:
    """The step of taking in what `request` brings to `route`. That something is refused is no failure of ours."""
    step = tracer.step(
        request.headers.get("traceparent"),
        "ingest accept",
        "server",
        lambda: {"http.request.method": request.method, "http.route": route},
    )
    try:
        yield step
    except ProblemError as problem:
        kind = problem.kind
        step.describe(lambda: {"http.response.status_code": kind.status, "error.type": kind.slug})
        step.end()
        raise
    except BaseException as error:
        step.end(error)
        raise
    step.describe(lambda: {"http.response.status_code": 202})
    step.end()
