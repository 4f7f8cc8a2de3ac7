"""The ASGI application of the reader: the API, the pages, health and metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.publish import pages
from services.publish.api import API_MODELS, api_routes
from services.publish.clock import Clock
from services.publish.live import LiveLibrary
from services.publish.replica import Replica
from services.publish.settings import ReaderSettings
from shared.http import describe_models, install_problem_handlers
from shared.store import Journeys
from shared.telemetry import HttpMetrics, Metrics, health_routes

# Below this a packet holds the answer anyway.
_COMPRESS_FROM = 1000
_ONE_DAY = 86400


def create_app(
    settings: ReaderSettings,
    library: LiveLibrary,
    journeys: Journeys,
    replica: Replica,
    metrics: Metrics,
    clock: Clock,
    stopping: Callable[[], bool],
) -> FastAPI:
    """Return the application. `stopping`: True once the process drains, so that streams end."""
    app = FastAPI(
        title="Diglot",
        version="1",
        summary="Verified bilingual analysis of news articles, in English and Chinese.",
        # Their pages load scripts from elsewhere; /openapi.json is there for any tool.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install_problem_handlers(app)
    describe_models(app, *API_MODELS)
    app.include_router(api_routes(library, journeys, settings.lanes, settings.reader_cache_bytes, clock, stopping))
    app.include_router(pages.router(library, settings.read_url, clock))
    app.router.default = pages.page_or(app.router.default, settings.read_url)
    app.router.routes.extend(health_routes(metrics, replica.problems, replica.state))
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESS_FROM, compresslevel=5)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["If-None-Match"],
        expose_headers=["ETag"],
        max_age=_ONE_DAY,
    )
    app.add_middleware(_HeadAsGet)
    # The last one is the outermost: it must see HEAD as HEAD.
    app.add_middleware(HttpMetrics, metrics=metrics)
    return app


class _HeadAsGet:
    """ASGI middleware that answers HEAD as GET without the body; FastAPI's own routes take only what they name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The scope is one for all: who counts the answer on its way out reads the method then.
                scope["method"] = "HEAD"
            elif message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        scope["method"] = "GET"
        # A stream has no end that a HEAD could wait for.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"accept"]
        try:
            await self._app(scope, receive, without_body)
        finally:
            scope["method"] = "HEAD"
