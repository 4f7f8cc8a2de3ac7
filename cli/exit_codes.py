"""The exit codes of every `diglot` command, and the error that carries one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from shared.errors import DiglotError


class ExitCode(IntEnum):
    """What a script may rely on; a meaning never changes, a new one gets a new number."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_FOUND = 4
    REJECTED = 5
    INTERRUPTED = 130


MEANINGS: Final[Mapping[ExitCode, str]] = MappingProxyType(
    {
        ExitCode.OK: "done",
        ExitCode.FAILED: "it was tried and failed (a stage failed, a check failed, a process kept dying)",
        ExitCode.USAGE: "an option, a setting or a file is wrong; nothing was sent",
        ExitCode.UNREACHABLE: "a server doesn't answer, or stayed overloaded",
        ExitCode.NOT_FOUND: "there is no such article, dead letter or term, or the article was retracted",
        ExitCode.REJECTED: "the server refused what was sent (key, format, size, language)",
        ExitCode.INTERRUPTED: "stopped by Ctrl-C before it was done",
    }
)


class CliError(DiglotError):
    """Ends the command with one line on stderr, that says what to do, and an exit code."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


def table() -> str:
    """The exit codes as text for `--help`: a Markdown list."""
    return "\n".join(f"- {code.value}: {meaning}" for code, meaning in MEANINGS.items())
