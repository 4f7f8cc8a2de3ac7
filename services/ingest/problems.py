"""The problems that only ingest answers with."""

from __future__ import annotations

from typing import Final

from shared.http import ProblemType

MALFORMED_JSON: Final = ProblemType("malformed-json", 400, "The body is not valid JSON")
UNAUTHORIZED: Final = ProblemType("unauthorized", 401, "A valid API key is needed")
FORBIDDEN: Final = ProblemType("forbidden", 403, "The API key is not good for this source")
RECEIVE_TIMEOUT: Final = ProblemType("receive-timeout", 408, "The request body did not arrive in time")
TEXT_TOO_LONG: Final = ProblemType("text-too-long", 413, "The article is too long")
UNSUPPORTED_MEDIA_TYPE: Final = ProblemType("unsupported-media-type", 415, "The body must be application/json")
NO_TEXT: Final = ProblemType("no-text", 422, "There is no article text in the body")
UNSUPPORTED_LANGUAGE: Final = ProblemType("unsupported-language", 422, "The article is neither English nor Chinese")
LANGUAGE_MISMATCH: Final = ProblemType("language-mismatch", 422, "The stated language is not the text's")
LANGUAGE_UNCLEAR: Final = ProblemType("language-unclear", 422, "The language can't be told from the text")
