"""What the HTTP services share: RFC 9457 errors and the limit on request bodies."""

from shared.http.body_limit import BodyLimit
from shared.http.handlers import install_problem_handlers
from shared.http.openapi import describe_models, json_body, problem_responses
from shared.http.problems import (
    BODY_TOO_LARGE,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAVAILABLE,
    FieldError,
    Problem,
    ProblemError,
    ProblemType,
    field_errors,
    problem_response,
)

__all__ = [
    "BODY_TOO_LARGE",
    "INTERNAL_ERROR",
    "INVALID_REQUEST",
    "METHOD_NOT_ALLOWED",
    "NOT_FOUND",
    "UNAVAILABLE",
    "BodyLimit",
    "FieldError",
    "Problem",
    "ProblemError",
    "ProblemType",
    "describe_models",
    "field_errors",
    "install_problem_handlers",
    "json_body",
    "problem_response",
    "problem_responses",
]
