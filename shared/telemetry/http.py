"""Counts and times the requests of an ASGI application."""

from __future__ import annotations

import time

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry.health import HEALTH_PATHS
from shared.telemetry.metrics import Metrics


class HttpMetrics:
    """ASGI middleware: requests in flight, requests by method, route and status, and the time until the answer begins.

    The label is the route's pattern, never the path, so that clients can't make new time series.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; only HTTP requests are counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        answered = False

        async def counting(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                self._count(scope, int(message["status"]), time.perf_counter() - started)
            await send(message)

        self._change_in_flight(+1)
        try:
            await self._app(scope, receive, counting)
        except Exception:
            # What answers it with 500 is Starlette's outermost layer, which we are inside of.
            if not answered:
                self._count(scope, 500, time.perf_counter() - started)
            raise
        finally:
            self._change_in_flight(-1)

    def _change_in_flight(self, by: int) -> None:
        self._in_flight += by
        self._metrics.set("diglot_http_in_flight", self._in_flight)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        if isinstance(route, Route):
            pattern = route.path
        else:
            # FastAPI tells the route of its own kind only.
            pattern = scope["path"] if scope["path"] in HEALTH_PATHS else "unmatched"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.increment("diglot_http_requests_total", method=method, route=pattern, status=str(status))
        self._metrics.observe("diglot_http_seconds", seconds, method=method, route=pattern)


_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
