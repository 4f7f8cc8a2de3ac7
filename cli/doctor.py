"""Checks of this machine and of the servers that it is set up to use; each says what to do."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import httpx

from cli.config import all_settings, check_lanes, settings_classes, unread
from cli.processes import SERVICES
from cli.run.ports import is_free
from cli.run.readiness import why_not_ready
from cli.run.state import RunState
from cli.settings import CliSettings, with_run
from shared.errors import ConfigError, DiglotError
from shared.settings import load_settings

State = Literal["ok", "warn", "fail"]
_GIB: Final = 1024**3
_LOW_DISK: Final = 2 * _GIB
_NO_DISK: Final = _GIB // 4
_HTTP_SECONDS: Final = 5.0
_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ;(.*?))? \\$", re.MULTILINE)
_ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check; `advice` says what to do where it isn't ok."""

    name: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at. `run` is the live run in the data directory, if there is one."""

    settings: CliSettings
    run: RunState | None
    environment: Mapping[str, str]

    @property
    def servers(self) -> CliSettings:
        """The settings with the servers of the live run in place of the defaults; what was set is stronger."""
        return with_run(self.settings, self.run)


async def examine(data_dir: Path | None, find_run: Callable[[Path], RunState | None]) -> list[Check]:
    """Make all checks, the ones that need nothing first."""
    checks = [check_python(sys.version_info[:3]), check_packages(_ROOT / "locks" / "dev.txt", installed_version)]
    try:
        settings = load_settings(CliSettings)
    except ConfigError as error:
        return [*checks, Check("settings", "fail", str(error), "correct them, then ask again")]
    directory = data_dir or settings.data_dir
    around = Surroundings(settings, find_run(directory), os.environ)
    checks += [check_settings(around), check_disk(directory), check_embedded(), check_ports(around)]
    servers = check_server(around, "broker", check_broker), check_server(around, "database", check_database)
    checks += await asyncio.gather(*servers)
    return checks if around.run is None else [*checks, await check_services(around.run)]


def check_python(version: Sequence[int]) -> Check:
    """3.11 is the oldest Python that this runs on."""
    text = ".".join(str(part) for part in version)
    if tuple(version[:2]) >= (3, 11):
        return Check("Python", "ok", text)
    return Check("Python", "fail", text, "install Python 3.11 or newer")


def installed_version(name: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def check_packages(lock: Path, installed: Callable[[str], str | None]) -> Check:
    """Compare what is installed with the lock; packages of other platforms may be missing."""
    try:
        wanted = _LOCKED.findall(lock.read_text(encoding="utf-8"))
    except OSError:
        return Check("packages", "ok", "no lock to compare with; this is not a checkout")
    # A package may be locked in several versions, each for some versions of Python or some platforms.
    versions: dict[str, list[str]] = {}
    for name, version, _ in wanted:
        versions.setdefault(name, []).append(version)
    elsewhere = {name for name, _, marker in wanted if marker}
    different = [
        f"{name} {found or 'missing'} instead of {' or '.join(locked)}"
        for name, locked in versions.items()
        if (found := installed(name)) not in locked and not (found is None and name in elsewhere)
    ]
    if not different:
        return Check("packages", "ok", f"{len(versions)} as locked")
    more = f" and {len(different) - 3} more" if len(different) > 3 else ""
    return Check(
        "packages", "warn", ", ".join(different[:3]) + more, "run `rm -f .venv/.installed && make test-fast` to install"
    )


def check_settings(around: Surroundings) -> Check:
    """Every process can read its settings, and nothing is misspelt."""
    try:
        known = all_settings(settings_classes())
        check_lanes(around.settings)
    except ConfigError as error:
        return Check("settings", "fail", str(error), "correct them, then ask again")
    except ModuleNotFoundError as error:
        return Check("settings", "warn", f"not all services are installed ({error.name})", "install diglot[local]")
    if problems := unread(known, around.environment):
        return Check("settings", "warn", ". ".join(problems), "see `diglot config` for the names")
    changed = sum(1 for setting in known if setting.origin != "default")
    return Check("settings", "ok", f"{len(known)}, of which {changed} are not the default")


def check_disk(directory: Path) -> Check:
    """Room for the embedded database and the logs."""
    existing = next(path for path in (directory.absolute(), *directory.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / _GIB:.1f} GiB free for {directory}"
    if not os.access(existing, os.W_OK):
        return Check("disk", "fail", f"{existing} can't be written", "choose another directory: DIGLOT_DATA_DIR")
    if free >= _LOW_DISK:
        return Check("disk", "ok", found)
    return Check("disk", "fail" if free < _NO_DISK else "warn", found, "make room, or set DIGLOT_DATA_DIR elsewhere")


def check_embedded() -> Check:
    """The servers that `diglot run` starts are installed."""
    from cli.embedded import EmbeddedBroker, EmbeddedDatabase

    try:
        return Check("embedded", "ok", f"{EmbeddedBroker.version()}, {EmbeddedDatabase.version()}")
    except importlib.metadata.PackageNotFoundError as error:
        return Check("embedded", "warn", f"{error.name} is not installed", "`diglot run` needs diglot[local]")


def check_ports(around: Surroundings) -> Check:
    """The ports that a run would take first."""
    if around.run is not None:
        return Check("ports", "ok", f"in use by the run: {around.run.ingest_url}, {around.run.read_url}")
    taken = []
    for service in SERVICES:
        settings = settings_classes()[service.name]
        port = getattr(load_settings(settings), service.port)
        if not is_free(around.settings.host, port):
            taken.append(f"{port} ({service.name})")
    if not taken:
        return Check("ports", "ok", "all default ports are free")
    return Check("ports", "warn", f"taken: {', '.join(taken)}", "`diglot run` takes the next free ones by itself")


async def check_broker(settings: CliSettings) -> Check:
    """The broker answers and has the topics that this version declares."""
    from shared.stream.inspection import inspect_topics

    report = await inspect_topics(settings)
    if report.wrong:
        return Check(
            "broker",
            "fail",
            "; ".join(report.wrong),
            "drain the topic, delete it, run `python -m shared.stream.topics_main`",
        )
    if report.missing:
        found = f"{settings.kafka_bootstrap} lacks {', '.join(report.missing)}"
        return Check("broker", "fail", found, "run `python -m shared.stream.topics_main`")
    return Check("broker", "ok", f"{settings.kafka_bootstrap} has all {report.right} topics")


async def check_database(settings: CliSettings) -> Check:
    """The database answers, writes and reads."""
    from shared.store.probe import probe

    version = await probe(settings)
    return Check("database", "ok", f"version {version} writes and reads")


async def check_services(run: RunState) -> Check:
    """Every service of the run can work."""
    async with httpx.AsyncClient(trust_env=False, timeout=_HTTP_SECONDS) as http:
        found = await asyncio.gather(*(why_not_ready(http, f"{address}/readyz") for address in run.services.values()))
    reasons = [f"{name}: {reason}" for name, reason in zip(run.services, found, strict=True) if reason is not None]
    if not reasons:
        return Check("services", "ok", f"ready: {', '.join(run.services)}")
    return Check("services", "fail", ". ".join(reasons), "see the log of the run, log/diglot.log in its data directory")


async def check_server(around: Surroundings, name: str, check: Callable[[CliSettings], Awaitable[Check]]) -> Check:
    """Make a check of a server; where no server is configured and none runs, that is no failure."""
    field = {"broker": "kafka_bootstrap", "database": "mongodb_uri"}[name]
    try:
        return await check(around.servers)
    except ModuleNotFoundError as error:
        return Check(name, "warn", f"can't be checked without {error.name}", "install diglot[local]")
    except DiglotError as error:
        if around.run is None and field not in around.settings.model_fields_set:
            advice = f"start `diglot run`, which brings one, or set DIGLOT_{field.upper()}"
            return Check(name, "warn", "none is configured and none answers at the default address", advice)
        return Check(name, "fail", str(error), f"start it, or correct DIGLOT_{field.upper()}")
