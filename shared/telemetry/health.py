"""`/livez`, `/readyz` and `/metrics`, the same in every process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.telemetry.metrics import Metrics

HEALTH_PATHS: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""What `health_routes` answer, the same in every process."""

# Reasons why the process is not ready to work; none means that it is.
Readiness = Callable[[], Sequence[str]]


# What `/readyz` says besides; shown to anybody who can reach the port.
Details = Callable[[], Mapping[str, str | int | None]]


def health_routes(metrics: Metrics, readiness: Readiness, details: Details = dict) -> list[Route]:
    """The three routes, to add to an application that serves other things too."""

    # Coroutines, so that they are answered in the event loop: a loop that is stuck must fail `/livez`.
    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def readyz(_request: Request) -> Response:
        reasons = list(readiness())
        state = {"status": "not ready" if reasons else "ready", "reasons": reasons, **details()}
        return JSONResponse(state, status_code=503 if reasons else 200)

    async def show_metrics(_request: Request) -> Response:
        return Response(metrics.render(), media_type=Metrics.content_type)

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", show_metrics)]


def health_app(metrics: Metrics, readiness: Readiness) -> Starlette:
    """An application with the three routes only, for processes that have no HTTP interface of their own."""
    return Starlette(routes=health_routes(metrics, readiness))
