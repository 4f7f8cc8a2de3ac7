"""All settings of all processes: what each is, where its value comes from, and who reads it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, TypeAdapter

from cli.processes import SERVICES
from cli.settings import KEY_VARIABLE, CliSettings
from shared.errors import ConfigError
from shared.settings import CONFIG_VARIABLE, ENV_PREFIX, CommonSettings, load_settings

Origin = Literal["environment", "file", "default"]
_MASK: Final = "********"
_NOT_SETTINGS: Final = frozenset({CONFIG_VARIABLE, KEY_VARIABLE})


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `value` is as it would be written in the environment, secrets masked."""

    variable: str
    value: str
    default: str
    origin: Origin
    used_by: tuple[str, ...]
    description: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def settings_classes() -> dict[str, type[CommonSettings]]:
    """The settings class of each process that is installed, by the process's name; `cli` is this command."""
    found: dict[str, type[CommonSettings]] = {}
    for service in SERVICES:
        module, _, name = service.settings.partition(":")
        found[service.name] = getattr(import_module(module), name)
    found["cli"] = CliSettings
    return found


def all_settings(classes: Mapping[str, type[CommonSettings]]) -> list[Setting]:
    """List every setting once, common ones first. Raises ConfigError when one of them is wrong."""
    common = CommonSettings.model_fields
    own = _keys_of_file()
    rows: dict[str, Setting] = {}
    for process, settings_type in classes.items():
        loaded = load_settings(settings_type)
        for name, field in type(loaded).model_fields.items():
            if name in rows:
                if name not in common:
                    rows[name] = replace(rows[name], used_by=(*rows[name].used_by, process))
                continue
            variable = ENV_PREFIX + name.upper()
            rows[name] = Setting(
                variable=variable,
                value=show(getattr(loaded, name)),
                default=show(field.get_default(call_default_factory=True)),
                origin="environment" if os.environ.get(variable) else "file" if name in own else "default",
                used_by=("all",) if name in common else (process,),
                description=field.description or "",
            )
    return sorted(rows.values(), key=lambda row: (row.used_by != ("all",), row.used_by))


def unknown_variables(known: Sequence[Setting], environment: Mapping[str, str]) -> list[str]:
    """The `DIGLOT_*` variables that nothing reads: most likely misspelt."""
    names = {setting.variable for setting in known} | _NOT_SETTINGS
    return sorted(name for name in environment if name.startswith(ENV_PREFIX) and name not in names)


def unread(known: Sequence[Setting], environment: Mapping[str, str]) -> list[str]:
    """A sentence for each `DIGLOT_*` variable that nothing reads, with the known one that it resembles."""
    names = [setting.variable for setting in known]
    sentences = []
    for variable in unknown_variables(known, environment):
        close = get_close_matches(variable, names, n=1)
        advice = f"did you mean {close[0]}?" if close else "`diglot config` lists what is read"
        sentences.append(f"{variable} is set, but nothing reads it; {advice}")
    return sentences


def check_lanes(settings: CommonSettings) -> None:
    """Raise ConfigError when a lane is asked for that no service could run, as each would say only once it starts."""
    if "model" in settings.lanes:
        raise ConfigError(
            "DIGLOT_LANES: this version has no engine for the model lane; set DIGLOT_LANES=draft, or leave it out"
        )


def show(value: object) -> str:
    """Write a value for people, without its secrets."""
    if isinstance(value, SecretStr):
        return _without_password(value.get_secret_value())
    if isinstance(value, str | Path):
        return str(value)
    if isinstance(value, tuple):
        return ",".join(show(part) for part in value)
    return TypeAdapter(object).dump_json(value).decode()


def _without_password(secret: str) -> str:
    """Mask a secret; of a connection string only who logs in and how is masked, because the host is what people ask."""
    parts = urlsplit(secret)
    if not parts.scheme or not parts.netloc:
        return _MASK
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{_MASK + '@' if '@' in parts.netloc else ''}{host}{parts.path}"


def _keys_of_file() -> frozenset[str]:
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        return frozenset()
    try:
        return frozenset(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{CONFIG_VARIABLE}: {path} can't be read: {error}") from error
