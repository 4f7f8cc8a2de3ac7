"""The supervisor over real processes: restarts, crash loops, the order of draining, stopping at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

import httpx
import psutil
import pytest

from cli.exit_codes import CliError
from cli.run.child import Child, ProcessSpec
from cli.run.drain import Backlog
from cli.run.restarts import RestartPolicy
from cli.run.supervisor import Patience, Supervisor
from shared.process import Shutdown
from tests.integration.cli.conftest import OBEDIENT, STUBBORN, Faces, Screen, python, until

QUICK = RestartPolicy(first_delay=0.01, longest_delay=0.05, give_up_after=3)
PATIENCE = Patience(drain=5.0, quiet=0.1, stop=10.0, say=0.05, look=0.02)


class Run:
    """A supervisor at work."""

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        screen: Screen,
        http: httpx.AsyncClient,
        patience: Patience = PATIENCE,
        policy: RestartPolicy = QUICK,
    ) -> None:
        self.children = [Child(spec, policy, screen.journal) for spec in specs]
        self.shutdown = Shutdown()
        self.ready = asyncio.Event()
        self.supervisor = Supervisor(self.children, screen.journal, http, patience)
        self.task = asyncio.create_task(self.supervisor.run(self.shutdown, self._note_ready))

    async def _note_ready(self) -> None:
        self.ready.set()

    async def stop(self) -> None:
        self.shutdown.request()
        await asyncio.wait_for(self.task, 20)


async def test_a_killed_process_is_started_again_and_this_is_said(screen: Screen, http: httpx.AsyncClient) -> None:
    run = Run([python("first", OBEDIENT)], screen, http)
    await until("the process to be up", lambda: screen.said("first  | up"))
    before = run.children[0].pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await until("a second start", lambda: screen.lines.count("first  | up") == 2)
    assert run.children[0].pid not in (None, before)
    assert screen.said("first was killed by SIGKILL")
    await run.stop()


async def test_a_crash_loop_stops_everything_and_says_what_was_last_said(
    screen: Screen, http: httpx.AsyncClient
) -> None:
    crashing = python("second", """print('{"event": "cannot start", "reason": "no such host"}'); exit(1)""")
    run = Run([python("first", OBEDIENT), crashing], screen, http)
    with pytest.raises(CliError, match=r"second can't be kept running: it ended 3 times.*no such host"):
        await asyncio.wait_for(run.task, 20)
    assert screen.lines.count('second | cannot start  reason="no such host"') == 3
    assert run.children[0].pid is None


async def test_a_wrong_setting_is_not_tried_again(screen: Screen, http: httpx.AsyncClient) -> None:
    run = Run([python("first", "import sys; print('DIGLOT_HOST: bad', flush=True); sys.exit(2)")], screen, http)
    with pytest.raises(CliError, match=r"a setting .* wrong.*DIGLOT_HOST: bad"):
        await asyncio.wait_for(run.task, 20)
    assert screen.lines.count("first  | DIGLOT_HOST: bad") == 1


async def test_a_program_that_does_not_exist_is_one_clear_error(screen: Screen, http: httpx.AsyncClient) -> None:
    run = Run([ProcessSpec("first", ("/no/such/program",))], screen, http)
    with pytest.raises(CliError, match="first can't be started"):
        await asyncio.wait_for(run.task, 20)


async def test_it_is_ready_when_all_are_and_says_what_it_waits_for(
    screen: Screen, http: httpx.AsyncClient, faces: Faces
) -> None:
    faces.not_ready["second"] = ["no partitions yet"]
    specs = [python(name, OBEDIENT, ready_url=faces.ready_url(name)) for name in ("first", "second")]
    run = Run(specs, screen, http)
    await until("a report", lambda: screen.said("waiting for second (no partitions yet)"))
    assert not run.ready.is_set()
    faces.not_ready.clear()
    await asyncio.wait_for(run.ready.wait(), 10)
    await run.stop()


async def test_stages_are_stopped_in_order_when_nothing_is_queued_for_any_of_them(
    screen: Screen, http: httpx.AsyncClient, faces: Faces
) -> None:
    faces.lag["third"] = 5
    specs = [
        python("first", OBEDIENT),
        python("second", OBEDIENT, metrics_url=faces.metrics_url("second")),
        python("third", OBEDIENT, metrics_url=faces.metrics_url("third")),
    ]
    run = Run(specs, screen, http)
    await until("all to be up", lambda: all(screen.said(f"{spec.name:<6} | up") for spec in specs))
    run.shutdown.request()
    await until("the report of the backlog", lambda: screen.said("draining: third: 5 waiting, 0 in flight"))
    assert screen.said("first  | bye")
    assert not screen.said("second | bye")
    assert not screen.said("third  | bye")
    faces.lag["third"] = 0
    await asyncio.wait_for(run.task, 20)
    assert screen.at("first  | bye") < screen.at("second | bye") < screen.at("third  | bye")


async def test_what_could_not_be_drained_in_time_is_said(screen: Screen, http: httpx.AsyncClient, faces: Faces) -> None:
    faces.lag["second"] = 7
    spec = python("second", OBEDIENT, metrics_url=faces.metrics_url("second"))
    run = Run([spec], screen, http, Patience(drain=0.2, quiet=0.1, stop=10, say=5, look=0.02))
    await until("the process to be up", lambda: screen.said("second | up"))
    await asyncio.wait_for(run.ready.wait(), 10)
    await run.stop()
    assert screen.said(
        "ERROR not all was worked off (second: 7 waiting, 0 in flight); the embedded broker keeps nothing"
    )
    assert screen.said("second | bye")


async def test_a_stage_that_is_not_ready_does_not_count_as_drained(
    screen: Screen, http: httpx.AsyncClient, faces: Faces
) -> None:
    faces.not_ready["second"] = ["no partitions yet"]
    urls = {"metrics_url": faces.metrics_url("second"), "ready_url": faces.ready_url("second")}
    run = Run([python("second", OBEDIENT, **urls)], screen, http)
    await until("the process to be up", lambda: screen.said("second | up"))
    run.shutdown.request()
    await until("the report", lambda: screen.said("draining: second: not ready"))
    assert not screen.said("second | bye")
    faces.not_ready.clear()
    await asyncio.wait_for(run.task, 20)
    assert screen.said("second | bye")


async def test_what_is_queued_is_known_from_stages_that_can_not_work_and_unknown_from_those_that_are_gone(
    screen: Screen, http: httpx.AsyncClient, faces: Faces
) -> None:
    faces.not_ready["first"] = ["the broker doesn't answer"]
    faces.lag["first"] = 3
    here = python("first", OBEDIENT, metrics_url=faces.metrics_url("first"), ready_url=faces.ready_url("first"))
    gone = python("second", OBEDIENT, metrics_url="http://127.0.0.1:1/metrics")
    run = Run([here, gone], screen, http)
    assert await run.supervisor.count_queued() == {"first": Backlog(3, 0), "second": None}
    run.shutdown.request()
    run.shutdown.request()
    await asyncio.wait_for(run.task, 20)


async def test_a_process_that_dies_while_it_is_drained_is_started_again_to_finish(
    screen: Screen, http: httpx.AsyncClient, faces: Faces
) -> None:
    faces.lag["second"] = 1
    run = Run([python("second", OBEDIENT, metrics_url=faces.metrics_url("second"))], screen, http)
    await until("the process to be up", lambda: screen.said("second | up"))
    run.shutdown.request()
    await until("the drain", lambda: screen.said("draining: second"))
    os.kill(run.children[0].pid or 0, signal.SIGKILL)
    await until("a second start", lambda: screen.lines.count("second | up") == 2)
    faces.lag["second"] = 0
    await asyncio.wait_for(run.task, 20)
    assert screen.said("second | bye")


async def test_a_second_request_kills_everything_at_once(screen: Screen, http: httpx.AsyncClient, faces: Faces) -> None:
    faces.lag["second"] = 5
    specs = [python("first", STUBBORN), python("second", OBEDIENT, metrics_url=faces.metrics_url("second"))]
    run = Run(specs, screen, http, replace(PATIENCE, drain=600.0, stop=600.0))
    await until("all to be up", lambda: all(screen.said(f"{spec.name:<6} | up") for spec in specs))
    pids = [child.pid for child in run.children]
    run.shutdown.request()
    await until("the first to be asked", lambda: screen.said("first  | no"))
    run.shutdown.request()
    await asyncio.wait_for(run.task, 60)  # what is queued would keep it for much longer
    assert not any(psutil.pid_exists(pid) for pid in pids if pid is not None)


async def test_a_process_that_does_not_obey_is_killed_with_what_it_started(
    screen: Screen, http: httpx.AsyncClient
) -> None:
    sleeper = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    code = f"import subprocess\nchild = subprocess.Popen({sleeper})\nprint('child', child.pid, flush=True)\n{STUBBORN}"
    run = Run([python("first", code)], screen, http, Patience(drain=1, quiet=0.1, stop=0.2, say=5, look=0.02))
    await until("the process to be up", lambda: screen.said("first  | up"))
    grandchild = int(next(line for line in screen.lines if "| child" in line).split()[-1])
    await run.stop()
    assert screen.said("WARNING first did not stop within")

    def gone() -> bool:
        try:
            return psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await until("the grandchild to be gone", gone)


async def test_a_replaced_process_starts_anew_without_counting_it_as_a_failure(
    screen: Screen, http: httpx.AsyncClient
) -> None:
    run = Run([python("first", OBEDIENT)], screen, http, policy=RestartPolicy(give_up_after=1))
    await until("the process to be up", lambda: screen.said("first  | up"))
    run.children[0].replace()
    await until("a second start", lambda: screen.lines.count("first  | up") == 2)
    await run.stop()


async def test_long_and_odd_lines_reach_the_log_whole(screen: Screen, http: httpx.AsyncClient) -> None:
    code = (
        "import os; os.write(1, b'x' * 300_000 + b'\\n' + b'\\xff\\xfe bytes\\n' + b'no newline')\n"
        + OBEDIENT.replace('print("up"', 'print("\\nup"')
    )
    run = Run([python("first", code)], screen, http)
    await until("the process to be up", lambda: screen.said("first  | up"))
    assert "first  | " + "x" * 300_000 in screen.lines
    assert "first  | \\xff\\xfe bytes" in screen.lines
    assert "first  | no newline" in screen.lines
    assert screen.journal.path.read_text() == screen.written.getvalue()
    await run.stop()
