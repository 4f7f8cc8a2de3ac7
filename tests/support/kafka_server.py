"""A real Apache Kafka for the tests: the jars from Maven, combined broker and controller nodes on free ports."""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cli.embedded import free_port

_ROOT: Final = Path(__file__).parents[2]
_POM: Final = Path(__file__).parent / "kafka" / "pom.xml"
_CONF: Final = Path(__file__).parent / "kafka"
_CACHE: Final = _ROOT / ".kafka"
_START_SECONDS: Final = 120.0
_STOP_SECONDS: Final = 30.0

HOST: Final = "127.0.0.1"
SESSION_SECONDS: Final = 3.0
"""A killed node can't register again before so much time has passed."""


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


def new_cluster_id() -> str:
    """An id that all nodes of one cluster share."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


class KafkaNode:
    """One process that is broker and controller. `start` after `kill` keeps its data.

    `properties`: what differs between clusters: listeners, copies. `port`: answers when the node is up.
    """

    def __init__(
        self, data_dir: Path, cluster_id: str, node_id: int, voters: str, port: int, properties: Mapping[str, str]
    ) -> None:
        self.node_id = node_id
        self.port = port
        self.logs = data_dir / "logs"
        self._dir = data_dir
        self._dir.mkdir(parents=True, exist_ok=True)
        self._classpath = f"{_CONF}:{kafka_jars()}/*"
        self._process: subprocess.Popen[bytes] | None = None
        self._configure(voters, properties)
        self._format(cluster_id)

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the node and wait until its port answers."""
        self.launch()
        self.wait_until_up()

    def launch(self) -> None:
        """Start the node; a node of a larger cluster answers only when a majority of them runs."""
        with (self._dir / "kafka.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java("-Xmx384m"), "kafka.Kafka", str(self._dir / "server.properties")],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_up(self) -> None:
        """Wait until the port answers; raises with the end of the log when it doesn't."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if not self.alive or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start: {(self._dir / 'kafka.log').read_text()[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the node with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End the node with SIGTERM: it hands its partitions over first, which needs the others."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def pause(self) -> None:
        """Stop the process in its tracks (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def _java(self, *options: str) -> list[str]:
        return ["java", *options, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", self._classpath]

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex((HOST, self.port)) == 0

    def _configure(self, voters: str, properties: Mapping[str, str]) -> None:
        both = {
            "process.roles": "broker,controller",
            "node.id": str(self.node_id),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self.logs),
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
            "broker.session.timeout.ms": str(round(SESSION_SECONDS * 1000)),
            "broker.heartbeat.interval.ms": "500",
            **properties,
        }
        (self._dir / "server.properties").write_text("".join(f"{key}={value}\n" for key, value in both.items()))

    def _format(self, cluster_id: str) -> None:
        path = self._dir / "server.properties"
        subprocess.run(
            # One argument: an id may begin with a hyphen.
            [*self._java(), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
            env={**os.environ, "LC_ALL": "C"},
        )


class KafkaServer(KafkaNode):
    """A cluster of one node, running when the constructor returns."""

    def __init__(self, data_dir: Path) -> None:
        port, controller = free_port(), free_port()
        properties = {
            "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
        }
        super().__init__(data_dir, new_cluster_id(), 1, f"1@{HOST}:{controller}", port, properties)
        self.start()
