"""What the terminal is given: text that can't command it, and JSON for programs."""

from __future__ import annotations

import re
import sys
from typing import Final

# C0 and C1 controls (escape sequences begin with one) and the marks that reorder text. Tab is harmless.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Return `text` without anything that a terminal would obey; an article's words end up on screen."""
    return _CONTROLS.sub("�", text)


def print_json(text: str) -> None:
    """Write one JSON document or line to stdout, for programs: never coloured, wrapped or shortened."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def counted(number: int, thing: str) -> str:
    """`1 partition`, `2 partitions`: a number of things in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
