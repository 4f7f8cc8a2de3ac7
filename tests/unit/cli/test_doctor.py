"""Checks that need no server."""

from __future__ import annotations

from pathlib import Path

from cli.doctor import check_packages, check_python

LOCK = """\
anyio==4.16.0 \\
    --hash=sha256:00
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:00
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:00
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:00
rich==15.0.0 \\
    --hash=sha256:00
"""


def _check(tmp_path: Path, installed: dict[str, str]) -> tuple[str, str]:
    lock = tmp_path / "dev.txt"
    lock.write_text(LOCK)
    check = check_packages(lock, installed.get)
    return check.state, check.found


def test_an_old_python_fails() -> None:
    assert check_python((3, 10, 9)).state == "fail"
    assert check_python((3, 11, 0)).state == "ok"


def test_packages_as_locked_are_fine_and_those_of_other_platforms_may_be_missing(tmp_path: Path) -> None:
    assert _check(tmp_path, {"anyio": "4.16.0", "numpy": "2.5.5", "rich": "15.0.0"}) == ("ok", "4 as locked")


def test_another_version_and_a_missing_package_are_named(tmp_path: Path) -> None:
    assert _check(tmp_path, {"anyio": "4.0.0", "numpy": "1.0"}) == (
        "warn",
        "anyio 4.0.0 instead of 4.16.0, numpy 1.0 instead of 2.4.6 or 2.5.5, rich missing instead of 15.0.0",
    )


def test_without_a_lock_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert check_packages(tmp_path / "none.txt", lambda _: None).state == "ok"
