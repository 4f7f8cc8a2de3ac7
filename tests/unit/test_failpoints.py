"""Failpoints, in processes of their own, as they end or stop the one that meets them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MEET = "from shared.failpoints import failpoint; failpoint('here'); print('went on')"


def meet(directory: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DIGLOT_FAILPOINTS"}
    if directory is not None:
        environment["DIGLOT_FAILPOINTS"] = str(directory)
    return subprocess.run([sys.executable, "-c", MEET], env=environment, capture_output=True, text=True, check=False)


def test_a_process_without_the_variable_goes_on() -> None:
    assert meet(None).stdout == "went on\n"


def test_an_order_is_carried_out_once(tmp_path: Path) -> None:
    order = tmp_path / "here"
    order.write_text("kill")
    assert meet(tmp_path).returncode == -signal.SIGKILL
    assert not order.exists()
    assert meet(tmp_path).stdout == "went on\n"


def test_an_order_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("dance")
    assert "holds no order: 'dance'" in meet(tmp_path).stderr


def test_an_order_is_taken_before_it_is_read(tmp_path: Path) -> None:
    order = tmp_path / "here"
    os.mkfifo(order)
    with subprocess.Popen(
        [sys.executable, "-c", MEET],
        env=os.environ | {"DIGLOT_FAILPOINTS": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    ) as process:
        # Reading waits for a writer: by then the order must have gone from its place.
        deadline = time.monotonic() + 20
        while order.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        gone = not order.exists()
        for place in tmp_path.iterdir():
            place.write_text("stand down")
        process.wait()
    assert gone
