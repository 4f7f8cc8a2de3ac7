"""Processes that a killed run left behind."""

from __future__ import annotations

from collections.abc import Iterable

import psutil

from cli.run.state import RunningProcess, RunState

_SAME_SECONDS = 1.0
_STOP_SECONDS = 5.0


def describe_processes(pids: Iterable[tuple[str, int | None]]) -> tuple[RunningProcess, ...]:
    """Note what tells these processes (name, id) from others later; those that are gone are left out."""
    found = []
    for name, pid in pids:
        if pid is None:
            continue
        try:
            found.append(RunningProcess(name=name, pid=pid, created=psutil.Process(pid).create_time()))
        except psutil.NoSuchProcess:
            continue
    return tuple(found)


def end_leftovers(state: RunState) -> tuple[str, ...]:
    """End what still runs of a run that is over, and return the names. Blocks for at most some seconds."""
    left = [(process.name, found) for process in state.processes if (found := _find(process)) is not None]
    for _, process in left:
        process.terminate()
    _, alive = psutil.wait_procs([process for _, process in left], timeout=_STOP_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=_STOP_SECONDS)
    return tuple(name for name, _ in left)


def _find(process: RunningProcess) -> psutil.Process | None:
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.created) < _SAME_SECONDS
        return found if same and found.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None
