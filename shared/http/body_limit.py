"""Refuses request bodies that are too large before anything parses or buffers them."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import BODY_TOO_LARGE, ProblemError


class BodyLimit:
    """ASGI middleware: 413 for bodies of more than `max_bytes`.

    A stated length is judged before the application runs, a streamed body as its bytes arrive. The connection is
    closed after a refusal: its unread rest would otherwise have to be taken in.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; only HTTP requests are limited."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated[:20]) > self._max_bytes:
            await self._refusal().response()(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise self._refusal()
            return message

        await self._app(scope, counting, send)

    def _refusal(self) -> ProblemError:
        detail = f"A request body may have at most {self._max_bytes:,} bytes."
        return ProblemError(BODY_TOO_LARGE, detail, headers={"Connection": "close"})
