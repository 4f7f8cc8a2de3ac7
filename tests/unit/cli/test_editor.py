"""Having a text edited, by editors that are small scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.editor import edited
from cli.exit_codes import CliError, ExitCode
from shared.errors import Poison


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that texts are edited in."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("VISUAL", raising=False)
    return tmp_path


def accept(text: str) -> str:
    return text


def refuse(_text: str) -> str:
    raise Poison("the title is missing")


def test_what_the_editor_leaves_is_returned_and_no_file_stays(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/old/new/")
    assert edited("old \udcff 中", "x.json", accept) == "new \udcff 中"
    assert list(scratch.iterdir()) == []


def test_visual_is_asked_before_editor(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "sed -i s/a/b/")
    assert edited("a", "x.json", accept) == "b"


@pytest.mark.parametrize(
    ("editor", "message"),
    [("true", "nothing was changed"), ("false", "ended with 1"), ("/no/such/editor", "can't be started")],
)
def test_without_a_change_nothing_goes_on(
    scratch: Path, monkeypatch: pytest.MonkeyPatch, editor: str, message: str
) -> None:
    monkeypatch.setenv("EDITOR", editor)
    with pytest.raises(CliError, match=message):
        edited("a", "x.json", accept)
    assert list(scratch.iterdir()) == []


def test_a_wrong_text_is_kept_and_the_message_says_where(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "sed -i s/a/b/")
    with pytest.raises(CliError, match=re.escape("the title is missing. Your text is in ")) as caught:
        edited("a", "x.json", refuse)
    assert caught.value.code == ExitCode.USAGE
    (file,) = scratch.glob("*/x.json")
    assert str(file) in str(caught.value)
    assert file.read_text() == "b"
