"""The lag of stages on the screen and for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from rich.console import Console

from cli.lag import lag_console, lag_json, lag_page, show_lag
from shared.settings import CommonSettings
from shared.stream._records import Partition
from shared.stream.lag import PartitionLag, StageLag
from shared.stream.topics import STAGE_INPUTS, Topic

NOW = 1_795_000_000_000
BEHIND = StageLag(
    "analyze",
    (
        PartitionLag(Partition("article.submitted", 0), 5, 1239, 10, 1224, NOW - 90_000),
        PartitionLag(Partition("article.submitted", 1), None, 3, 0, 3, NOW - 1_000),
    ),
    workers=0,
)
NEW = StageLag("publish", (PartitionLag(Partition("article.translated", 0), None, 0, None, 0, None),), workers=None)


LONG = StageLag(
    "translate.draft",
    (PartitionLag(Partition("article.analyzed.draft", 11), 123_456_789, 234_567_890, 16_384, 111_094_717, NOW - 1),),
    workers=3,
)


def drawn(*, partitions: bool) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=120).print(lag_page([BEHIND, NEW], NOW, (), partitions=partitions), highlight=False)
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_a_stage_is_a_line_with_the_sum_of_its_partitions_and_the_oldest_record() -> None:
    lines = drawn(partitions=False)
    assert lines[1] == "analyze 1,227 10 90.0 s 0"
    assert lines[2] == "publish 0 ? - nothing finished yet"
    assert "overstates" in lines[3]


def test_each_partition_says_where_it_is() -> None:
    lines = drawn(partitions=True)
    assert lines[2] == "article.submitted[0] 1,224 10 90.0 s 5 1239"
    assert lines[3] == "article.submitted[1] 3 0 1.0 s - 3"


def test_programs_get_the_same() -> None:
    found = lag_json(BEHIND, ())
    assert {name: found[name] for name in ("stage", "lag", "done_ahead", "workers", "oldest_at")} == {
        "stage": "analyze",
        "lag": 1227,
        "done_ahead": 10,
        "workers": 0,
        "oldest_at": "2026-11-18T11:05:10.000Z",
    }


def test_programs_get_null_for_what_the_broker_does_not_tell() -> None:
    found = lag_json(NEW, ())
    assert (found["done_ahead"], found["workers"]) == (None, None)


def test_outside_a_terminal_a_partition_is_one_line_with_all_that_is_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lag_console().print(lag_page([LONG], NOW, (), partitions=True), highlight=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[2] == "article.analyzed.draft[11] 111,094,717 16,384 1 ms 123456789 234567890"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_terminal_folds_what_does_not_fit(width: int) -> None:
    assert written(width) == written(200)


def written(width: int) -> list[str]:
    """The characters of a page, wherever on it they are."""
    file = io.StringIO()
    Console(file=file, width=width).print(lag_page([LONG, NEW], NOW, (), partitions=True), highlight=False)
    return sorted("".join(file.getvalue().split()))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that the broker is asked for; none has done anything."""
    asked: list[str] = []

    def look(_settings: CommonSettings, stages: Mapping[str, tuple[Topic, ...]]) -> tuple[StageLag, ...]:
        asked.extend(stages)
        return tuple(replace(BEHIND, stage=stage) for stage in stages)

    monkeypatch.setattr("cli.lag.stage_lags", look)
    return asked


def test_stages_of_a_lane_that_is_off_are_left_out(seen: list[str]) -> None:
    show_lag(CommonSettings(lanes=("draft",)), (), partitions=False, watch=False, as_json=True)
    assert seen == ["analyze.draft", "translate.draft", "publish.draft", "publish.rulings", "publish.journeys"]
    seen.clear()
    show_lag(CommonSettings(lanes=("draft", "model")), (), partitions=False, watch=False, as_json=True)
    assert seen == list(STAGE_INPUTS)


def test_whoever_asks_for_a_stage_of_a_lane_that_is_off_is_told(
    seen: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings, asked = CommonSettings(lanes=("draft",)), ("analyze", "analyze.draft")
    show_lag(settings, asked, partitions=False, watch=False, as_json=True)
    assert [json.loads(line)["lane_off"] for line in capsys.readouterr().out.splitlines()] == [True, False]
    show_lag(settings, asked, partitions=False, watch=False, as_json=False)
    _, first, second, _ = capsys.readouterr().out.splitlines()
    assert "lane off" in first
    assert "lane off" not in second
    assert seen == [*asked, *asked]
