"""W3C trace context: one trace follows an article through all services, whether spans are recorded or not."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Final

_FORMAT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16


@dataclass(frozen=True, slots=True)
class TraceContext:
    """What a traceparent says, in lower-case hex digits: 32 of the trace, 16 of the span, 2 of the flags."""

    trace: str
    span: str
    flags: str

    @classmethod
    def parse(cls, traceparent: str | None) -> TraceContext | None:
        """The context of a traceparent, or None where it is absent or not valid."""
        match = _FORMAT.fullmatch(traceparent or "")
        if match is None or match[1] == _NO_TRACE or match[2] == _NO_SPAN:
            return None
        return cls(match[1], match[2], match[3])


def next_traceparent(parent: str | None) -> str:
    """The traceparent of a step caused by `parent`: the same trace, a span of its own.

    Without a valid parent a new trace begins, not sampled.
    """
    context = TraceContext.parse(parent)
    # Ids need not be secret, and bytes from the system cost a system call a record.
    trace, flags = (_digits(32), "00") if context is None else (context.trace, context.flags)
    return f"00-{trace}-{_digits(16)}-{flags}"


def trace_id(traceparent: str) -> str:
    """The trace's id, 32 hex digits, of a valid traceparent."""
    return traceparent.split("-")[1]


def _digits(count: int) -> str:
    return f"{random.getrandbits(4 * count) or 1:0{count}x}"
