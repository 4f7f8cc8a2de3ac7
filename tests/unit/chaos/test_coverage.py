"""What is read from the workers' logs: which situations a run was in, what is still missing, and how a worker ended."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from shared.stream._transaction import Fenced
from tests.support.chaos.coverage import SITUATIONS, Hit, count, missing
from tests.support.chaos.logs import begun, hits, partitions_moved, unexpected_end


def assigned(gaps: int, at: str = "00") -> str:
    return f'{{"event":"partitions assigned","count":3,"gaps":{gaps},"timestamp":"2026-11-23T18:00:{at}Z"}}\n'


def gone(running: int, at: str = "01.5", count: int = 3) -> str:
    return f'{{"event":"partitions gone","count":{count},"running":{running},"timestamp":"2026-11-23T18:00:{at}Z"}}\n'


def test_a_situation_that_never_came_is_missing() -> None:
    counts = count([Hit(situation, "seen") for situation in SITUATIONS[1:]])
    assert missing(counts, 1) == [SITUATIONS[0]]


def test_one_that_came_too_rarely_is_missing() -> None:
    counts = count([Hit(situation, "seen") for situation in SITUATIONS for _ in range(5)][1:])
    assert missing(counts, 5) == [SITUATIONS[0]]


def test_a_takeover_counts_only_with_a_gap_and_a_rebalance_only_with_running_handlers(tmp_path: Path) -> None:
    (tmp_path / "a1-1.log").write_text(assigned(0) + gone(0))
    assert hits(tmp_path) == []
    (tmp_path / "a1-2.log").write_text(assigned(2) + gone(7))
    assert [hit.situation for hit in hits(tmp_path)] == [
        "partition taken over with a gap",
        "rebalance with running handlers",
    ]


def test_a_rebalance_of_which_several_workers_tell_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a1-1.log").write_text(assigned(2) + gone(7))
    (tmp_path / "a2-1.log").write_text(assigned(1, at="08") + gone(3, at="11"))
    assert len(hits(tmp_path)) == 2
    (tmp_path / "b1-1.log").write_text(assigned(1) + gone(3))  # another stage has another group
    assert len(hits(tmp_path)) == 4
    (tmp_path / "a2-2.log").write_text(assigned(1, at="20") + gone(3, at="22"))
    assert len(hits(tmp_path)) == 6


def test_moves_of_partitions_are_changes_of_the_stage(tmp_path: Path) -> None:
    (tmp_path / "b2-1.log").write_text(assigned(0) + gone(0))
    (tmp_path / "b1-1.log").write_text(gone(0, count=0))
    given, lost = partitions_moved(tmp_path)
    assert (given.stage, given.process, given.what) == ("chaos.b", "b2-1", "partitions given")
    assert (lost.what, lost.at_ns) == ("partitions lost", 1_795_456_801_500_000_000)


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a1-1.starts").write_text("start 10 x:1\npaid 20 x:1\nstart 30 y")
    (tmp_path / "a1-1.log").write_text(assigned(2)[:30])
    assert [(line.step, line.article, line.at_ns) for line in begun(tmp_path)] == [
        ("start", "x:1", 10),
        ("paid", "x:1", 20),
    ]
    assert hits(tmp_path) == []


def run_worker(log: Path, body: str) -> None:
    """Run a process of ours that does this, to its end."""
    program = f"""
from shared.process import run_process
from shared.settings import CommonSettings

async def run(settings, shutdown):
{textwrap.indent(body, "    ")}

run_process("chaos", CommonSettings, run)
"""
    with log.open("wb") as file:
        command = [sys.executable, "-c", program]
        subprocess.run(command, env={"DIGLOT_LOG_FORMAT": "json"}, stdout=file, stderr=file, timeout=30)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Fenced("another live worker has slot a1"), None),
        (RuntimeError("no reply"), "RuntimeError: no reply"),
        (RuntimeError("Fenced: no"), "RuntimeError: Fenced: no"),
    ],
)
def test_only_a_fenced_worker_may_end_with_an_error(tmp_path: Path, error: Exception, why: str | None) -> None:
    body = f"from {type(error).__module__} import {type(error).__name__}\nraise {error!r}"
    run_worker(tmp_path / "a1-1.log", body)
    assert unexpected_end(tmp_path, "a1-1") == why


def test_a_worker_may_be_ended_by_its_watchdog(tmp_path: Path) -> None:
    body = """
from shared.stream._watchdog import Watchdog
Watchdog("chaos.a", "transactions", lambda: 0.0, lambda: True, limit=0.01).start()
await shutdown.draining.wait()
"""
    run_worker(tmp_path / "a1-1.log", body)
    assert unexpected_end(tmp_path, "a1-1") is None


def test_a_worker_may_not_end_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "a1-1.log").write_text('{"event":"started"}\n[1, 2]\n{"event":"a st')
    assert unexpected_end(tmp_path, "a1-1") == "no reason in its log"
