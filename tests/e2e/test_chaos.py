"""A chain of two stages on three Kafka nodes while workers and nodes are killed, stopped and cut off; small form."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.chaos.driver import Options, run
from tests.support.chaos.summary import lines


@pytest.mark.kafka
@pytest.mark.timeout(1200)  # a few minutes; the driver ends by itself, on a busy machine too
def test_nothing_is_lost_repeated_or_paid_twice(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(1_000_000))
    report = run(Options(tmp_path, seed, articles=3000, kills=6, at_least=1, rate=60.0, limit=480.0), print)
    summary = lines(report)
    assert report.ok, "\n".join(summary)
    record_property("chaos", summary[0])
    shutil.rmtree(tmp_path)  # pytest would keep the brokers' files of the last runs
