"""A collector of traces: takes OTLP over HTTP and keeps the spans."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

_KINDS: Final = {Span.SPAN_KIND_SERVER: "server", Span.SPAN_KIND_CONSUMER: "consumer"}


@dataclass(frozen=True)
class Seen:
    """A span as it arrived. `parent` is empty where the trace begins; `events` are names with their attributes."""

    service: str
    instance: str
    name: str
    kind: str
    trace: str
    span: str
    parent: str
    failed: bool
    reason: str
    attributes: dict[str, object]
    events: list[tuple[str, dict[str, object]]]


class Collector:
    """Listens on a free port while its block runs; `spans` grows as they come in."""

    def __init__(self) -> None:
        self.spans: list[Seen] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Nothing on stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def trace(self, trace: str) -> list[Seen]:
        """The spans of one trace so far."""
        return [span for span in list(self.spans) if span.trace == trace]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _spans(request: ExportTraceServiceRequest) -> list[Seen]:
    return [
        _seen(_attributes(group.resource.attributes), span)
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


def _seen(resource: dict[str, object], span: Span) -> Seen:
    return Seen(
        service=str(resource["service.name"]),
        instance=str(resource["service.instance.id"]),
        name=span.name,
        kind=_KINDS[span.kind],
        trace=span.trace_id.hex(),
        span=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        reason=span.status.message,
        attributes=_attributes(span.attributes),
        events=[(event.name, _attributes(event.attributes)) for event in span.events],
    )


def _attributes(pairs: list[KeyValue]) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> object:
    return getattr(value, value.WhichOneof("value") or "string_value")
