"""Logs, metrics and the health endpoints that every process has."""

from shared.telemetry.health import Readiness, health_app, health_routes
from shared.telemetry.http import HttpMetrics
from shared.telemetry.logs import configure_logging
from shared.telemetry.metrics import CounterName, GaugeName, HistogramName, Metrics
from shared.telemetry.server import serve

__all__ = [
    "CounterName",
    "GaugeName",
    "HistogramName",
    "HttpMetrics",
    "Metrics",
    "Readiness",
    "configure_logging",
    "health_app",
    "health_routes",
    "serve",
]
