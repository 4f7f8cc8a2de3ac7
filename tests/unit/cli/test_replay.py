"""What a replay says to go on with, and that Ctrl-C is heard while it asks the broker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from rich.progress import Progress as Bar

from cli.exit_codes import ExitCode
from cli.replay import Order, _Work, _Workshop
from shared.process import Shutdown
from shared.settings import CommonSettings
from shared.stream import Handler, Stage
from shared.stream.replay import Partition, Replay, ReplayPlace
from shared.telemetry import Metrics
from tests.support.stages import declare

# Also where the tests run in the background of a shell, which has its jobs ignore Ctrl-C.
_HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from cli.main import main; main()"
REPLAY = ["replay", "--stage", "analyze.draft", "--from", "beginning", "--yes"]


def test_the_command_that_goes_on_looks_where_this_one_did() -> None:
    order = Order("analyze.draft", (), (), run=7, dry_run=False, sure=True, as_json=False)
    assert order.go_on(7) == "diglot replay --stage analyze.draft --run 7"
    elsewhere = replace(order, data_dir=Path("my run"))
    assert elsewhere.go_on(7) == "diglot replay --stage analyze.draft --run 7 --data-dir 'my run'"
    assert elsewhere.list_letters() == "diglot dlq list --stage analyze.draft --data-dir 'my run'"


def test_stopped_before_the_plan_is_made_it_says_that_nothing_was_begun() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bootstrap = f"127.0.0.1:{silent.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-c", _HEARING, *REPLAY],
            env={**os.environ, "DIGLOT_KAFKA_BOOTSTRAP": bootstrap},
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(60)
        silent.accept()[0].close()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (ExitCode.INTERRUPTED, "diglot: stopped; nothing was begun\n")


class SlowPlace(ReplayPlace):
    """A broker that answers once the loop has gone on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def is_over(self, ends: Mapping[Partition, int]) -> bool:
        went_on = threading.Event()
        self._loop.call_soon_threadsafe(went_on.set)
        return went_on.wait(timeout=5)


async def test_the_loop_goes_on_while_the_broker_is_asked_for_the_end() -> None:
    stage, settings = declare("aside"), CommonSettings()

    @asynccontextmanager
    async def opened(_settings: CommonSettings, _metrics: Metrics) -> AsyncIterator[Mapping[Stage, Handler]]:
        yield {stage: lambda _event, _work: asyncio.sleep(0, ())}

    order = Order(stage.name, (), (), run=1, dry_run=False, sure=True, as_json=False)
    work = _Work(_Workshop(opened, settings), settings, order, Replay(1, {}, {}))
    shutdown = Shutdown()
    shutdown.request()
    assert await work._handle(SlowPlace(asyncio.get_running_loop()), Bar(disable=True), shutdown)
