"""The pages over HTTP: `/`, `/{lang}/`, `/articles/{id}`, `/{lang}/articles/{id}` and the files they load."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.publish.api.params import ListParams
from services.publish.clock import Clock, system_clock
from services.publish.conditional import conditional
from services.publish.library import BadCursor, Library
from services.publish.pages.assets import load_assets
from services.publish.pages.columns import BOTH, Columns
from services.publish.pages.render import Renderer
from shared.errors import Unavailable
from shared.model import is_article_id
from shared.vocabulary import category_ids

_PAGES: Final[tuple[tuple[str, Columns], ...]] = (("", BOTH), ("/en", ("en",)), ("/zh", ("zh",)))
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


def page_or(answer: ASGIApp, public_url: str | None = None) -> ASGIApp:
    """Return what answers at unknown addresses: a page for those who ask for HTML, else `answer`.

    For `Router.default` of the application; what is below `/v1/` is the API's.
    """
    html = Renderer(load_assets(), public_url).message("not_found", BOTH)

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _METHODS and not scope["path"].startswith("/v1/"):
            request = Request(scope)
            if "text/html" in request.headers.get("Accept", ""):
                await _html(request, html, 404)(scope, receive, send)
                return
        await answer(scope, receive, send)

    return endpoint


class _Pages:
    """Makes the endpoints; each answers for one choice of columns."""

    def __init__(self, library: Library, renderer: Renderer, clock: Clock) -> None:
        self._library = library
        self._renderer = renderer
        self._clock = clock

    def article(self, columns: Columns) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            article_id: str = request.path_params["article_id"]
            if not is_article_id(article_id):
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
            # What is no parameter of lists is left alone: others append their own to links.
            asked = {name: value for name, value in request.query_params.items() if name in ListParams.model_fields}
            now = self._clock()
            try:
                params = ListParams.model_validate(asked)
                page = self._library.cards(params.query(), now)
            except (ValidationError, BadCursor):
                return self._message(request, "bad_list", 400, columns)
            except Unavailable:
                return self._message(request, "unavailable", 503, columns)
            if params.category is not None and params.category not in category_ids():
                return self._message(request, "bad_list", 404, columns)
            return _html(request, self._renderer.cards(page, now, columns, params))

        return endpoint

    def _message(self, request: Request, name: str, status: int, columns: Columns) -> Response:
        return _html(request, self._renderer.message(name, columns), status)


def _html(request: Request, html: str, status: int = 200) -> Response:
    body = html.encode()
    headers = dict(_HEADERS)
    if status == 503:
        headers["Retry-After"] = str(_RETRY_SECONDS)
    if status == 200:
        return conditional(request, body, "text/html", headers)
    return Response(body, status, headers, media_type="text/html")


def _file(body: bytes, media_type: str, headers: Mapping[str, str]) -> Endpoint:
    async def endpoint(_request: Request) -> Response:
        return Response(body, headers=headers, media_type=media_type)

    return endpoint
