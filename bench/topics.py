"""Names and topics of the runs."""

from __future__ import annotations

import random
import string
from dataclasses import replace

from shared.stream.topics import SUBMITTED, Topic


def topic(name: str) -> Topic:
    """A topic like that of the submitted articles."""
    return replace(SUBMITTED, name=name)


def fresh_name() -> str:
    """A stage's name that no other run has; a status takes letters only."""
    return "b" + "".join(random.choices(string.ascii_lowercase, k=10))
