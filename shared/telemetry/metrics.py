"""All metrics there are. A new one is added to the lists here, nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MetricT = TypeVar("MetricT", Counter, Gauge, Histogram)

CounterName = Literal[
    "diglot_stage_handled_total",
    "diglot_stage_passed_over_total",
    "diglot_stage_retried_total",
    "diglot_stage_dead_lettered_total",
    "diglot_stage_discarded_total",
    "diglot_stage_transactions_total",
    "diglot_stage_rebalances_total",
    "diglot_http_requests_total",
    "diglot_ingest_accepted_total",
    "diglot_ingest_refused_total",
    "diglot_publish_written_total",
    "diglot_publish_ignored_total",
    "diglot_llm_calls_total",
    "diglot_llm_tokens_total",
    "diglot_llm_cost_usd_total",
    "diglot_llm_cached_total",
]
GaugeName = Literal[
    "diglot_stage_in_flight",
    "diglot_stage_running",
    "diglot_stage_window_used",
    "diglot_stage_partitions",
    "diglot_stage_paused",
    "diglot_stage_lag_records",
    "diglot_http_in_flight",
    "diglot_reader_articles",
    "diglot_reader_offset",
    "diglot_llm_in_flight",
    "diglot_llm_down",
]
HistogramName = Literal[
    "diglot_stage_handler_seconds",
    "diglot_stage_transaction_seconds",
    "diglot_http_seconds",
    "diglot_store_seconds",
    "diglot_llm_seconds",
]

LABEL_VALUES: Final[Mapping[CounterName, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "diglot_stage_dead_lettered_total": {"error": ("poison", "exhausted", "bug")},
        "diglot_stage_transactions_total": {"outcome": ("committed", "stale", "unclean")},
        "diglot_stage_rebalances_total": {"kind": ("revoked",)},
        "diglot_ingest_accepted_total": {"kind": ("post", "retraction")},
        "diglot_ingest_refused_total": {
            "reason": (
                "body-too-large",
                "forbidden",
                "invalid-request",
                "language-mismatch",
                "language-unclear",
                "malformed-json",
                "no-text",
                "receive-timeout",
                "text-too-long",
                "unauthorized",
                "unsupported-language",
                "unsupported-media-type",
            )
        },
        "diglot_publish_written_total": {"kind": ("edition", "retraction")},
        "diglot_publish_ignored_total": {"kind": ("edition", "retraction")},
    }
)
"""The values that a counter's label can have, where they are the same in all installations."""


@dataclass(frozen=True, slots=True)
class _Declaration:
    help: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...] = ()


