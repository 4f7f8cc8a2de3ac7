"""The log of a run outlives its terminal."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

from rich.console import Console

from cli.run.journal import Journal, RunConsole


def test_when_nobody_reads_the_screen_any_more_the_file_goes_on(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    gone = os.fdopen(writer, "w")
    with Journal(RunConsole(file=gone), tmp_path, ("ingest",)) as journal:
        journal.say("first")
        journal.take("ingest", '{"event": "second"}')
    with contextlib.suppress(BrokenPipeError):
        gone.close()
    assert [line.split("| ")[1] for line in journal.path.read_text().splitlines()] == ["first", "second"]


def test_the_screen_is_spared_what_is_only_for_searching(tmp_path: Path) -> None:
    screen = io.StringIO()
    with Journal(Console(file=screen, width=200), tmp_path, ("ingest",)) as journal:
        journal.take("ingest", '{"event": "accepted", "id": 7, "traceparent": "00-ab"}')
        journal.take("ingest", '{"event": "ECONNREFUSED", "logger": "kafka.net", "level": "error"}')
    assert [line.split("| ")[1] for line in screen.getvalue().splitlines()] == ["accepted  id=7"]
    assert [line.split("| ")[1] for line in journal.path.read_text().splitlines()] == [
        "accepted  id=7  traceparent=00-ab",
        "ERROR ECONNREFUSED",
    ]
