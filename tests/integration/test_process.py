"""Start, health, and stop of a process, over real sockets and signals."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cli.embedded import free_port
from shared.errors import ConfigError
from shared.telemetry import HttpMetrics, Metrics, health_app, serve

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from shared.process import run_process
from shared.settings import CommonSettings
from shared.telemetry import Metrics, health_app, serve

class Settings(CommonSettings):
    port: int = 0

async def main(settings, shutdown):
    async with serve(health_app(Metrics(), lambda: []), settings.host, settings.port):
        await shutdown.draining.wait()
        if settings.log_level == "error":
            await shutdown.aborting.wait()

sys.exit(run_process("demo", Settings, main))
"""


TASKS = """
import asyncio, sys
from shared.errors import ConfigError
from shared.process import run_process
from shared.settings import CommonSettings
from shared.stream._transaction import Fenced

async def one(error):
    raise error

async def main(settings, shutdown):
    async with asyncio.TaskGroup() as tasks:
        for error in sys.argv[1:]:
            tasks.create_task(one(eval(error)))

sys.exit(run_process("demo", CommonSettings, main))
"""


def start(port: int, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DIGLOT_PORT": str(port), "PYTHONPATH": str(ROOT), **variables}
    return subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE, text=True)


async def until_live(port: int) -> None:
    async with asyncio.timeout(20), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/livez")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def test_health_says_why_it_is_not_ready_and_counts_requests() -> None:
    metrics, reasons = Metrics(), ["no broker"]
    app = HttpMetrics(health_app(metrics, lambda: reasons), metrics)
    async with serve(app, "127.0.0.1", 0) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        not_ready = await client.get("/readyz")
        assert (not_ready.status_code, not_ready.json()) == (503, {"status": "not ready", "reasons": ["no broker"]})
        reasons.clear()
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/nowhere/at/all")).status_code == 404
        shown = (await client.get("/metrics")).text
    assert 'diglot_http_requests_total{method="GET",route="/readyz",status="503"} 1.0' in shown
    assert 'route="unmatched",status="404"' in shown
    assert "/nowhere" not in shown


async def test_a_taken_port_is_a_config_error() -> None:
    app = health_app(Metrics(), list)
    async with serve(app, "127.0.0.1", 0) as port:
        with pytest.raises(ConfigError, match=f"can't listen on 127.0.0.1:{port}"):
            async with serve(app, "127.0.0.1", port):
                pass


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_with_0_and_each_log_line_is_json(number: signal.Signals) -> None:
    port = free_port()
    process = start(port)
    await until_live(port)
    process.send_signal(number)
    _, log = process.communicate(timeout=10)
    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines[-1]["event"] == "stopped"
    assert lines[-1]["service"] == "demo"


async def test_a_second_signal_reaches_a_process_that_takes_long_to_drain() -> None:
    port = free_port()
    process = start(port, DIGLOT_LOG_LEVEL="error")
    await until_live(port)
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0


async def test_a_bad_setting_ends_the_process_with_2_and_its_name() -> None:
    process = start(0, DIGLOT_LANES="fast")
    _, log = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "DIGLOT_LANES" in log
    assert "Traceback" not in log


def run_tasks(*errors: str) -> tuple[int, list[dict[str, str]]]:
    """Run a process whose tasks end with these errors; returns its exit code and the lines of its log."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", TASKS, *errors]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20)
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_a_config_error_in_one_of_several_tasks_ends_the_process_with_2_and_no_traceback() -> None:
    code, (line,) = run_tasks("ConfigError('no key for the model')")
    assert code == 2
    assert line["reason"] == "no key for the model"


def test_what_a_person_must_change_ends_the_process_with_1_and_one_line_without_a_traceback() -> None:
    code, (line,) = run_tasks(*["Fenced('another live worker has slot desk')"] * 2)
    assert code == 1
    assert (line["error"], line["reason"]) == ("Fenced", "another live worker has slot desk")
    assert "exception" not in line


def test_an_unexpected_error_keeps_its_traceback_beside_one_that_a_person_must_change() -> None:
    code, (line,) = run_tasks("Fenced('another live worker has slot desk')", "ZeroDivisionError('ours')")
    assert code == 1
    assert "ZeroDivisionError: ours" in line["exception"]


async def test_a_taken_port_ends_the_process_with_2() -> None:
    async with serve(health_app(Metrics(), list), "127.0.0.1", 0) as port:
        process = start(port)
        _, log = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode == 2
    assert "can't listen on" in log
