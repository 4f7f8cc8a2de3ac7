"""`diglot run` as a process, with everything that it starts: from nothing to read articles, and back to nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.test_main import diglot
from tests.support.system import wait_for

STORY = (
    "Tarn opens a tram line that cost $240 million\n\n"
    "The town of Tarn opened a 12-kilometre tram line on Monday that cost $240 million, the council said. It is to "
    "carry 30,000 passengers a day by 2028. Critics said that it may never pay for itself."
)


class Run:
    """A `diglot run --samples` in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / ".diglot"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
        self._out = (directory / "out.txt").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from cli.main import main; main()", "run", "--samples"],
            cwd=directory,
            env={**environment, "DIGLOT_REDA_PORT": "9000"},
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )

    @property
    def output(self) -> str:
        return (self.directory / "out.txt").read_text()

    def wait_for(self, text: str) -> None:
        def probe() -> bool:
            assert self.process.poll() is None, self.output
            return text in self.output

        wait_for(f"{text!r} in the output of the run", probe, 90)

    @property
    def pids(self) -> dict[str, int]:
        state = json.loads((self.data / "run.json").read_text())
        return {process["name"]: process["pid"] for process in state["processes"]}

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        self._out.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    run.end()


def test_it_publishes_the_samples_serves_other_commands_and_ends_without_a_trace(run: Run) -> None:
    run.wait_for("DIGLOT_REDA_PORT is set, but nothing reads it; did you mean DIGLOT_READ_PORT?")
    run.wait_for("10 of 10 samples are published")
    run.wait_for("read all:")
    page = re.search(r"(http://\S+/articles/\S+)  01-chip-deal-en", run.output)
    assert page is not None, run.output
    assert "Corvane in talks" in httpx.get(page[1], trust_env=False).text
    pids = run.pids
    assert set(pids) == {"broker", "database", "ingest", "analyze", "translate", "writer", "reader"}

    listed = diglot("list", "--json", directory=run.directory).stdout.splitlines()
    assert len(listed) == 10
    submitted = diglot("submit", "-", "--follow", "--json", directory=run.directory, stdin=STORY)
    assert submitted.returncode == ExitCode.OK, submitted.stderr
    accepted, *_, last = map(json.loads, submitted.stdout.splitlines())
    assert last["outcome"] == "published"
    shown = diglot("show", accepted["article_id"], directory=run.directory).stdout
    assert "Tarn opens a tram line" in shown
    assert diglot("retract", accepted["article_id"], directory=run.directory).returncode == ExitCode.OK

    def gone() -> bool:
        return diglot("show", accepted["article_id"], directory=run.directory).returncode == ExitCode.NOT_FOUND

    wait_for("the retracted article to be gone", gone)
    second = diglot("run", directory=run.directory)
    assert second.returncode == ExitCode.FAILED
    assert f"another `diglot run` (process {run.process.pid})" in second.stderr
    checks = json.loads(diglot("doctor", "--json", directory=run.directory).stdout)
    assert {check["name"]: check["state"] for check in checks if check["name"] in ("broker", "database")} == {
        "broker": "ok",
        "database": "ok",
    }

    slot = psutil.Process(pids["writer"]).environ()["DIGLOT_SLOT"]
    os.kill(pids["writer"], signal.SIGKILL)
    run.wait_for("writer was killed by SIGKILL")
    wait_for("a new writer", lambda: run.pids.get("writer") not in (None, pids["writer"]))
    assert psutil.Process(run.pids["writer"]).environ()["DIGLOT_SLOT"] == slot

    assert run.stop() == ExitCode.OK, run.output
    order = [run.output.index(f"{name} stopped\n") for name in ("ingest", "analyze", "translate", "writer", "reader")]
    assert order == sorted(order)
    assert "ERROR" not in run.output
    assert not any(psutil.pid_exists(pid) for pid in pids.values())
    assert not (run.data / "run.json").exists()


def test_a_second_ctrl_c_ends_everything_at_once(run: Run) -> None:
    run.wait_for("starting ingest")
    wait_for("the processes", lambda: len(run.pids) == 7)
    pids = run.pids
    run.process.send_signal(signal.SIGINT)
    run.wait_for("stopping")
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(15) == ExitCode.INTERRUPTED
    assert "stopped at once" in run.output
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_a_port_that_a_neighbour_takes_before_the_service_does_is_chosen_again(run: Run) -> None:
    run.wait_for("broker on")
    state = json.loads((run.data / "run.json").read_text())
    with socket.create_server(("127.0.0.1", urlsplit(state["read_url"]).port or 0)):
        run.wait_for("was taken meanwhile: reader listens on")
        run.wait_for("10 of 10 samples are published")
        moved = json.loads((run.data / "run.json").read_text())["read_url"]
        assert moved != state["read_url"]
        assert len(diglot("list", "--json", directory=run.directory).stdout.splitlines()) == 10
        accepted = diglot("submit", "-", "--json", directory=run.directory, stdin=STORY).stdout
        assert json.loads(accepted)["status_url"].startswith(moved)
        assert run.stop() == ExitCode.OK, run.output
