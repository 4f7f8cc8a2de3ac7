"""Lists for people: cards, settings, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.text import Text

from cli.config import Setting
from cli.doctor import Check, State
from cli.terminal import clean
from shared.model import Card, format_instant

_SIGNS: Final[Mapping[State, tuple[str, str]]] = {
    "ok": ("ok  ", "green"),
    "warn": ("warn", "yellow"),
    "fail": ("fail", "bold red"),
}


def card_list(cards: Sequence[Card]) -> Text:
    """Each article on a line: its id, when it was changed, its title in every language that it has, its source."""
    text = Text()
    for card in cards:
        titles = [title for title in (card.title.en, card.title.zh) if title]
        text.append(card.id, "cyan").append(f"  {format_instant(card.updated_at)[:16].replace('T', ' ')}  ", "dim")
        text.append(clean(" / ".join(titles)), "bold").append(f"  {clean(card.source.name)}\n", "dim")
    text.rstrip()
    return text


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
