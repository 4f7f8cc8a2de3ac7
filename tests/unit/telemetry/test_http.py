from __future__ import annotations

import httpx
from fastapi import FastAPI

from shared.telemetry import HttpMetrics, Metrics, health_routes


async def asked(*paths: str) -> str:
    metrics = Metrics()
    app = FastAPI()
    app.router.routes.extend(health_routes(metrics, list))
    app.add_middleware(HttpMetrics, metrics=metrics)

    @app.get("/broken/{name}")
    async def broken(name: str) -> None:
        raise ZeroDivisionError(name)

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in paths:
            await client.get(path)
    return metrics.render().decode()


async def test_an_answer_that_fails_is_counted_as_500() -> None:
    shown = await asked("/broken/one", "/broken/two")
    assert 'diglot_http_requests_total{method="GET",route="/broken/{name}",status="500"} 2.0' in shown
    assert 'diglot_http_seconds_count{method="GET",route="/broken/{name}"} 2.0' in shown
    assert "diglot_http_in_flight 0.0" in shown


async def test_health_is_counted_by_its_paths_and_what_is_not_there_as_unmatched() -> None:
    shown = await asked("/livez", "/readyz", "/metrics", "/nowhere")
    for path in ("/livez", "/readyz", "/metrics"):
        assert f'diglot_http_requests_total{{method="GET",route="{path}",status="200"}} 1.0' in shown
    assert 'route="unmatched",status="404"} 1.0' in shown
    assert "nowhere" not in shown
