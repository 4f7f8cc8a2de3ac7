"""Ingest as a process: its log, its stop, its exit code."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from cli.embedded import free_port
from shared.stream.topics import STATUS, SUBMITTED
from tests.integration.ingest.conftest import WIRE_KEY
from tests.support.articles import article
from tests.support.brokers import Broker
from tests.support.raw_topic import read_topic
from tests.support.system import wait_for

_SOURCES = {"wire": {"name": "The Wire", "key_sha256": hashlib.sha256(WIRE_KEY.encode()).hexdigest()}}


@contextmanager
def _process(environment: dict[str, str], log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.ingest.main"],
            env={**inherited, "DIGLOT_INGEST_PORT": str(port), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_request_in_progress_is_finished_before_the_process_ends(embedded_broker: Broker, tmp_path: Path) -> None:
    log = tmp_path / "ingest.log"
    environment = {**embedded_broker.environment(), "DIGLOT_SOURCES": json.dumps(_SOURCES)}
    with _process(environment, log) as (process, port):
        wait_for("ingest to be ready", lambda: _ready(port))
        refused = httpx.post(
            f"http://127.0.0.1:{port}/v1/articles", json={}, headers={"Authorization": "Bearer not the key"}
        )
        assert refused.status_code == 401
        body = json.dumps(article(200, "wire")).encode()
        head = (
            "POST /v1/articles HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {WIRE_KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(head.encode() + body[:100])
            process.send_signal(signal.SIGTERM)
            wait_for("the process to take no more connections", lambda: _refuses(port))
            connection.sendall(body[100:])
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 202")
        assert process.wait(20) == 0
    (article_id,) = {
        record.key
        for record in read_topic(embedded_broker.bootstrap, SUBMITTED.name, SUBMITTED.partitions)
        if record.key.encode() in answer
    }
    statuses = read_topic(embedded_broker.bootstrap, STATUS.name, STATUS.partitions)
    assert article_id in {record.key for record in statuses}
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["kind"] for line in lines if line["event"] == "accepted"] == ["post"]
    for secret in (WIRE_KEY, _SOURCES["wire"]["key_sha256"], "not the key"):
        assert secret not in log.read_text()


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def test_local_mode_warns_at_start_and_a_missing_broker_is_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "ingest.log"
    broker = Broker(f"127.0.0.1:{free_port()}", embedded=True)
    with _process({**broker.environment(), "DIGLOT_LOCAL": "true"}, log) as (process, port):
        wait_for("the warning", lambda: "local mode" in log.read_text())
        assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").json()["reasons"] == ["no connection to Kafka"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_bad_setting_ends_the_process_with_its_name(tmp_path: Path) -> None:
    log = tmp_path / "ingest.log"
    with _process({"DIGLOT_INGEST_BODY_LIMIT": "5"}, log) as (process, _):
        assert process.wait(20) == 2
    assert "DIGLOT_INGEST_BODY_LIMIT" in log.read_text()
