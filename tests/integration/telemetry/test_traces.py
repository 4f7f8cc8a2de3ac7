"""One article, one trace: every service as a process, and a collector that takes what they send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.articles import article
from tests.support.brokers import Broker
from tests.support.collector import Collector
from tests.support.system import System, wait_for

# Of this module alone: on the broker are articles and traces of other tests, too.
TRACE, SENDER = "5ca1ab1e0ddba11dec0ded0fba5eba11", "b7ad6b7169203331"
UNTRACED, TRACED, BAD = 7001, 7002, 7003
WAY = [
    "ingest accept",
    "analyze.draft handle",
    "translate.draft handle",
    "publish.draft handle",
    "article.published follow",
]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture(scope="module")
def system(
    embedded_broker: Broker, mongodb_uri: str, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    environment = {
        **embedded_broker.environment(),
        "DIGLOT_MONGODB_URI": mongodb_uri,
        "DIGLOT_MONGODB_DATABASE": "traces",
        "DIGLOT_TRACE_RATIO": "0",  # but the sender's flag is stronger
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    with System(tmp_path_factory.mktemp("system"), environment) as running:
        yield running


def post(system: System, number: int, traceparent: str | None) -> str:
    """Post an article; returns its id."""
    headers = {} if traceparent is None else {"traceparent": traceparent}
    answer = system.http.post(f"{system.url('ingest')}/v1/articles", json=article(number, "wire"), headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["article_id"])


def test_one_article_is_one_trace_from_its_sender_to_the_reader(system: System, collector: Collector) -> None:
    untraced = post(system, UNTRACED, None)
    article_id = post(system, TRACED, f"00-{TRACE}-{SENDER}-01")

    wait_for("the spans", lambda: {span.name for span in collector.trace(TRACE)} >= set(WAY))
    spans = {span.name: span for span in collector.trace(TRACE)}
    way = [spans[name] for name in WAY]
    # By name: a step that was tried twice, as after a refused lease, has a span for each attempt.
    names = {span.span: span.name for span in collector.trace(TRACE)}
    assert [names.get(span.parent, span.parent) for span in way] == [SENDER, *WAY[:-1]]
    assert [span.service for span in way] == [
        f"diglot-{name}" for name in ("ingest", "analyze", "translate", "writer", "reader")
    ]
    assert [span.kind for span in way] == ["server", *["consumer"] * 4]
    assert {span.attributes["diglot.article.id"] for span in collector.trace(TRACE)} == {article_id}
    assert not any(span.failed for span in collector.trace(TRACE))

    first = way[1].attributes
    assert (first["messaging.system"], first["messaging.destination.name"]) == ("kafka", "article.submitted")
    assert first["messaging.consumer.group.name"] == "analyze.draft"
    assert first["diglot.attempt"] == 1

    wait_for("the other article", lambda: system.read(f"/v1/articles/{untraced}").status_code == 200)
    assert untraced not in {span.attributes.get("diglot.article.id") for span in collector.spans}


def test_what_is_refused_is_in_its_senders_trace_and_is_no_failure(system: System, collector: Collector) -> None:
    trace = TRACE[::-1]
    bad = article(BAD, "wire", body="1 2 3")
    headers = {"traceparent": f"00-{trace}-{SENDER}-01"}
    answer = system.http.post(f"{system.url('ingest')}/v1/articles", json=bad, headers=headers)
    assert answer.status_code == 422

    wait_for("the span", lambda: bool(collector.trace(trace)))
    (span,) = collector.trace(trace)
    assert not span.failed
    assert span.attributes["http.response.status_code"] == 422
    assert span.attributes["error.type"] == "language-unclear"


def test_every_process_says_where_its_traces_go(system: System, collector: Collector) -> None:
    for service in ("ingest", "analyze", "translate", "writer", "reader"):
        lines = [line for line in system.log(service).splitlines() if "traces are sent" in line]
        assert len(lines) == 1, system.log(service)
        assert f"{collector.endpoint}/v1/traces" in lines[0]
