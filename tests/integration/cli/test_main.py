"""The command as a process: exit codes, one line of error, clean stdout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.exit_codes import MEANINGS, ExitCode

ID = "local-abcdefghijklmnopqrst"
NOWHERE = "http://127.0.0.1:1"
HEAVY = ("kafka", "motor", "pymongo", "trafilatura", "fastapi", "uvicorn", "psutil")


def diglot(*arguments: str, directory: Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty directory, with no settings but `variables`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIGLOT_")}
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=directory,
        env={**environment, "COLUMNS": "200", **variables},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["show", ID, "--read-url", NOWHERE],
            ExitCode.UNREACHABLE,
            "the read API doesn't answer at http://127.0.0.1:1",
        ),
        (["submit", "-", "--ingest-url", NOWHERE], ExitCode.UNREACHABLE, "ingest doesn't answer"),
        (["submit", "none.txt"], ExitCode.USAGE, "none.txt: No such file or directory"),
        (["follow", "no id"], ExitCode.USAGE, "is no article id"),
        (["keygen", "No-Slug"], ExitCode.USAGE, "is no slug"),
        (["submit", "a", "b", "--title", "T"], ExitCode.USAGE, "for a single article"),
    ],
)
def test_an_error_is_one_line_on_stderr_and_an_exit_code(
    tmp_path: Path, arguments: list[str], code: ExitCode, message: str
) -> None:
    ended = diglot(*arguments, directory=tmp_path, stdin="A title\nA text.")
    assert ended.returncode == code
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("diglot: ")
    assert message in line


def test_a_wrong_setting_names_its_variable_and_hides_its_value(tmp_path: Path) -> None:
    ended = diglot("list", directory=tmp_path, DIGLOT_LANES="secret-thing")
    assert ended.returncode == ExitCode.USAGE
    assert "DIGLOT_LANES" in ended.stderr
    assert "secret-thing" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_a_lane_that_can_not_run_is_said_before_anything_is_started(tmp_path: Path) -> None:
    ended = diglot("run", directory=tmp_path, DIGLOT_LANES="draft,model")
    assert ended.returncode == ExitCode.USAGE
    (line,) = ended.stderr.splitlines()
    assert "set DIGLOT_LANES=draft" in line
    assert ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_only_asks_a_server_needs_neither_broker_nor_database(tmp_path: Path) -> None:
    code = (
        "import sys, cli.main\n"
        f"sys.argv = ['diglot', 'show', {ID!r}, '--read-url', {NOWHERE!r}]\n"
        "try: cli.main.main()\n"
        f"except SystemExit as end: print(end.code, sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.stdout.strip() == "3 []"


@pytest.mark.parametrize(
    ("module", "arguments"), [("typer", ["run"]), ("cli.run.app", ["run"]), ("cli.client", ["list"])]
)
def test_an_interrupt_during_the_imports_ends_the_command_without_a_traceback(
    tmp_path: Path, module: str, arguments: list[str]
) -> None:
    code = (
        "import os, signal, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        f"sys.argv = ['diglot', *{arguments!r}]\n"
        "from cli.main import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (ExitCode.INTERRUPTED, "", "")


def test_help_names_every_exit_code(tmp_path: Path) -> None:
    shown = diglot("--help", directory=tmp_path).stdout
    for code, meaning in MEANINGS.items():
        assert re.search(rf"{code.value}: {re.escape(meaning[:20])}", shown)


def test_the_exit_codes_in_the_docs_are_those_of_the_program() -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", page, re.MULTILINE) == [str(code.value) for code in MEANINGS]


def test_doctor_fails_where_a_configured_server_does_not_answer(tmp_path: Path) -> None:
    nowhere = {"DIGLOT_KAFKA_BOOTSTRAP": "127.0.0.1:1", "DIGLOT_MONGODB_URI": "mongodb://127.0.0.1:1/"}
    ended = diglot("doctor", "--json", directory=tmp_path, **nowhere)
    checks = {check["name"]: check for check in json.loads(ended.stdout)}
    assert ended.returncode == ExitCode.FAILED
    assert checks["Python"]["state"] == "ok"
    assert checks["database"]["state"] == "fail"
    assert checks["broker"]["state"] == "fail"
    assert "DIGLOT_KAFKA_BOOTSTRAP" in checks["broker"]["advice"]


def test_config_lists_every_setting_as_json(tmp_path: Path) -> None:
    ended = diglot("config", "--json", directory=tmp_path, DIGLOT_READ_PORT="9000", DIGLOT_REDA_PORT="1")
    settings = {setting["variable"]: setting for setting in json.loads(ended.stdout)}
    assert settings["DIGLOT_READ_PORT"]["value"] == "9000"
    assert settings["DIGLOT_READ_PORT"]["origin"] == "environment"
    assert settings["DIGLOT_KAFKA_BOOTSTRAP"]["used_by"] == ["all"]
    assert "DIGLOT_REDA_PORT is set, but nothing reads it; did you mean DIGLOT_READ_PORT?" in ended.stderr
