"""Where the command line finds the servers and keeps its data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field

from cli.run.state import RunState, live_state
from shared.settings import CommonSettings, load_settings

KEY_VARIABLE: Final = "DIGLOT_API_KEY"
"""Holds the API key; an option would show it to every user of the machine, and a file is easily committed."""


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


@dataclass(frozen=True, slots=True)
class Addresses:
    """The servers to talk to, without a slash at the end."""

    ingest: str
    read: str


def find_addresses(settings: CliSettings, run: RunState | None, ingest: str | None, read: str | None) -> Addresses:
    """Choose each address: the option, else the setting, else the live run's, else the default."""
    chosen = settings.model_fields_set
    if ingest is None:
        ingest = settings.ingest_url if run is None or "ingest_url" in chosen else run.ingest_url
    if read is None:
        read = settings.read_url if run is None or "read_url" in chosen else run.read_url
    return Addresses(ingest.rstrip("/"), read.rstrip("/"))


def load_addresses(ingest: str | None, read: str | None, data_dir: Path | None = None) -> Addresses:
    """Find the servers from options, settings and a run on this machine. Raises ConfigError."""
    settings = load_settings(CliSettings)
    return find_addresses(settings, live_state(data_dir or settings.data_dir), ingest, read)
