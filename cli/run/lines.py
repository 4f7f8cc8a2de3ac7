"""Lines of many processes, made into one readable log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from rich.text import Text

from cli.terminal import clean

Level = Literal["debug", "info", "warning", "error", "critical"]
_LEVELS: Final[Mapping[str, Level]] = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "critical": "critical",
}
_STYLES: Final[Mapping[Level, str]] = {
    "debug": "dim",
    "info": "",
    "warning": "yellow",
    "error": "bold red",
    "critical": "bold red",
}
_COLOURS: Final = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")
# The Kafka client tells of each attempt to connect, ten a second while the broker is away; the services say it once.
_CHATTER: Final = frozenset({"kafka"})
# Known from the column at the left, or of no use to a reader.
_LEFT_OUT: Final = frozenset({"event", "level", "timestamp", "service", "logger", "exception", "stack"})


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a process. `trace` follows it on lines of its own; `chatter` is not worth a look on the screen."""

    at: datetime
    message: str
    level: Level = "info"
    details: Mapping[str, str] = field(default_factory=dict)
    trace: tuple[str, ...] = ()
    chatter: bool = False

    @property
    def sentence(self) -> str:
        """The message with its details, as one line."""
        return "  ".join((self.message, *(f"{key}={value}" for key, value in self.details.items())))


def parse(text: str, now: datetime) -> Line:
    """Read one line that a process wrote: a JSON log event, or anything else as it is.

    `now`: the moment it was read, with a time zone; used where the line has no time of its own.
    """
    event = _json_object(text)
    if event is None or not isinstance(event.get("event"), str):
        return Line(now, clean(Text.from_ansi(text).plain))
    trace = "\n".join(str(event[key]) for key in ("exception", "stack") if event.get(key))
    return Line(
        at=_moment(event.get("timestamp"), now),
        message=clean(str(event["event"])),
        level=_LEVELS.get(str(event.get("level")), "info"),
        details={clean(key): clean(_value(value)) for key, value in event.items() if key not in _LEFT_OUT},
        trace=tuple(clean(part) for part in trace.splitlines()),
        chatter=str(event.get("logger", "")).partition(".")[0] in _CHATTER,
    )


def render(line: Line, name: str, width: int, colour: str = "", left_out: frozenset[str] = frozenset()) -> Text:
    """Return the line for people: time, the process's name in `width` columns, then what it says.

    `left_out`: details that are not written.
    """
    head = Text.assemble((f"{line.at:%H:%M:%S} ", "dim"), (f"{name:<{width}} ", colour), ("| ", "dim"))
    text = head.copy()
    if line.level in ("warning", "error", "critical"):
        text.append(f"{line.level.upper()} ", "bold " + _STYLES[line.level].removeprefix("bold "))
    text.append(line.message, _STYLES[line.level])
    for key, value in ((key, value) for key, value in line.details.items() if key not in left_out):
        text.append(f"  {key}=", "dim").append(value)
    for part in line.trace:
        text.append("\n").append_text(head).append(f"  {part}", "dim")
    return text


def colours(names: tuple[str, ...]) -> dict[str, str]:
    """Give each process a colour of its own, as far as there are enough."""
    return {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(names)}


def _json_object(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _moment(value: object, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return now
    return moment.astimezone(now.tzinfo) if moment.tzinfo else now


def _value(value: object) -> str:
    if isinstance(value, str):
        return value if value and not any(c.isspace() for c in value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)
