"""Where the command line finds the servers and keeps its data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from cli.exit_codes import CliError, ExitCode
from cli.run.state import RunState, live_state, read_state
from shared.settings import CommonSettings, SettingsT, load_settings

KEY_VARIABLE: Final = "DIGLOT_API_KEY"
"""Holds the API key; an option would show it to every user of the machine, and a file is easily committed."""


Server = Literal["ingest", "read"]


class CliSettings(CommonSettings):
    """Settings of the `diglot` command itself; its options are stronger."""

    ingest_url: str = Field(
        default="http://127.0.0.1:8001",
        pattern=r"^https?://",
        description="Where articles are posted. Default: a `diglot run` in the data directory, else this machine.",
    )
    read_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://",
        description="Where documents are read. Default: a `diglot run` in the data directory, else this machine.",
    )
    data_dir: Path = Field(
        default=Path(".diglot"),
        description="What `diglot run` keeps: database, log, lock. In the current directory, so that each checkout "
        "has its own.",
    )
    model_dir: Path = Field(
        default_factory=lambda: Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diglot" / "models",
        description="Where `diglot model pull` puts weights. Default: in the user's cache, so that all checkouts share "
        "them.",
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """The servers to talk to, without a slash at the end."""

    ingest: str
    read: str


def find_addresses(
    settings: CliSettings,
    run: RunState | None,
    ingest: str | None,
    read: str | None,
    *,
    needs: Sequence[Server] = ("ingest", "read"),
    missing: str | None = None,
) -> Addresses:
    """Choose each address: the option, else the setting, else the live run's, else the default.

    `missing` says why the run that was meant is not there: then no server is guessed, because it would be a
    stranger's. Raises CliError for that, where an address of `needs` has to be guessed, and for what is no address.
    """
    options: dict[Server, str | None] = {"ingest": ingest, "read": read}
    found: dict[Server, str] = {}
    for server, option in options.items():
        field = f"{server}_url"
        address = option
        if address is None and run is not None and field not in settings.model_fields_set:
            address = run.ingest_url if server == "ingest" else run.read_url
        if address is None:
            if missing is not None and server in needs and field not in settings.model_fields_set:
                raise CliError(
                    f"{missing}; start it with `diglot run`, or say where to ask: --{server}-url", ExitCode.UNREACHABLE
                )
            address = str(getattr(settings, field))
        _check(address, f"--{server}-url" if option is not None else f"DIGLOT_{server.upper()}_URL")
        found[server] = address.rstrip("/")
    return Addresses(found["ingest"], found["read"])


def load_addresses(ingest: str | None, read: str | None, data_dir: Path | None, needs: Sequence[Server]) -> Addresses:
    """Find the servers from options, settings and a run on this machine. Raises ConfigError and CliError."""
    settings = load_settings(CliSettings)
    directory = data_dir or settings.data_dir
    run = live_state(directory)
    missing = None
    if run is None and read_state(directory) is not None:
        missing = f"the run in {directory} is no more: it was killed"
    elif run is None and (data_dir is not None or "data_dir" in settings.model_fields_set):
        missing = f"no run uses {directory}"
    return find_addresses(settings, run, ingest, read, needs=needs, missing=missing)


def with_run(settings: SettingsT, run: RunState | None) -> SettingsT:
    """Put the broker and the database of a live run in place of the defaults; what was set is stronger."""
    if run is None:
        return settings
    chosen = settings.model_fields_set
    update: dict[str, object] = {}
    if run.kafka_bootstrap is not None and "kafka_bootstrap" not in chosen:
        update = {"kafka_bootstrap": run.kafka_bootstrap, "kafka_embedded": run.kafka_embedded}
    if run.mongodb_uri is not None and "mongodb_uri" not in chosen:
        update["mongodb_uri"] = SecretStr(run.mongodb_uri)
    return settings.model_copy(update=update)


def _check(address: str, origin: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that isn't closed
        usable = False
    if not usable:
        raise CliError(f"{origin}: {address!r} is no address, as http://127.0.0.1:8000 is", ExitCode.USAGE)
