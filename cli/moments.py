"""Moments as people give them to a command: a date and time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from cli.exit_codes import CliError, ExitCode

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGO: Final = re.compile(r"(\d{1,9})([smhd])")


def parse_moment(text: str, now: int, option: str) -> int:
    """Return milliseconds since the epoch of `2h` (ago; also s, m, d) or an ISO 8601 date or time, UTC by default.

    `now`: our time (ms). Raises CliError, which names `option`.
    """
    if (ago := _AGO.fullmatch(text)) is not None:
        return max(0, now - int(ago[1]) * _UNITS[ago[2]] * 1000)
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise CliError(
            f"{option}: {text!r} is no moment, as 2026-11-23T08:00, 2026-11-23T08:00:00Z and 2h (two hours ago) are",
            ExitCode.USAGE,
        ) from None
