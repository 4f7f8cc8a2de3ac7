"""What a run leaves in its data directory for others: a lock, its addresses, and whom to stop if it was killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from cli.exit_codes import CliError

_LOCK: Final = "run.lock"
_STATE: Final = "run.json"


class RunningProcess(BaseModel):
    """A process of a run. `created` (seconds since the epoch) tells it from a later one with the same id."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    created: float


class RunState(BaseModel):
    """Where a run is to be found. Servers that it did not start itself, or not yet, are None.

    `services`: the address of each service by its name.
    """

    model_config = ConfigDict(frozen=True)

    ingest_url: str
    read_url: str
    kafka_bootstrap: str | None = None
    kafka_embedded: bool = False
    mongodb_uri: str | None = None
    services: Mapping[str, str] = {}
    processes: tuple[RunningProcess, ...] = ()

    def write(self, data_dir: Path) -> None:
        """Replace the state in `data_dir`; readable by its owner only."""
        new = data_dir / f"{_STATE}.new"
        new.write_text(self.model_dump_json(indent=2) + "\n")
        new.chmod(0o600)
        new.replace(data_dir / _STATE)


def read_state(data_dir: Path) -> RunState | None:
    """The state that a run wrote in `data_dir`, whether or not it still runs."""
    try:
        return RunState.model_validate_json((data_dir / _STATE).read_bytes())
    except (OSError, ValidationError):
        return None


def forget_state(data_dir: Path) -> None:
    """Remove the state: the run is over."""
    (data_dir / _STATE).unlink(missing_ok=True)


def live_state(data_dir: Path) -> RunState | None:
    """The state of the run that uses `data_dir` now, or None."""
    return read_state(data_dir) if _is_locked(data_dir) else None


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Keep every other run out of `data_dir` while the block runs.

    The kernel holds the lock, so a run that is killed leaves none. Raises CliError when another run has it.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CliError(
            f"can't use the data directory {data_dir}: {error.strerror}; choose another with --data-dir"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(handle, 32, 0).decode(errors="replace").strip() or "unknown"
            raise CliError(
                f"another `diglot run` (process {pid}) uses {data_dir}; stop it, or choose another --data-dir"
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _is_locked(data_dir: Path) -> bool:
    try:
        handle = os.open(data_dir / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
