"""Answers with one document, from memory where it is read often."""

from __future__ import annotations

from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from services.publish.api.answers import answer, retracted
from services.publish.api.encode import Encoded, Lang, encode_document
from services.publish.clock import Clock
from services.publish.live import LiveLibrary
from services.publish.lru import Lru
from shared.http import NOT_FOUND, ProblemError


class Documents:
    """Documents of `library` as HTTP answers; at most `cache_bytes` of them are kept as JSON."""

    def __init__(self, library: LiveLibrary, cache_bytes: int, clock: Clock) -> None:
        self._library = library
        self._clock = clock
        self._encoded: Lru[tuple[str, Lang], Encoded] = Lru(cache_bytes, lambda document: document.size)
        library.on_forget(self._forget)

    async def answer(self, request: Request, article_id: str, lang: Lang) -> Response:
        """Answer with the document, or with who retracted it. Raises ProblemError (404) and Unavailable."""
        shelf = self._library.shelf
        kept, change = self._encoded.get((article_id, lang)), shelf.change(article_id)
        if kept is not None and change is not None and kept.change >= change:
            return answer(request, kept.at(self._clock()))
        reading = await self._library.reading(article_id)
        if reading is None:
            raise ProblemError(NOT_FOUND, f"There is no article {article_id}.")
        document = reading.document
        if document.retraction is not None:
            return retracted(document.retraction)
        if document.content is None or document.state != "published":
            raise ProblemError(NOT_FOUND, f"The article {article_id} is not shown.")
        encoded = encode_document(reading, document.content, lang)
        if self._library.is_current(document, shelf):
            self._encoded.put((article_id, lang), encoded)
        return answer(request, encoded.at(self._clock()))

    def _forget(self, article_id: str | None) -> None:
        if article_id is None:
            self._encoded.clear()
            return
        for lang in get_args(Lang):
            self._encoded.drop((article_id, lang))
