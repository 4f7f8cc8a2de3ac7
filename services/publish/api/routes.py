"""The routes of the read API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.publish.api.answers import answer
from services.publish.api.description import EVENT_STREAM, InBoth, InOne, json_answers, retracted_answer
from services.publish.api.documents import Documents
from services.publish.api.encode import encode_list
from services.publish.api.journey import begun, stream, view_of
from services.publish.api.params import DocumentParams, ListParams, NoParams
from services.publish.api.schemas import CardList, JourneyView, Term, TermList
from services.publish.clock import Clock
from services.publish.library import BadCursor
from services.publish.live import LiveLibrary
from services.publish.shelf import Shelf, category, tag
from shared.http import INVALID_REQUEST, NOT_FOUND, ProblemError
from shared.model import ArticleId, Pair
from shared.settings import Lane
from shared.store import Journeys
from shared.vocabulary import category_ids, category_name, tag_ids, tag_name

# The words of the vocabulary change with a release, their counts all the time, and nobody minds a minute.
_VOCABULARY_CACHE: Final = "public, max-age=60"

Id = Annotated[ArticleId, Path(description="As ingest answered the post with.")]


def api_routes(
    library: LiveLibrary,
    journeys: Journeys,
    lanes: Sequence[Lane],
    cache_bytes: int,
    clock: Clock,
    stopping: Callable[[], bool],
) -> APIRouter:
    """Return the routes.

    `cache_bytes`: what encoded documents may take in memory. `stopping`: True once streams have to end.
    """
    router = APIRouter(prefix="/v1")
    documents = Documents(library, cache_bytes, clock)

    @router.get(
        "/articles",
        summary="List published articles",
        response_class=Response,
        responses=json_answers("One page of the list.", CardList),
    )
    async def list_articles(request: Request, params: Annotated[ListParams, Query()]) -> Response:
        shelf, now = library.shelf, clock()
        try:
            ids, following = shelf.page(params.query(), now)
        except BadCursor as error:
            raise ProblemError.of_field(INVALID_REQUEST, "query.cursor", str(error)) from error
        return answer(request, encode_list(shelf, ids, following, now))

    @router.get(
        "/articles/{article_id}",
        summary="Read a document",
        response_class=Response,
        responses=json_answers("The document.", InBoth, InOne, problems=(NOT_FOUND,)) | retracted_answer(),
    )
    async def read_article(request: Request, article_id: Id, params: Annotated[DocumentParams, Query()]) -> Response:
        return await documents.answer(request, article_id, params.lang)

    @router.get(
        "/articles/{article_id}/journey",
        summary="See how far an article is",
        description=f"With `Accept: {EVENT_STREAM}` the same JSON comes as events, now and after each change, until "
        "it is final.",
        response_class=Response,
        responses=json_answers("The journey.", JourneyView, problems=(NOT_FOUND,), media_types=(EVENT_STREAM,)),
    )
    async def read_journey(request: Request, article_id: Id, _params: Annotated[NoParams, Query()]) -> Response:
        streamed = EVENT_STREAM in request.headers.get("accept", "")
        journey = await begun(journeys, article_id, wait=streamed)
        if journey is None:
            raise ProblemError(NOT_FOUND, f"No stage has told of an article {article_id} yet.")
        if streamed:
            events = stream(journeys, journey, lanes, stopping)
            # Proxies would hold the events back without the second header.
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(events, media_type=EVENT_STREAM, headers=headers)
        return answer(request, view_of(journey, lanes).model_dump_json().encode())

    @router.get(
        "/tags",
        summary="List the tags",
        response_class=Response,
        responses=json_answers("Every tag of the vocabulary.", TermList),
    )
    async def list_tags(request: Request, _params: Annotated[NoParams, Query()]) -> Response:
        terms = _terms(library.shelf, tag_ids(), tag_name, tag, clock())
        return answer(request, terms, _VOCABULARY_CACHE)

    @router.get(
        "/categories",
        summary="List the categories",
        response_class=Response,
        responses=json_answers("Every category of the vocabulary.", TermList),
    )
    async def list_categories(request: Request, _params: Annotated[NoParams, Query()]) -> Response:
        terms = _terms(library.shelf, category_ids(), category_name, category, clock())
        return answer(request, terms, _VOCABULARY_CACHE)

    return router


def _terms(
    shelf: Shelf, ids: Sequence[str], name: Callable[[str], Pair], label: Callable[[str], str], now: int
) -> bytes:
    items = tuple(Term(id=i, name=name(i), count=shelf.listed(label(i), now)) for i in ids)
    return TermList(items=items).model_dump_json().encode()
