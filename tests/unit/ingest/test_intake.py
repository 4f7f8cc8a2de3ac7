from __future__ import annotations

from services.ingest.clock import Clock
from services.ingest.intake import Intake
from services.ingest.routes import _POST_PROBLEMS
from services.ingest.settings import IngestSettings
from shared.http import INTERNAL_ERROR, UNAVAILABLE
from shared.stream import EventProducer
from shared.telemetry import Metrics


def test_every_reason_to_refuse_a_post_has_its_series_from_the_start() -> None:
    settings, metrics = IngestSettings(), Metrics()
    Intake(settings, EventProducer(settings, "/diglot/test", ()), metrics, Clock())
    shown = metrics.render().decode().splitlines()
    refused = {line for line in shown if line.startswith("diglot_ingest_refused_total{")}
    # Those two are no fault of the post.
    reasons = {problem.slug for problem in _POST_PROBLEMS} - {UNAVAILABLE.slug, INTERNAL_ERROR.slug}
    assert refused == {f'diglot_ingest_refused_total{{reason="{reason}"}} 0.0' for reason in reasons}
