"""Has a person edit a text until it is right."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from cli.exit_codes import CliError, ExitCode
from cli.terminal import clean
from shared.errors import DiglotError

T = TypeVar("T")


def edited(text: str, name: str, check: Callable[[str], T]) -> T:
    """Open $VISUAL or $EDITOR on `text` and return what `check` makes of the result.

    Where `check` raises a DiglotError, the person may go on editing. Raises CliError when nothing was changed, when the
    editor fails, and when the person gives up: then the file is kept, and the message says where.
    """
    directory = Path(tempfile.mkdtemp(prefix="diglot-"))  # readable by its owner only
    path = directory / name
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    keep = False
    try:
        while True:
            _edit(path)
            now = path.read_text(encoding="utf-8", errors="surrogateescape")
            if now == text:
                raise CliError("nothing was changed, so nothing was sent; without --edit it is sent as it is")
            try:
                return check(now)
            except DiglotError as error:
                if not _goes_on(str(error)):
                    keep = True
                    raise CliError(f"nothing was sent: {error}. Your text is in {path}", ExitCode.USAGE) from error
    finally:
        if not keep:
            shutil.rmtree(directory)


def _goes_on(problem: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"diglot: {clean(problem)}", file=sys.stderr)
    return typer.confirm("Edit it again?", default=True, err=True)


def _edit(path: Path) -> None:
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        ended = subprocess.run([*command, str(path)], check=False)
    except OSError as error:
        raise CliError(
            f"the editor {command[0]} can't be started: {error.strerror}; set EDITOR", ExitCode.USAGE
        ) from error
    if ended.returncode != 0:
        raise CliError(f"the editor {command[0]} ended with {ended.returncode}: nothing was sent")
