"""The embedded servers of a run: started again when they die, found when a run was killed, kept to one run."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from cli.doctor import check_broker, check_database
from cli.embedded import EmbeddedBroker, EmbeddedDatabase, free_port
from cli.exit_codes import CliError
from cli.run.backing import Backing
from cli.run.leftovers import describe_processes, end_leftovers
from cli.run.ports import is_free
from cli.run.restarts import RestartPolicy
from cli.run.state import RunState, forget_state, live_state, locked, read_state
from cli.settings import CliSettings
from shared.errors import Unavailable
from tests.integration.cli.conftest import Screen
from tests.support.brokers import Broker

QUICK = RestartPolicy(first_delay=0.01, longest_delay=0.05, give_up_after=3)


async def test_a_broker_that_dies_is_started_again_on_its_port_and_refilled(screen: Screen, tmp_path: Path) -> None:
    port, refilled = free_port(), asyncio.Event()
    free_when_it_died: list[bool] = []

    async def refill() -> None:
        refilled.set()

    async def died() -> None:
        free_when_it_died.append(is_free("127.0.0.1", port))

    backing = Backing("broker", lambda: EmbeddedBroker(port, tmp_path), refill, QUICK, screen.journal, died)
    await backing.start()
    before = backing.pid
    watching = asyncio.create_task(backing.watch())
    os.kill(before or 0, signal.SIGKILL)
    await asyncio.wait_for(refilled.wait(), 20)
    assert backing.pid != before
    assert not is_free("127.0.0.1", port)
    assert free_when_it_died == [True]
    assert screen.said("WARNING the broker was killed by SIGKILL")
    watching.cancel()
    await backing.stop()
    assert is_free("127.0.0.1", port)


def test_an_interrupt_while_a_server_starts_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    port, before = free_port(), set(psutil.Process().children())
    monkeypatch.setattr("cli.embedded.time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        EmbeddedDatabase(port, tmp_path)
    left = set(psutil.Process().children()) - before
    for process in left:
        process.kill()
    assert left == set()


async def test_a_server_on_a_taken_port_is_one_clear_error(screen: Screen, tmp_path: Path) -> None:
    async def nothing() -> None: ...

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        backing = Backing("database", lambda: EmbeddedDatabase(port, tmp_path), nothing, QUICK, screen.journal)
        with pytest.raises(CliError, match=f"the database can't be started: port {port} is taken"):
            await backing.start()
        await backing.stop()


async def test_a_server_that_is_being_started_when_the_run_stops_is_stopped_too(screen: Screen, tmp_path: Path) -> None:
    async def nothing() -> None: ...

    port = free_port()
    backing = Backing("database", lambda: EmbeddedDatabase(port, tmp_path), nothing, QUICK, screen.journal)
    starting = asyncio.create_task(backing.start())
    await asyncio.sleep(0)
    starting.cancel()
    await backing.stop()
    assert backing.pid is not None
    assert is_free("127.0.0.1", port)


async def test_doctor_sees_a_broker_with_its_topics_and_one_without(embedded_broker: Broker, tmp_path: Path) -> None:
    good = CliSettings(kafka_bootstrap=embedded_broker.bootstrap, kafka_embedded=True)
    assert (await check_broker(good)).state == "ok"
    with EmbeddedBroker(free_port(), tmp_path) as empty:
        check = await check_broker(CliSettings(kafka_bootstrap=empty.bootstrap, kafka_embedded=True))
    assert check.state == "fail"
    assert "article.submitted" in check.found
    assert "shared.stream.topics_main" in check.advice


async def test_doctor_writes_to_and_reads_from_the_database(mongodb_uri: str) -> None:
    settings = CliSettings.model_validate({"mongodb_uri": mongodb_uri, "mongodb_database": "doctor"})
    assert (await check_database(settings)).state == "ok"


async def test_doctor_says_when_a_database_does_not_answer() -> None:
    settings = CliSettings.model_validate({"mongodb_uri": f"mongodb://127.0.0.1:{free_port()}/?directConnection=true"})
    with pytest.raises(Unavailable, match="does not answer"):
        await check_database(settings)


def test_a_data_directory_serves_one_run_at_a_time(tmp_path: Path) -> None:
    state = RunState(ingest_url="http://127.0.0.1:1", read_url="http://127.0.0.1:2")
    with locked(tmp_path):
        state.write(tmp_path)
        assert live_state(tmp_path) == state
        with pytest.raises(CliError, match=rf"another `diglot run` \(process {os.getpid()}\)"), locked(tmp_path):
            pass
    assert live_state(tmp_path) is None
    assert read_state(tmp_path) == state
    forget_state(tmp_path)
    assert read_state(tmp_path) is None
    with locked(tmp_path):
        pass


def test_looking_for_a_run_does_not_keep_one_from_starting(tmp_path: Path) -> None:
    assert live_state(tmp_path / "none") is None
    with locked(tmp_path):
        pass
    assert live_state(tmp_path) is None
    with locked(tmp_path):
        pass


def test_a_data_directory_that_can_not_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CliError, match="choose another with --data-dir"), locked(tmp_path / "file"):
        pass


def test_what_a_killed_run_left_behind_is_ended_and_nothing_else() -> None:
    sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    with ExitStack() as stack:
        left, other = (stack.enter_context(subprocess.Popen(sleeper)) for _ in range(2))
        stack.callback(left.kill)
        stack.callback(other.kill)
        (known,) = describe_processes([("analyze", left.pid), ("gone", None)])
        (reused,) = describe_processes([("reused", other.pid)])
        state = RunState(
            ingest_url="http://127.0.0.1:1",
            read_url="http://127.0.0.1:2",
            processes=(known, reused.model_copy(update={"created": reused.created - 100})),
        )
        assert end_leftovers(state) == ("analyze",)
        assert not psutil.pid_exists(left.pid)
        assert psutil.pid_exists(other.pid)
        assert end_leftovers(state) == ()
