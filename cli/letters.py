"""Dead letters on the screen and as JSON. What they hold is an article's or a stranger's: never trusted."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from typing import Final

from rich.text import Text

from cli.terminal import clean
from shared.model import format_instant
from shared.stream.dead_letters import Letter

_REASON_WIDTH: Final = 160
# What JSON may hold as it is and a terminal would obey, and halves of surrogate pairs, which can't be written.
_UNSAFE: Final = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_STYLES: Final = {"bug": "bold red", "poison": "red", "exhausted": "yellow"}


def letter_list(letters: Sequence[Letter]) -> Text:
    """Each letter on two lines: which, when, how, what about and from where; below it why."""
    text = Text()
    width = max(len(letter.id) for letter in letters)
    for letter in letters:
        text.append(f"{letter.id:<{width}}", "cyan").append(f"  {moment(letter.at)}  ", "dim")
        text.append(f"{clean(letter.kind):<9}", _STYLES.get(letter.kind, "")).append(f"  {clean(letter.error)}  ")
        text.append(f"{_about(letter)}  ").append(clean(letter.place), "dim")
        text.append("".join(f"  {note}" for note in notes(letter)), "green").append("\n")
        text.append(f"    {shortened(letter.reason)}\n")
    text.rstrip()
    return text


def letter_page(letter: Letter, value: bytes | None) -> Text:
    """One letter with all that it says, and its payload."""
    rows = {
        "letter": letter.id,
        "at": f"{moment(letter.at)} UTC",
        "from": letter.place,
        "kind": letter.kind,
        "error": letter.error,
        "reason": letter.reason,
        "attempts": "?" if letter.attempts is None else str(letter.attempts),
        "trace": letter.trace_id,
        "key": text_of(letter.key),
        "size": "no value" if value is None else f"{letter.size:,} bytes",
        "cut": letter.cut,
        "run": None if letter.run is None else f"{letter.run}, a replay",
        "note": "; ".join(notes(letter)) or None,
    }
    text = Text()
    for name, row in rows.items():
        if row is not None:
            text.append(f"{name:<9} ", "bold").append(f"{clean(row)}\n")
    text.append("\nheaders\n", "bold cyan")
    for name, header in letter.headers:
        text.append(f"  {clean(name)}: ", "dim").append(f"{shortened(text_of(header) or '')}\n")
    if letter.traceback is not None:
        text.append("\ntraceback\n", "bold cyan").append(clean(letter.traceback).rstrip() + "\n")
    text.append("\npayload\n", "bold cyan").append(payload_text(value).rstrip())
    return text


def letter_json(letter: Letter) -> dict[str, object]:
    """What programs get of a letter; the payload is apart."""
    return {
        "id": letter.id,
        "stage": letter.stage,
        "at": format_instant(letter.at),
        "topic": letter.source.topic,
        "partition": letter.source.number,
        "offset": letter.source_offset,
        "kind": letter.kind,
        "error": letter.error,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "trace_id": letter.trace_id,
        "article_id": letter.article_id,
        "key": text_of(letter.key),
        "size": letter.size,
        "cut": letter.cut,
        "run": letter.run,
        "replay_of": letter.replay_of,
        "replayed": [format_instant(at) for at in letter.replays],
    }


def whole_json(letter: Letter, value: bytes | None) -> dict[str, object]:
    """All of a letter for programs; a payload that is no JSON comes as `payload_base64`."""
    whole = letter_json(letter) | {
        "headers": [[name, text_of(header)] for name, header in letter.headers],
        "traceback": letter.traceback,
    }
    try:
        return whole | {"payload": None if value is None else json.loads(value)}
    except (ValueError, RecursionError):
        return whole | {"payload_base64": base64.b64encode(value or b"").decode()}


def payload_text(value: bytes | None) -> str:
    """A payload for people: JSON indented, anything else as text; without what a terminal would obey."""
    return "(none)" if value is None else clean(_indented(value) or value.decode(errors="replace"))


def editable(value: bytes | None) -> str:
    """A payload for an editor: JSON indented, anything else as it is; nothing is lost."""
    return _indented(value or b"") or (value or b"").decode(errors="surrogateescape")


def _indented(value: bytes) -> str | None:
    try:
        text = json.dumps(json.loads(value), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def notes(letter: Letter) -> list[str]:
    """What became of a letter, and what was before it."""
    said = [f"sent again {moment(at)}" for at in letter.replays[-1:]]
    if letter.replay_of is not None:
        said.append(f"came back, was {clean(letter.replay_of)}")
    return said


def moment(at: int) -> str:
    """A moment (ms) as people read it, in UTC."""
    return format_instant(at)[:19].replace("T", " ")


def shortened(text: str) -> str:
    """A text on one line that isn't too long."""
    line = clean(" ".join(text.split()))
    return line if len(line) <= _REASON_WIDTH else line[: _REASON_WIDTH - 1] + "…"


def text_of(data: bytes | None) -> str | None:
    """Bytes as text, whatever they are."""
    return None if data is None else data.decode(errors="replace")


def _about(letter: Letter) -> str:
    return letter.article_id or (shortened(text_of(letter.key) or "") or "(no key)")[:40]
