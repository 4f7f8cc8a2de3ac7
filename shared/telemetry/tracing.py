"""Spans: which step caused which, and how long each took. Off unless a collector is configured.

Off or on, a step has a W3C traceparent that continues its cause's, so that a trace never breaks off at a service that
records nothing. All collecting is OpenTelemetry's, in `_otlp.py`; nothing else knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal, Protocol

import structlog

from shared.errors import ConfigError
from shared.settings import CommonSettings
from shared.telemetry.traceparent import next_traceparent

Attributes = Mapping[str, str | int | float | bool]
Kind = Literal["server", "consumer"]

log = structlog.stdlib.get_logger(__name__)


class Step(Protocol):
    """One piece of work in a trace. Whoever began it calls `end` once; nothing here waits or raises."""

    @property
    def traceparent(self) -> str:
        """What this step's effects name as their cause."""
        ...

    def describe(self, attributes: Callable[[], Attributes]) -> None:
        """Add attributes; they are only made where the step is recorded."""
        ...

    def event(self, name: str, attributes: Callable[[], Attributes] = dict) -> None:
        """Note that something happened at this moment."""
        ...

    def end(self, error: BaseException | None = None) -> None:
        """The work is done, or it failed with `error`."""
        ...


class Tracer(Protocol):
    """Begins steps."""

    def step(self, parent: str | None, name: str, kind: Kind, attributes: Callable[[], Attributes]) -> Step:
        """A step that the one with the traceparent `parent` caused; without a valid one a new trace begins.

        `kind`: `server` answers a request, `consumer` takes a record.
        """
        ...


class _Unrecorded:
    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def describe(self, attributes: Callable[[], Attributes]) -> None:
        """Nothing is recorded."""

    def event(self, name: str, attributes: Callable[[], Attributes] = dict) -> None:
        """Nothing is recorded."""

    def end(self, error: BaseException | None = None) -> None:
        """Nothing is recorded."""


class _NoTracer:
    def step(self, parent: str | None, name: str, kind: Kind, attributes: Callable[[], Attributes]) -> Step:
        """Carry the trace on, and record nothing."""
        return _Unrecorded(next_traceparent(parent))


NO_TRACER: Final[Tracer] = _NoTracer()
"""Records nothing."""

NO_STEP: Final[Step] = _Unrecorded("")
"""Stands for a step that has not begun."""


@contextmanager
def tracing(settings: CommonSettings, service: str) -> Iterator[Tracer]:
    """The tracer of a process while the block runs; leaving it sends what was recorded, for 2 seconds at most.

    `service` is the process's name. Raises ConfigError when a collector is configured and OpenTelemetry is missing.
    """
    if not settings.otlp_endpoint:
        yield NO_TRACER
        return
    try:
        from shared.telemetry._otlp import OtlpTracer  # takes a while to import, and few need it
    except ImportError as error:
        raise ConfigError(
            f"DIGLOT_OTLP_ENDPOINT: traces need OpenTelemetry, which is not installed ({error}); install diglot[otel]"
        ) from error
    tracer = OtlpTracer(settings.otlp_endpoint, settings.trace_ratio, service, settings.slot)
    log.info("traces are sent", to=tracer.url, ratio=settings.trace_ratio)
    try:
        yield tracer
    finally:
        tracer.close()
