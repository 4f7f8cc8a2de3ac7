"""Refuses request bodies that are too large before anything parses or buffers them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import BODY_TOO_LARGE, ProblemError

# A connection closed on unread bytes is reset, and the client never sees why. Most clients send everything before they
# read, so what still comes after a refusal is taken and thrown away, within these bounds.
_LINGER_SECONDS: Final = 5.0
_LINGER_BYTES: Final = 64 * 1024 * 1024


class BodyLimit:
    """ASGI middleware: 413 for bodies of more than `max_bytes`.

    A stated length is judged before the application runs, a streamed body as its bytes arrive. The application must
    answer with the ProblemError that `receive` raises then (`install_problem_handlers`).
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one connection on; only HTTP requests are limited."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _LimitedRequest(self._max_bytes, receive, send)
        headers = Headers(scope=scope)
        stated = headers.get("content-length", "")
        if stated.isdecimal() and int(stated[:20]) > self._max_bytes:
            # A client that asks first sends nothing after a no.
            refuse = send if headers.get("expect", "").lower() == "100-continue" else request.send_and_linger
            await request.refusal().response()(scope, receive, refuse)
        else:
            await self._app(scope, request.receive, request.send)


class _LimitedRequest:
    """Counts the body of one request, and once it is refused, lingers at the end of the answer."""

    def __init__(self, max_bytes: int, receive: Receive, send: Send) -> None:
        self._max_bytes = max_bytes
        self._receive = receive
        self._send = send
        self._received = 0
        self._refused = False

    def refusal(self) -> ProblemError:
        detail = f"A request body may have at most {self._max_bytes:,} bytes."
        return ProblemError(BODY_TOO_LARGE, detail, headers={"Connection": "close"})

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._max_bytes:
            self._refused = True
            raise self.refusal()
        return message

    async def send(self, message: Message) -> None:
        await (self.send_and_linger(message) if self._refused else self._send(message))

    async def send_and_linger(self, message: Message) -> None:
        if message["type"] != "http.response.body" or message.get("more_body", False):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._discard()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _discard(self) -> None:
        discarded = 0
        more = True
        while more and discarded < _LINGER_BYTES:
            message = await self._receive()
            discarded += len(message.get("body", b""))
            more = message.get("more_body", False)