_STAGE = ("stage",)
# Handlers take from a millisecond (offline) to minutes (a queue of model calls).
_HANDLER_BUCKETS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0)
_IO_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_COUNTERS: Mapping[CounterName, _Declaration] = MappingProxyType(
    {
        "diglot_stage_handled_total": _Declaration("Records whose results were committed.", _STAGE),
        "diglot_stage_passed_over_total": _Declaration(
            "Records that are for another stage, or that a replay leaves out.", _STAGE
        ),
        "diglot_stage_retried_total": _Declaration("Attempts that failed and are tried again.", _STAGE),
        "diglot_stage_dead_lettered_total": _Declaration("Records sent to the dead letters.", ("stage", "error")),
        "diglot_stage_discarded_total": _Declaration(
            "Unfinished records let go with their partition, also at each stop; whoever has it next reads them.", _STAGE
        ),
        "diglot_stage_transactions_total": _Declaration(
            "Transactions by outcome: committed, stale (the group had moved on), unclean (its end was looked up).",
            ("stage", "outcome"),
        ),
        "diglot_stage_rebalances_total": _Declaration("Partitions taken away by the group.", ("stage", "kind")),
        "diglot_http_requests_total": _Declaration("HTTP requests answered.", ("method", "route", "status")),
        "diglot_ingest_accepted_total": _Declaration("Events that the broker acknowledged.", ("source", "kind")),
        "diglot_ingest_refused_total": _Declaration("Posts refused.", ("reason",)),
        "diglot_publish_written_total": _Declaration(
            "Events applied to the store; a repeated one counts again.", ("kind",)
        ),
        "diglot_publish_ignored_total": _Declaration("Events that the guard ignored.", ("kind",)),
        "diglot_llm_calls_total": _Declaration(
            "Calls to models by outcome: whole, cut, filtered, toosoon, down, misconfigured, rejected.",
            ("model", "task", "outcome"),
        ),
        "diglot_llm_tokens_total": _Declaration("Tokens of calls, in and out.", ("model", "kind")),
        "diglot_llm_cost_usd_total": _Declaration("US dollars that calls cost; 0 where no price is known.", ("model",)),
        "diglot_llm_cached_total": _Declaration("Answers that had been paid for before.", ("task",)),
    }
)
_GAUGES: Mapping[GaugeName, _Declaration] = MappingProxyType(
    {
        "diglot_stage_in_flight": _Declaration("Records taken and not committed; queued ones count too.", _STAGE),
        "diglot_stage_running": _Declaration("Handlers that run.", _STAGE),
        "diglot_stage_window_used": _Declaration(
            "Fullest partition's span from its first unfinished record to its newest, as a share of the window.", _STAGE
        ),
        "diglot_stage_partitions": _Declaration("Partitions that this worker owns.", _STAGE),
        "diglot_stage_paused": _Declaration("1 while something that every record needs is down.", _STAGE),
        "diglot_stage_lag_records": _Declaration(
            "Offsets from the first unfinished record to the end; overstates.", _STAGE
        ),
        "diglot_http_in_flight": _Declaration("HTTP requests that have not been answered yet.", ()),
        "diglot_reader_articles": _Declaration("Articles that the reader holds.", ("state",)),
        "diglot_reader_offset": _Declaration("Next offset of article.published that the reader takes.", ()),
        "diglot_llm_in_flight": _Declaration("Calls to a model that have no reply yet.", ("model",)),
        "diglot_llm_down": _Declaration("1 while a model is left alone because it failed.", ("model",)),
    }
)
_HISTOGRAMS: Mapping[HistogramName, _Declaration] = MappingProxyType(
    {
        "diglot_stage_handler_seconds": _Declaration("One attempt of a handler.", _STAGE, _HANDLER_BUCKETS),
        "diglot_stage_transaction_seconds": _Declaration("One transaction.", _STAGE, _IO_BUCKETS),
        "diglot_http_seconds": _Declaration("Time to answer an HTTP request.", ("method", "route"), _IO_BUCKETS),
        "diglot_store_seconds": _Declaration("One call to the database.", ("operation",), _IO_BUCKETS),
        "diglot_llm_seconds": _Declaration("One call to a model.", ("model", "task"), _HANDLER_BUCKETS),
    }
)


class Metrics:
    """The metrics of one process. Made in `main` and passed to what counts; safe to use from any thread.

    A process exports what it uses: a metric is there from its first value on, or from `start`. A label that the metric
    doesn't declare, or one that is missing, raises ValueError.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._children: dict[tuple[object, ...], object] = {}
        self._exported: set[object] = set()
        self._lock = threading.Lock()
        self._counters = {name: Counter(name, d.help, d.labels, registry=None) for name, d in _COUNTERS.items()}
        self._gauges = {name: Gauge(name, d.help, d.labels, registry=None) for name, d in _GAUGES.items()}
        self._histograms = {
            name: Histogram(name, d.help, d.labels, registry=None, buckets=d.buckets) for name, d in _HISTOGRAMS.items()
        }

    def start(self, *names: CounterName, **labels: Sequence[str]) -> None:
        """Export counters with 0: in Prometheus a series that begins with 1 has never risen, so an alert misses it.

        `labels`: the values of those labels that `LABEL_VALUES` doesn't have; each combination gets a series.
        """
        for name in names:
            known = {**LABEL_VALUES.get(name, {}), **labels}
            for values in product(*known.values()):
                self._child(self._counters[name], dict(zip(known, values, strict=True)))

    def increment(self, name: CounterName, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        self._child(self._counters[name], labels).inc(amount)

    def set(self, name: GaugeName, value: float, /, **labels: str) -> None:
        """Set a gauge to a value."""
        self._child(self._gauges[name], labels).set(value)

    def observe(self, name: HistogramName, seconds: float, /, **labels: str) -> None:
        """Add one duration, in seconds, to a histogram."""
        self._child(self._histograms[name], labels).observe(seconds)

    def total(self, name: CounterName, /) -> int:
        """A counter's value, summed over its labels."""
        samples = (sample for family in self._counters[name].collect() for sample in family.samples)
        return int(sum(sample.value for sample in samples if sample.name == name))

    def _child(self, metric: MetricT, labels: Mapping[str, str]) -> MetricT:
        """The metric with these labels. Looking it up takes longer than counting, so that it is kept."""
        key = (metric, *labels.items())
        child = self._children.get(key)
        if child is None:
            child = metric.labels(**labels) if labels else metric
            self._export(metric)
            self._children[key] = child
        return cast("MetricT", child)

    def _export(self, metric: Counter | Gauge | Histogram) -> None:
        with self._lock:
            if metric not in self._exported:
                self._exported.add(metric)
                self._registry.register(metric)

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self._registry)
