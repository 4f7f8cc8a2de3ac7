"""What a run starts: ports, environments and commands, from settings and options. No I/O."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.processes import SERVICES, Service
from cli.run.child import ProcessSpec
from cli.run.ports import PortChoice, PortWish
from shared.errors import ConfigError
from shared.settings import CommonSettings

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SAMPLE_SOURCE = '{"samples": {"name": "Sample articles"}}'
_SLOT_LENGTH = 64 - len(f"-{len(SERVICES)}")  # a number follows
_HOST_LENGTH = 48
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 -- compared with, not bound


@dataclass(frozen=True, slots=True)
class Servers:
    """The broker and the database of a run. A None in `mongodb_uri` leaves the setting as it is."""

    kafka_bootstrap: str
    kafka_embedded: bool
    mongodb_uri: str | None


def port_wishes(settings: Mapping[str, CommonSettings], options: Mapping[str, int | None]) -> tuple[PortWish, ...]:
    """The port that each service would like: its option, else its setting, else its default.

    `settings` and `options` are by the service's name.
    """
    wishes = []
    for service in SERVICES:
        loaded, option = settings[service.name], options.get(service.name)
        port = option if option is not None else int(getattr(loaded, service.port))
        asked_by = None
        if option is not None:
            asked_by = service.port_option
        elif service.port in loaded.model_fields_set:
            asked_by = service.port_variable
        wishes.append(PortWish(service.name, port, asked_by))
    return tuple(wishes)


def run_defaults(chosen: CommonSettings) -> dict[str, str]:
    """Settings that are different under `diglot run`, unless the person chose them.

    Ingest is open only while nobody but this machine can reach it. The source of the samples has a name.
    """
    wanted = {"local": "true", "ready_after": "0", "sources": _SAMPLE_SOURCE}
    if chosen.host not in _LOOPBACK:
        del wanted["local"]
    return {f"DIGLOT_{name.upper()}": value for name, value in wanted.items() if name not in chosen.model_fields_set}


def slot_of_run(chosen: CommonSettings, data_dir: Path) -> str:
    """What the slots of a run's processes begin with: the slot that was chosen, else one of this data directory.

    A data directory has one run at a time, and the same one after a restart; a machine may have several, on one broker.
    Raises ConfigError when the slot that was chosen leaves no room for the number of a process.
    """
    if "slot" in chosen.model_fields_set:
        if len(chosen.slot) > _SLOT_LENGTH:
            raise ConfigError(
                f"DIGLOT_SLOT: {len(chosen.slot)} characters are too many for `diglot run`, which appends a number "
                f"for each process: at most {_SLOT_LENGTH}"
            )
        return chosen.slot
    place = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:6]
    return f"{chosen.slot[:_HOST_LENGTH]}-{place}"


def process_specs(
    environment: Mapping[str, str], chosen: CommonSettings, servers: Servers, ports: Sequence[PortChoice], slot: str
) -> tuple[ProcessSpec, ...]:
    """The processes of a run in the order in which they are stopped; `environment` is the one to build on.

    Their slots are `slot` and a number each, the same whenever one of them is started again.
    """
    port_of = {choice.process: choice.port for choice in ports}
    shared = {
        **environment,
        **run_defaults(chosen),
        "PYTHONUNBUFFERED": "1",
        "DIGLOT_LOG_FORMAT": "json",
        "DIGLOT_KAFKA_BOOTSTRAP": servers.kafka_bootstrap,
        "DIGLOT_KAFKA_EMBEDDED": str(servers.kafka_embedded).lower(),
        **{service.port_variable: str(port_of[service.name]) for service in SERVICES},
    }
    shared.setdefault("DIGLOT_READ_URL", url(chosen.host, port_of["reader"]))
    if servers.mongodb_uri is not None:
        shared["DIGLOT_MONGODB_URI"] = servers.mongodb_uri
    return tuple(
        _spec(service, {**shared, "DIGLOT_SLOT": f"{slot}-{number}"}, chosen.host, port_of[service.name], servers)
        for number, service in enumerate(SERVICES, start=1)
    )


def _spec(service: Service, environment: Mapping[str, str], host: str, port: int, servers: Servers) -> ProcessSpec:
    base = url(host, port)
    return ProcessSpec(
        name=service.name,
        command=(sys.executable, "-m", service.module),
        environment=environment,
        ready_url=f"{base}/readyz",
        # A real broker keeps what is queued; the embedded one would lose it.
        metrics_url=f"{base}/metrics" if service.stage and servers.kafka_embedded else None,
    )


def url(host: str, port: int) -> str:
    """The address of a server on this machine, for clients on this machine."""
    name = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
