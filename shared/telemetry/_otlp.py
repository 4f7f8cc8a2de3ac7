"""Spans recorded with OpenTelemetry and sent to a collector over OTLP/HTTP, by a thread of the SDK's own.

The SDK reads its standard variables itself, such as `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_BSP_MAX_QUEUE_SIZE`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from shared.telemetry.traceparent import TraceContext
from shared.telemetry.tracing import Attributes, Kind

_PATH: Final = "/v1/traces"
_FLUSH_SECONDS: Final = 2.0
_MAX_REASON: Final = 1000
_KINDS: Final[dict[Kind, SpanKind]] = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}

log = structlog.stdlib.get_logger(__name__)


class OtlpTracer:
    """Records spans. The queue is bounded (`OTEL_BSP_MAX_QUEUE_SIZE`, 2048 spans); what doesn't fit is dropped.

    `endpoint`: the collector's base URL. `ratio`: the share of the traces beginning here that is recorded; a trace that
    began elsewhere is recorded if its beginning was.
    """

    def __init__(self, endpoint: str, ratio: float, service: str, instance: str) -> None:
        self.url = endpoint.rstrip("/").removesuffix(_PATH) + _PATH
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            resource=Resource.create(
                {
                    "service.namespace": "diglot",
                    "service.name": f"diglot-{service}",
                    "service.instance.id": instance,
                }
            ),
            shutdown_on_exit=False,  # `close` does that, within a bound
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(self.url)))
        self._tracer = self._provider.get_tracer("diglot")

    def step(self, parent: str | None, name: str, kind: Kind, attributes: Callable[[], Attributes]) -> SpanStep:
        """Begin a span; see `Tracer`."""
        span = self._tracer.start_span(name, _context(parent), _KINDS[kind])
        step = SpanStep(span)
        step.describe(attributes)
        return step

    def close(self) -> None:
        """Send what was recorded, for 2 seconds at most."""
        # The SDK waits for up to 30 s when the collector doesn't answer.
        thread = threading.Thread(target=self._provider.shutdown, name="traces-flush", daemon=True)
        thread.start()
        thread.join(_FLUSH_SECONDS)
        if thread.is_alive():
            log.warning("the last traces were not sent in time", to=self.url)


class SpanStep:
    """A span as a step; see `Step`."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, span: Span) -> None:
        self._span = span
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def describe(self, attributes: Callable[[], Attributes]) -> None:
        """Add attributes, unless the sampler has left the trace out."""
        if self._span.is_recording():
            self._span.set_attributes(attributes())

    def event(self, name: str, attributes: Callable[[], Attributes] = dict) -> None:
        """Note that something happened."""
        if self._span.is_recording():
            self._span.add_event(name, attributes())

    def end(self, error: BaseException | None = None) -> None:
        """End the span. Of an error its class and text are kept; tracebacks are the log's."""
        if error is not None and self._span.is_recording():
            self._span.set_attribute("error.type", type(error).__name__)
            self._span.set_status(Status(StatusCode.ERROR, str(error)[:_MAX_REASON] or type(error).__name__))
        self._span.end()


def _context(parent: str | None) -> Context:
    """The parent as OpenTelemetry has it; empty without a valid one, so that a new trace begins."""
    found = TraceContext.parse(parent)
    if found is None:
        return Context()
    remote = SpanContext(int(found.trace, 16), int(found.span, 16), True, TraceFlags(int(found.flags, 16)))
    return set_span_in_context(NonRecordingSpan(remote), Context())
