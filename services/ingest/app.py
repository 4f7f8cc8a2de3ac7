"""The ASGI application of ingest."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.ingest.intake import Intake
from services.ingest.routes import article_routes
from services.ingest.schemas import ArticlePost
from services.ingest.settings import IngestSettings
from shared.http import BodyLimit, describe_models, install_problem_handlers
from shared.telemetry import HttpMetrics, Metrics, Readiness, Tracer, health_routes

MODE_HEADER: Final = "Diglot-Mode"


def create_app(
    settings: IngestSettings, intake: Intake, metrics: Metrics, readiness: Readiness, tracer: Tracer
) -> FastAPI:
    """The application; in local mode every answer says so in the header `Diglot-Mode`."""
    app = FastAPI(
        title="Diglot ingest",
        version="1",
        summary="Takes news articles in English and Chinese.",
        # Their pages load scripts from elsewhere; /openapi.json is there for any tool.
        docs_url=None,
        redoc_url=None,
    )
    install_problem_handlers(app)
    describe_models(app, ArticlePost)
    app.include_router(article_routes(intake, settings, tracer))
    app.router.routes.extend(health_routes(metrics, readiness))
    app.add_middleware(BodyLimit, max_bytes=settings.ingest_body_limit)
    if settings.local:
        app.add_middleware(_LocalMode)
    app.add_middleware(HttpMetrics, metrics=metrics)
    return app


class _LocalMode:
    """ASGI middleware that marks every answer of an open ingest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[MODE_HEADER] = "local"
            await send(message)

        await self._app(scope, receive, marked)
