"""The pages over HTTP: `/`, `/{lang}/`, `/articles/{id}`, `/{lang}/articles/{id}` and the files they load."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.publish.clock import Clock, system_clock
from services.publish.library import BadCursor, Library, ListQuery
from services.publish.pages.assets import load_assets
from services.publish.pages.columns import BOTH, Columns
from services.publish.pages.render import Renderer
from shared.errors import Unavailable

_PAGES: Final[tuple[tuple[str, Columns], ...]] = (("", BOTH), ("/en", ("en",)), ("/zh", ("zh",)))
_ARTICLE_ID: Final = re.compile(r"[a-z0-9]{1,32}-[a-z2-7]{20}")
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # Ages and retractions must be current: a copy is kept, and asked about every time.
    "Cache-Control": "no-cache",
}
_METHODS: Final = ["GET", "HEAD"]
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_RETRY_SECONDS: Final = 2

Endpoint = Callable[[Request], Awaitable[Response]]


def router(library: Library, public_url: str | None = None, clock: Clock = system_clock) -> APIRouter:
    """Return the routes of all pages, which read from `library`.

    Args:
        public_url: where readers reach this server (`https://news.example`), for canonical links; relative without.
    """
    assets = load_assets()
    pages = _Pages(library, Renderer(assets, public_url), clock)
    routes = APIRouter(include_in_schema=False)
    for prefix, columns in _PAGES:
        routes.add_api_route(f"{prefix}/", pages.latest(columns), methods=_METHODS)
        routes.add_api_route(f"{prefix}/articles/{{article_id}}", pages.article(columns), methods=_METHODS)
    for asset in assets.values():
        headers = {"Cache-Control": _IMMUTABLE, "X-Content-Type-Options": "nosniff"}
        routes.add_api_route(asset.path, _file(asset.body, asset.media_type, headers), methods=_METHODS)
    return routes


class _Pages:
    """Makes the endpoints; each answers for one choice of columns."""

    def __init__(self, library: Library, renderer: Renderer, clock: Clock) -> None:
        self._library = library
        self._renderer = renderer
        self._clock = clock

    def article(self, columns: Columns) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            article_id: str = request.path_params["article_id"]
            if not _ARTICLE_ID.fullmatch(article_id):
                return self._message(request, "not_found", 404, columns)
            try:
                reading = await self._library.reading(article_id)
            except Unavailable:
                return self._message(request, "unavailable", 503, columns)
            if reading is None:
                return self._message(request, "not_found", 404, columns)
            document, now = reading.document, self._clock()
            if document.state == "hidden":
                return self._message(request, "hidden", 404, columns)
            if document.content is not None:
                return _html(request, self._renderer.article(reading, document.content, now, columns))
            if document.retraction is not None:
                return _html(request, self._renderer.tombstone(document.id, document.retraction, now, columns), 410)
            return self._message(request, "not_found", 404, columns)

        return endpoint

    def latest(self, columns: Columns) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            cursor = request.query_params.get("cursor")
            now = self._clock()
            try:
                page = self._library.cards(ListQuery(cursor=cursor), now)
            except BadCursor:
                return self._message(request, "not_found", 400, columns)
            except Unavailable:
                return self._message(request, "unavailable", 503, columns)
            tail = "" if cursor is None else f"?{urlencode({'cursor': cursor})}"
            return _html(request, self._renderer.cards(page, now, columns, tail))

        return endpoint

    def _message(self, request: Request, name: str, status: int, columns: Columns) -> Response:
        return _html(request, self._renderer.message(name, columns), status)


def _html(request: Request, html: str, status: int = 200) -> Response:
    body = html.encode()
    headers = dict(_HEADERS)
    if status == 503:
        headers["Retry-After"] = str(_RETRY_SECONDS)
    if status == 200:
        # Weak: a proxy or a middleware may compress the same page.
        headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type="text/html")


def _file(body: bytes, media_type: str, headers: Mapping[str, str]) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return Response(body, headers=headers, media_type=media_type)

    return endpoint
