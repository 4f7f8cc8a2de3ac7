"""Answers that a client keeps and asks about again, the same for the API and the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def conditional(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return `body` with an ETag, or 304 where the client has it already.

    The ETag is a weak one, because the same body goes out plain and compressed.
    """
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    headers = {**headers, "ETag": f'W/"{tag}"'}
    known = {known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")}
    if known & {"*", f'"{tag}"'}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
