"""Logs, metrics and the health endpoints that every process has."""

from shared.telemetry.health import Readiness, health_app, health_routes
from shared.telemetry.http import HttpMetrics
from shared.telemetry.logs import configure_logging
from shared.telemetry.metrics import CounterName, GaugeName, HistogramName, Metrics
from shared.telemetry.server import serve
from shared.telemetry.tracing import NO_STEP, NO_TRACER, Attributes, Step, Tracer, tracing

__all__ = [
    "NO_STEP",
    "NO_TRACER",
    "Attributes",
    "CounterName",
    "GaugeName",
    "HistogramName",
    "HttpMetrics",
    "Metrics",
    "Readiness",
    "Step",
    "Tracer",
    "configure_logging",
    "health_app",
    "health_routes",
    "serve",
    "tracing",
]
