"""Reads a JSON body into a model: bounded in time here, in size by the middleware, in depth by the parser."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from services.ingest.problems import MALFORMED_JSON, RECEIVE_TIMEOUT, UNSUPPORTED_MEDIA_TYPE
from shared.http import INVALID_REQUEST, ProblemError, field_errors

ModelT = TypeVar("ModelT", bound=BaseModel)

_JSON: Final = "application/json"


async def read_json(request: Request, model: type[ModelT], *, within: float) -> ModelT:
    """Return the request's body as `model`; it must arrive `within` seconds.

    Raises:
        ProblemError: unsupported-media-type, receive-timeout, malformed-json (truncated, not UTF-8, lone surrogates,
            too deep), invalid-request (with every field that is wrong), body-too-large (from the middleware).
    """
    _check_media_type(request)
    try:
        async with asyncio.timeout(within):
            body = await request.body()
    except TimeoutError:
        raise ProblemError(RECEIVE_TIMEOUT, headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise ProblemError(MALFORMED_JSON, "The connection was closed before the body was complete.") from None
    try:
        # From bytes: this parser refuses what json.loads lets pass (surrogates), and has a limit on depth.
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _problem(error) from None


def _check_media_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if media_type.strip() != _JSON or charset not in ("", "charset=utf-8"):
        raise ProblemError.of_field(UNSUPPORTED_MEDIA_TYPE, "header.content-type", f"must be {_JSON} in UTF-8")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise ProblemError.of_field(UNSUPPORTED_MEDIA_TYPE, "header.content-encoding", "bodies are taken uncompressed")


def _problem(error: ValidationError) -> ProblemError:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if details[0]["type"] == "json_invalid":
        return ProblemError(MALFORMED_JSON, details[0]["msg"])
    errors = field_errors(details)
    return ProblemError(INVALID_REQUEST, "; ".join(f"{e.field}: {e.reason}" for e in errors[:3]), errors=errors)
