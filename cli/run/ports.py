"""Which port each process gets: the default, the next free one, or exactly the one that was asked for."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cli.exit_codes import CliError, ExitCode

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class PortWish:
    """The port that a process would like. `asked_by` names the option or variable of someone who insists on it."""

    process: str
    port: int
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class PortChoice:
    """The port that a process gets; `instead_of` is its default where that one was taken. `asked`: it can't change."""

    process: str
    port: int
    instead_of: int | None = None
    asked: bool = False


def choose_ports(wishes: Sequence[PortWish], is_free: Callable[[int], bool]) -> tuple[PortChoice, ...]:
    """Choose a different port for each process, in the order of `wishes`.

    Raises CliError when a port that was asked for is taken, or asked for twice.
    """
    asked: dict[int, PortWish] = {}
    for wish in (w for w in wishes if w.asked_by is not None):
        if wish.port in asked:
            raise CliError(
                f"{asked[wish.port].asked_by} and {wish.asked_by} both ask for port {wish.port}; change one",
                ExitCode.USAGE,
            )
        if not is_free(wish.port):
            raise CliError(
                f"port {wish.port} ({wish.asked_by}) is taken; stop what listens there "
                f"(`lsof -i :{wish.port}` names it), choose another, or leave the choice to `diglot run`",
                ExitCode.USAGE,
            )
        asked[wish.port] = wish
    used = set(asked)
    choices = []
    for wish in wishes:
        asked_for = wish.asked_by is not None
        port = wish.port if asked_for else _next_free(wish, used, is_free)
        used.add(port)
        choices.append(PortChoice(wish.process, port, None if port == wish.port else wish.port, asked_for))
    return tuple(choices)


def choose_again(
    process: str, choices: Sequence[PortChoice], is_free: Callable[[int], bool]
) -> tuple[PortChoice, ...] | None:
    """Give `process` another port when its own was taken before it could listen there; the others keep theirs.

    None when that can't have been: its port is free, or one that was asked for.
    """
    lost = next(choice for choice in choices if choice.process == process)
    if lost.asked or is_free(lost.port):
        return None
    port = _next_free(PortWish(process, lost.port), {choice.port for choice in choices}, is_free)
    return tuple(replace(choice, port=port, instead_of=lost.port) if choice is lost else choice for choice in choices)


def _next_free(wish: PortWish, used: set[int], is_free: Callable[[int], bool]) -> int:
    for port in range(wish.port, _LAST_PORT + 1):
        if port not in used and is_free(port):
            return port
    raise CliError(f"no port from {wish.port} on is free for {wish.process}")


def is_free(host: str, port: int) -> bool:
    """True when a server could listen on `port` of `host` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the services do: connections of a former server that time out don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
