"""The whole product under chaos, small: `python -m bench.product_chaos` is the large form, and docs/reliability.md."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.product_chaos.killer import FAILPOINTS
from tests.support.product_chaos.report import Options, Report
from tests.support.product_chaos.run import run
from tests.support.product_chaos.servers import DATABASE

Record = Callable[[str, object], None]

PARTS = ("ingest", "analyze", "translate", "writer", "reader", DATABASE)


@pytest.mark.kafka
@pytest.mark.timeout(600)
def test_all_is_as_accepted_whatever_was_killed(tmp_path: Path, record_property: Record) -> None:
    check(run(options(len(PARTS) + len(FAILPOINTS), articles=100), tmp_path, print), record_property)


@pytest.mark.timeout(600)
def test_all_is_as_accepted_on_the_embedded_broker_too(tmp_path: Path, record_property: Record) -> None:
    small = replace(options(len(PARTS), articles=60), broker="embedded", failpoints=False)
    check(run(small, tmp_path, print), record_property)


def options(kills: int, articles: int) -> Options:
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
    return Options(seed=seed, articles=articles, kills=kills, rate=10.0)


def check(report: Report, record_property: Record) -> None:
    print(*report.lines(), sep="\n")
    assert report.passed, "the lines above say what is wrong"
    killed = {*PARTS, *(FAILPOINTS if report.options.failpoints else ())}
    assert set(report.tally.kills) == killed, "each must be killed, whatever the seed"
    record_property("seed", report.options.seed)
    record_property("accepted under kills", report.accepted)
