"""What the options of several commands have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated

import typer

from cli.interrupts import interruptible

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for programs instead of text for people.")]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where a local run keeps its data. Else DIGLOT_DATA_DIR, else .diglot."),
]


def examples(*commands: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(("**Examples**", *(f"`{command}`" for command in commands)))


def run_async(command: Coroutine[None, None, None]) -> None:
    """Run a command to its end; Ctrl-C lets it put things in order."""
    with interruptible():
        asyncio.run(command)
