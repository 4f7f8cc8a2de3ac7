"""A real Apache Kafka for the tests: the jars from Maven, one combined node on free ports."""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import Final

from cli.embedded import free_port

_ROOT: Final = Path(__file__).parents[2]
_POM: Final = Path(__file__).parent / "kafka" / "pom.xml"
_CONF: Final = Path(__file__).parent / "kafka"
_CACHE: Final = _ROOT / ".kafka"
_START_SECONDS: Final = 60.0


def kafka_jars() -> Path:
    """The folder of Kafka's jars; fetched once (43 MB) and kept under .kafka/."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise RuntimeError(f"the tests on Apache Kafka need `{tool}` (Java 17 and Maven); deselect: -m 'not kafka'")
    libs = _CACHE / "libs"
    done = libs / ".complete"
    _CACHE.mkdir(exist_ok=True)
    with (_CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once must not fetch into the same folder
        if not done.exists() or done.stat().st_mtime < _POM.stat().st_mtime:
            shutil.rmtree(libs, ignore_errors=True)
            command = [
                "mvn",
                "-q",
                "-B",
                "-f",
                str(_POM),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={libs}",
            ]
            subprocess.run(command, check=True, timeout=300)
            done.touch()
    return libs


class KafkaServer:
    """One broker and controller in one process. `start` after `kill` keeps its data."""

    def __init__(self, data_dir: Path) -> None:
        self.port = free_port()
        self._dir = data_dir
        self._dir.mkdir(parents=True, exist_ok=True)
        self._classpath = f"{_CONF}:{kafka_jars()}/*"
        self._process: subprocess.Popen[bytes] | None = None
        self._configure(controller_port=free_port())
        self.start()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the broker and wait until its port answers."""
        with (self._dir / "kafka.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java("-Xmx384m"), "kafka.Kafka", str(self._dir / "server.properties")],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start: {(self._dir / 'kafka.log').read_text()[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the broker with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _java(self, *options: str) -> list[str]:
        return ["java", *options, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", self._classpath]

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _configure(self, controller_port: int) -> None:
        properties = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._dir / "logs"),
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
        }
        path = self._dir / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        subprocess.run(
            [*self._java(), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
            env={**os.environ, "LC_ALL": "C"},
        )
