"""Turns every error of an application into a problem."""

from __future__ import annotations

import math
from typing import Final, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import Unavailable
from shared.http.problems import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAVAILABLE,
    ProblemError,
    ProblemType,
    field_errors,
    problem_response,
)

_RETRY_AFTER_SECONDS: Final = 5.0
"""When the side that is down didn't say: long enough for a broker to elect a leader, short for a person."""

_OF_STATUS: Final = {kind.status: kind for kind in (NOT_FOUND, METHOD_NOT_ALLOWED)}


def install_problem_handlers(app: FastAPI) -> None:
    """Answer with problem+json whatever goes wrong in `app`: bad values, unknown addresses, Unavailable, bugs."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Exception, _bug)


# Starlette types a handler's error as Exception; it calls each with the class that it was registered for.


async def _problem(_request: Request, error: Exception) -> Response:
    return cast(ProblemError, error).response()


async def _invalid(_request: Request, error: Exception) -> Response:
    errors = field_errors(cast(RequestValidationError, error).errors())
    return problem_response(INVALID_REQUEST, _summary(len(errors)), errors=errors)


async def _http(_request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    other = ProblemType(f"http-{error.status_code}", error.status_code, error.detail)
    return problem_response(_OF_STATUS.get(error.status_code, other), headers=error.headers)


async def _unavailable(_request: Request, error: Exception) -> Response:
    error = cast(Unavailable, error)
    seconds = math.ceil(error.retry_after or _RETRY_AFTER_SECONDS)
    # What is down stays in the log: an address or a broker's name is nothing for clients.
    return problem_response(UNAVAILABLE, "Try again later.", headers={"Retry-After": str(seconds)})


async def _bug(_request: Request, _error: Exception) -> Response:
    return problem_response(INTERNAL_ERROR)


def _summary(count: int) -> str:
    return "One value is not valid." if count == 1 else f"{count} values are not valid."
