"""Checks that need no server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.doctor import (
    Check,
    Surroundings,
    check_packages,
    check_python,
    check_server,
    check_services,
    check_settings,
)
from cli.embedded import free_port
from cli.run.state import RunState
from cli.settings import CliSettings
from shared.errors import Unavailable

LOCK = """\
anyio==4.16.0 \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
rich==15.0.0 \\
    --hash=sha256:00
"""


def _check(tmp_path: Path, installed: dict[str, str]) -> tuple[str, str]:
    lock = tmp_path / "dev.txt"
    lock.write_text(LOCK)
    check = check_packages(lock, installed.get)
    return check.state, check.found


def test_an_old_python_fails() -> None:
    assert check_python((3, 10, 9)).state == "fail"
    assert check_python((3, 11, 0)).state == "ok"


def test_packages_as_locked_are_fine_and_those_of_other_platforms_may_be_missing(tmp_path: Path) -> None:
    assert _check(tmp_path, {"anyio": "4.16.0", "numpy": "2.5.5", "rich": "15.0.0"}) == ("ok", "4 as locked")


def test_another_version_and_a_missing_package_are_named(tmp_path: Path) -> None:
    assert _check(tmp_path, {"anyio": "4.0.0", "numpy": "1.0"}) == (
        "warn",
        "anyio 4.0.0 instead of 4.16.0, numpy 1.0 instead of 2.4.6 or 2.5.5, rich missing instead of 15.0.0",
    )


def test_without_a_lock_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert check_packages(tmp_path / "none.txt", lambda _: None).state == "ok"


def test_lanes_that_no_service_can_run_are_no_good_settings() -> None:
    check = check_settings(Surroundings(CliSettings(lanes=("draft", "model")), None, {}))
    assert (check.state, "DIGLOT_LANES" in check.found) == ("fail", True)
    assert check_settings(Surroundings(CliSettings(lanes=("draft",)), None, {})).state == "ok"


async def _down(settings: CliSettings) -> Check:
    raise Unavailable(f"{settings.kafka_bootstrap} does not answer")


@pytest.fixture
def _none_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGLOT_KAFKA_BOOTSTRAP", raising=False)


@pytest.mark.usefixtures("_none_configured")
async def test_a_server_that_nobody_set_up_is_no_failure() -> None:
    check = await check_server(Surroundings(CliSettings(), None, {}), "broker", _down)
    assert check.state == "warn"
    assert "diglot run" in check.advice


async def test_a_configured_server_that_does_not_answer_is_a_failure() -> None:
    settings = CliSettings(kafka_bootstrap="kafka:9092")
    check = await check_server(Surroundings(settings, None, {}), "broker", _down)
    assert (check.state, check.found) == ("fail", "kafka:9092 does not answer")
    assert "DIGLOT_KAFKA_BOOTSTRAP" in check.advice


@pytest.mark.usefixtures("_none_configured")
async def test_the_servers_of_a_live_run_are_the_ones_that_are_checked() -> None:
    run = RunState(ingest_url="http://i", read_url="http://r", kafka_bootstrap="127.0.0.1:77", kafka_embedded=True)
    check = await check_server(Surroundings(CliSettings(), run, {}), "broker", _down)
    assert (check.state, check.found) == ("fail", "127.0.0.1:77 does not answer")


def test_servers_that_are_set_are_checked_instead_of_those_of_the_run() -> None:
    run = RunState(
        ingest_url="http://i",
        read_url="http://r",
        kafka_bootstrap="127.0.0.1:77",
        kafka_embedded=True,
        mongodb_uri="mongodb://127.0.0.1:78/",
    )
    set_ = CliSettings(kafka_bootstrap="127.0.0.1:1", mongodb_uri=SecretStr("mongodb://127.0.0.1:2/"))
    servers = Surroundings(set_, run, {}).servers
    assert (servers.kafka_bootstrap, servers.kafka_embedded) == ("127.0.0.1:1", False)
    assert servers.mongodb_uri.get_secret_value() == "mongodb://127.0.0.1:2/"


async def test_the_services_of_a_run_are_asked_whether_they_can_work_and_why_not() -> None:
    answers = {
        "/well/readyz": (200, {"status": "ready", "reasons": []}),
        "/stuck/readyz": (503, {"status": "not ready", "reasons": ["no Kafka broker answers", "nothing moves"]}),
    }

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        status, said = answers[(await reader.readuntil(b"\r\n\r\n")).split()[1].decode()]
        body = json.dumps(said)
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        run = RunState(ingest_url="http://i", read_url="http://r", services={"ingest": f"{base}/well"})
        assert await check_services(run) == Check("services", "ok", "ready: ingest")
        run = run.model_copy(
            update={
                "services": {
                    "ingest": f"{base}/well",
                    "analyze": f"{base}/stuck",
                    "reader": f"http://127.0.0.1:{free_port()}",
                }
            }
        )
        check = await check_services(run)
    assert check.state == "fail"
    assert check.found == "analyze: no Kafka broker answers; nothing moves. reader: it doesn't answer"
