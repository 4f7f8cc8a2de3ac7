"""Answers with one document, from memory where it is read often."""

from __future__ import annotations

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

    async def answer(self, request: Request, article_id: str, lang: Lang) -> Response:
        """Answer with the document, or with who retracted it. Raises ProblemError (404) and Unavailable."""
        kept, change = self._encoded.get((article_id, lang)), self._library.shelf.change(article_id)
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
        self._encoded.put((article_id, lang), encoded)
        return answer(request, encoded.at(self._clock()))
