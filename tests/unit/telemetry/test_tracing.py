from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest

from shared.errors import ConfigError, Transient
from shared.settings import CommonSettings
from shared.telemetry import NO_TRACER, Attributes, tracing
from shared.telemetry.traceparent import trace_id
from tests.support.collector import Collector

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = SAMPLED[:-2] + "00"


def settings(endpoint: str, ratio: float = 1.0) -> CommonSettings:
    return CommonSettings(otlp_endpoint=endpoint, trace_ratio=ratio, slot="desk-1")


def nothing() -> Attributes:
    return {}


def unwanted() -> Attributes:
    raise AssertionError("attributes of a step that nobody records")


def span_id(traceparent: str) -> str:
    return traceparent.split("-")[2]


def sampled(traceparent: str) -> bool:
    return bool(int(traceparent[-2:], 16) & 1)


def test_without_a_collector_a_trace_is_carried_on_and_nothing_is_made_of_it() -> None:
    with tracing(settings(""), "analyze") as tracer:
        assert tracer is NO_TRACER
        step = tracer.step(SAMPLED, "work", "consumer", unwanted)
        step.describe(unwanted)
        step.event("retry", unwanted)
        step.end(Transient("no"))
    assert trace_id(step.traceparent) == trace_id(SAMPLED)
    assert sampled(step.traceparent)


def test_a_service_without_a_collector_does_not_load_the_sdk() -> None:
    program = "import sys, services.analyze.main, services.ingest.main; print('opentelemetry.sdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_steps_arrive_as_children_of_their_causes_with_what_was_said_of_them() -> None:
    with Collector() as collector:
        with tracing(settings(collector.endpoint), "analyze") as tracer:
            first = tracer.step(SAMPLED, "first", "server", lambda: {"http.route": "/v1/articles"})
            second = tracer.step(first.traceparent, "second", "consumer", lambda: {"attempt": 2})
            second.describe(lambda: {"diglot.article.id": "wire-1"})
            second.event("retry", lambda: {"delay_s": 0.5})
            second.end(Transient("too busy"))
            first.end()
        spans = {span.name: span for span in collector.spans}
    one, two = spans["first"], spans["second"]
    assert (one.service, one.instance, one.kind) == ("diglot-analyze", "desk-1", "server")
    assert (one.trace, one.parent) == (trace_id(SAMPLED), span_id(SAMPLED))
    assert (two.trace, two.parent, two.kind) == (one.trace, one.span, "consumer")
    assert two.span == span_id(second.traceparent)
    assert two.attributes == {"attempt": 2, "diglot.article.id": "wire-1", "error.type": "Transient"}
    assert two.events == [("retry", {"delay_s": 0.5})]
    assert (one.failed, two.failed, two.reason) == (False, True, "too busy")


@pytest.mark.parametrize("parent", [None, "rubbish"])
def test_without_a_valid_parent_a_trace_begins_and_is_recorded(parent: str | None) -> None:
    with Collector() as collector:
        with tracing(settings(collector.endpoint), "ingest") as tracer:
            step = tracer.step(parent, "work", "server", nothing)
            step.end()
        (span,) = collector.spans
    assert (span.trace, span.parent) == (trace_id(step.traceparent), "")
    assert sampled(step.traceparent)


def test_the_sender_and_then_the_ratio_decide_what_is_recorded_and_what_is_not_goes_on_all_the_same() -> None:
    with Collector() as collector:
        with tracing(settings(collector.endpoint, ratio=0.0), "ingest") as tracer:
            left_out = tracer.step(UNSAMPLED, "left out by its sender", "server", unwanted)
            left_out.end()
            by_ratio = tracer.step(None, "left out by the ratio", "server", unwanted)
            by_ratio.end()
            tracer.step(SAMPLED, "wanted by its sender", "server", nothing).end()
        assert [span.name for span in collector.spans] == ["wanted by its sender"]
    assert trace_id(left_out.traceparent) == trace_id(UNSAMPLED)
    assert span_id(left_out.traceparent) != span_id(UNSAMPLED)
    assert not sampled(by_ratio.traceparent)
    assert int(trace_id(by_ratio.traceparent), 16) > 0


def test_a_collector_that_never_answers_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with tracing(settings(endpoint), "analyze") as tracer:
            for _ in range(5000):  # more than its queue holds
                tracer.step(None, "work", "consumer", nothing).end()
        assert time.monotonic() - began < 8.0


def test_a_collector_that_is_configured_but_can_not_be_served_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shared.telemetry._otlp", None)
    with pytest.raises(ConfigError, match=r"install diglot\[otel\]"), tracing(settings("http://127.0.0.1:1"), "ingest"):
        pass


def test_the_endpoint_may_be_named_by_the_standard_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGLOT_OTLP_ENDPOINT", raising=False)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    assert CommonSettings().otlp_endpoint == "http://collector:4318"
    monkeypatch.setenv("DIGLOT_OTLP_ENDPOINT", "http://other:4318")
    assert CommonSettings().otlp_endpoint == "http://other:4318"
