"""Settings and checks for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.text import Text

from cli.config import Setting
from cli.doctor import Check, State
from cli.terminal import clean

_SIGNS: Final[Mapping[State, tuple[str, str]]] = {
    "ok": ("ok  ", "green"),
    "warn": ("warn", "yellow"),
    "fail": ("fail", "bold red"),
}


def settings_list(settings: Sequence[Setting]) -> Text:
    """Each setting: its line as in the environment, who reads it, where the value comes from, what it is for."""
    text = Text()
    for setting in settings:
        text.append(setting.variable, "bold").append(f"={clean(setting.value)}")
        text.append(f"  ({setting.origin}; read by {', '.join(setting.used_by)})\n", "dim")
        if setting.origin != "default":
            text.append(f"    default: {clean(setting.default)}\n", "dim")
        text.append(f"    {setting.description}\n")
    text.rstrip()
    return text


def check_list(checks: Sequence[Check]) -> Text:
    """Each check on a line; where it isn't ok, what to do on the next."""
    width = max(len(check.name) for check in checks)
    text = Text()
    for check in checks:
        sign, style = _SIGNS[check.state]
        text.append(sign, style).append(f"  {check.name:<{width}}  ", "bold").append(f"{clean(check.found)}\n")
        if check.state != "ok":
            text.append(f"{'':<{width + 8}}→ {check.advice}\n")
    text.rstrip()
    return text
