"""W3C trace context: one trace follows an article through all stages."""

from __future__ import annotations

import re
import secrets
from typing import Final

_FORMAT: Final = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")
_NO_TRACE: Final = "0" * 32


def next_traceparent(parent: str | None) -> str:
    """The traceparent of a step caused by `parent`: the same trace, a span of its own.

    Without a valid parent a new trace begins, not sampled.
    """
    match = _FORMAT.fullmatch(parent or "")
    valid = match is not None and match[1] != _NO_TRACE
    trace, flags = (match[1], match[2]) if match is not None and valid else (secrets.token_hex(16), "00")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str) -> str:
    """The trace's id, 32 hex digits, of a traceparent that `next_traceparent` gave."""
    return traceparent.split("-")[1]
