"""Which situations a run was in, and what is still missing."""

from __future__ import annotations

from pathlib import Path

from tests.support.chaos.coverage import SITUATIONS, Hit, count, missing
from tests.support.chaos.logs import begun, hits, partitions_moved

ASSIGNED = '{"event":"partitions assigned","count":3,"gaps":%d,"timestamp":"2026-11-23T18:00:00Z"}\n'
GONE = '{"event":"partitions gone","count":3,"running":%d,"timestamp":"2026-11-23T18:00:01.5Z"}\n'


def test_a_situation_that_never_came_is_missing() -> None:
    counts = count([Hit(situation, "seen") for situation in SITUATIONS[1:]])
    assert missing(counts, 1) == [SITUATIONS[0]]


def test_one_that_came_too_rarely_is_missing() -> None:
    counts = count([Hit(situation, "seen") for situation in SITUATIONS for _ in range(5)][1:])
    assert missing(counts, 5) == [SITUATIONS[0]]


def test_a_takeover_counts_only_with_a_gap_and_a_rebalance_only_with_running_handlers(tmp_path: Path) -> None:
    (tmp_path / "a1-1.log").write_text(ASSIGNED % 0 + GONE % 0)
    assert hits(tmp_path) == []
    (tmp_path / "a1-2.log").write_text(ASSIGNED % 2 + GONE % 7)
    assert [hit.situation for hit in hits(tmp_path)] == [
        "partition taken over with a gap",
        "rebalance with running handlers",
    ]


def test_moves_of_partitions_are_changes_of_the_stage(tmp_path: Path) -> None:
    (tmp_path / "b2-1.log").write_text(ASSIGNED % 0 + GONE % 0)
    none = (GONE % 0).replace('"count":3', '"count":0')
    (tmp_path / "b1-1.log").write_text(none)
    given, lost = partitions_moved(tmp_path)
    assert (given.stage, given.process, given.what) == ("chaos.b", "b2-1", "partitions given")
    assert (lost.what, lost.at_ns) == ("partitions lost", 1_795_456_801_500_000_000)


def test_a_line_that_a_kill_cut_off_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a1-1.starts").write_text("start 10 x:1\npaid 20 x:1\nstart 30 y")
    (tmp_path / "a1-1.log").write_text((ASSIGNED % 2)[:30])
    assert [(line.step, line.article, line.at_ns) for line in begun(tmp_path)] == [
        ("start", "x:1", 10),
        ("paid", "x:1", 20),
    ]
    assert hits(tmp_path) == []
