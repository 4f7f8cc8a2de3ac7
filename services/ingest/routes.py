"""The HTTP interface: who asks, for what, and the answer."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.ingest.auth import Keys
from services.ingest.bodies import read_json
from services.ingest.intake import Intake
from services.ingest.problems import (
    FORBIDDEN,
    LANGUAGE_MISMATCH,
    LANGUAGE_UNCLEAR,
    MALFORMED_JSON,
    NO_TEXT,
    RECEIVE_TIMEOUT,
    TEXT_TOO_LONG,
    UNAUTHORIZED,
    UNSUPPORTED_LANGUAGE,
    UNSUPPORTED_MEDIA_TYPE,
)
from services.ingest.schemas import Accepted, ArticlePost, Reason, Retracted
from services.ingest.settings import IngestSettings
from services.ingest.tracing import accepting
from shared.http import BODY_TOO_LARGE, INTERNAL_ERROR, INVALID_REQUEST, UNAVAILABLE, json_body, problem_responses
from shared.model import ArticleId, source_of
from shared.stream import event_attributes
from shared.telemetry import Tracer

_RETRACT_PROBLEMS: Final = (UNAUTHORIZED, FORBIDDEN, BODY_TOO_LARGE, INVALID_REQUEST, INTERNAL_ERROR, UNAVAILABLE)
_POST_PROBLEMS: Final = (
    *_RETRACT_PROBLEMS,
    MALFORMED_JSON,
    RECEIVE_TIMEOUT,
    TEXT_TOO_LONG,
    UNSUPPORTED_MEDIA_TYPE,
    NO_TEXT,
    UNSUPPORTED_LANGUAGE,
    LANGUAGE_MISMATCH,
    LANGUAGE_UNCLEAR,
)
_bearer = HTTPBearer(auto_error=False, description="The source's API key. Not needed in local mode.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def article_routes(intake: Intake, settings: IngestSettings, tracer: Tracer) -> APIRouter:
    """The routes of articles."""
    router = APIRouter(prefix="/v1/articles", tags=["articles"])
    keys = Keys(settings.sources, local=settings.local)

    def status_url(article_id: str) -> str:
        return f"{settings.read_url.rstrip('/')}/v1/articles/{article_id}/journey"

    @router.post(
        "",
        status_code=202,
        summary="Post an article or a new revision of it",
        description="Answered with 202 once the broker has the article on all replicas. A repeat is harmless, so a "
        "post that was answered with 503, or not at all, can be sent again.",
        responses=problem_responses(*_POST_PROBLEMS),
        openapi_extra=json_body(ArticlePost),
    )
    async def post_article(request: Request, credentials: Credentials) -> Accepted:
        with intake.slot():
            rights = keys.authenticate(_key(credentials))
            post = await read_json(request, ArticlePost, within=settings.ingest_receive_timeout)
            rights.require(post.source)
            with accepting(tracer, request, "/v1/articles") as step:
                event = await intake.post(post, step.traceparent)
                step.describe(lambda: event_attributes(event))
        article_id = event.article.id
        return Accepted(article_id=article_id, revision=event.version.revision, status_url=status_url(article_id))

    @router.delete(
        "/{article_id}",
        status_code=202,
        summary="Retract an article",
        description="Holds for every post accepted until now; one that is accepted later brings the article back.",
        responses=problem_responses(*_RETRACT_PROBLEMS),
    )
    async def retract_article(
        request: Request,
        credentials: Credentials,
        article_id: Annotated[ArticleId, Path(description="As the post was answered with.")],
        reason: Annotated[Reason, Query(description="Shown to readers; at most 500 characters.")] = None,
    ) -> Retracted:
        with intake.slot():
            keys.authenticate(_key(credentials)).require(source_of(article_id))
            with accepting(tracer, request, "/v1/articles/{article_id}") as step:
                step.describe(lambda: {"diglot.article.id": article_id})
                ruling = await intake.retract(article_id, reason, step.traceparent)
        return Retracted(article_id=article_id, retracted_at=ruling.at, status_url=status_url(article_id))

    return router


def _key(credentials: HTTPAuthorizationCredentials | None) -> str | None:
    return None if credentials is None else credentials.credentials
