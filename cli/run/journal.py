"""The one log of a run: on the terminal, and whole in a file."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console

from cli.run.lines import Level, Line, colours, parse, render

OWN_NAME: Final = "diglot"
_FILE_BYTES: Final = 20 * 1024 * 1024
_OLD_FILES: Final = 3
_TAIL_LINES: Final = 5
# What joins the logs of several processes is for searching, not for reading along.
_FILE_ONLY: Final = frozenset({"traceparent"})


class RunConsole(Console):
    """A console whose reader may go away: rich would end the whole program then."""

    def on_broken_pipe(self) -> None:
        """Leave it to the journal, which stops writing to it."""
        raise BrokenPipeError


class Journal:
    """Takes what the processes write and what the supervisor has to say; to be used as a context manager.

    The terminal is spared chatter and trace ids, the file has all.
    The file is `<directory>/diglot.log`; past 20 MB it is rotated, and three old ones are kept.
    """

    def __init__(self, console: Console, directory: Path, names: tuple[str, ...]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "diglot.log"
        self._console = console
        self._terminal_gone = False
        self._file = RotatingFileHandler(
            self.path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", errors="backslashreplace"
        )
        self._colours = {OWN_NAME: "bold", **colours(names)}
        self._width = max(len(name) for name in self._colours)
        self._tails = {name: deque[str](maxlen=_TAIL_LINES) for name in names}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def take(self, name: str, text: str) -> None:
        """Log one line that the process `name` wrote."""
        line = parse(text, datetime.now().astimezone())
        self._tails[name].append(line.sentence)
        self._write(name, line)

    def say(self, message: str, level: Level = "info") -> None:
        """Log what the supervisor did, sees or waits for."""
        self._write(OWN_NAME, Line(datetime.now().astimezone(), message, level))

    def tail(self, name: str) -> tuple[str, ...]:
        """The last lines of a process, oldest first."""
        return tuple(self._tails[name])

    def _write(self, name: str, line: Line) -> None:
        whole = render(line, name, self._width).plain
        self._file.emit(logging.makeLogRecord({"msg": whole}))
        if self._terminal_gone or line.chatter:
            return
        text = render(line, name, self._width, self._colours[name], _FILE_ONLY)
        try:
            # The terminal wraps long lines itself; a pipe gets each line whole.
            self._console.print(text, soft_wrap=True, highlight=False)
        except OSError:
            # The terminal was closed, or `| head` has enough: the work goes on, the file has the rest.
            self._terminal_gone = True
            self._console.quiet = True
