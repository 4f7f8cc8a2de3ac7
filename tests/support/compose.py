"""docker-compose.yml and the Dockerfile as the tests read them: merged, interpolated, typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

ROOT: Final = Path(__file__).parents[2]
COMPOSE_FILE: Final = ROOT / "docker-compose.yml"
DOCKERFILE: Final = ROOT / "Dockerfile"
# The forms that the file uses: ${NAME}, ${NAME:-default}.
_VARIABLE: Final = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*))?\}")


class Build(BaseModel):
    model_config = ConfigDict(frozen=True)

    context: str
    args: dict[str, str]


class Dependency(BaseModel):
    model_config = ConfigDict(frozen=True)

    condition: str


class Network(BaseModel):
    model_config = ConfigDict(frozen=True)

    internal: bool = False


class Service(BaseModel):
    """The parts of a Compose service that the tests look at."""

    model_config = ConfigDict(frozen=True)

    build: Build | None = None
    image: str | None = None
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    ports: tuple[str, ...] = ()
    networks: tuple[str, ...]
    depends_on: dict[str, Dependency] = {}
    healthcheck: dict[str, object] | None = None
    container_name: str | None = None
    hostname: str | None = None
    restart: str
    user: str | None = None
    read_only: bool = False
    privileged: bool = False
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The Python module that a service of ours runs: the image's entry point is `python -m`."""
        (name,) = self.command
        return name

    @property
    def one_shot(self) -> bool:
        return self.restart.startswith("on-failure")


class Compose(BaseModel):
    model_config = ConfigDict(frozen=True)

    services: dict[str, Service]
    networks: dict[str, Network]

    @property
    def ours(self) -> dict[str, Service]:
        """The services that are built from this repository."""
        return {name: service for name, service in self.services.items() if service.build is not None}


def load_compose(environment: Mapping[str, str] | None = None) -> Compose:
    """The file as `docker compose` would run it with these variables set.

    Raises KeyError for a variable that has neither a value nor a default.
    """
    return Compose.model_validate(_interpolate(yaml.safe_load(COMPOSE_FILE.read_text()), environment or {}))


def _interpolate(node: object, environment: Mapping[str, str]) -> object:
    if isinstance(node, dict):
        return {key: _interpolate(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_interpolate(value, environment) for value in node]
    if isinstance(node, str):
        return _VARIABLE.sub(lambda match: _value(match, environment), node)
    return node


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str:
    default: str | None = match["default"]
    return environment[match["name"]] if default is None else environment.get(match["name"]) or default


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile, its continuation lines joined."""

    name: str
    value: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.value)


def load_dockerfile(service: str) -> list[list[Instruction]]:
    """The stages of the Dockerfile with SERVICE put in; what comes before the first FROM is left out."""
    text = DOCKERFILE.read_text().replace("${SERVICE}", service).replace("\\\n", " ")
    stages: list[list[Instruction]] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, value = line.split(maxsplit=1)
        if name == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(Instruction(name, value.strip()))
    return stages
