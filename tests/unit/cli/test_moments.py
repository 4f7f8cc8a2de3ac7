from __future__ import annotations

import pytest

from cli.exit_codes import CliError, ExitCode
from cli.moments import parse_moment

NOW = 1_795_000_000_000  # 2026-11-18T11:06:40Z


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", NOW - 7_200_000),
        ("30m", NOW - 1_800_000),
        ("1d", NOW - 86_400_000),
        ("0s", NOW),
        ("999999999d", 0),
        ("2026-11-18T11:06:40Z", NOW),
        ("2026-11-18T11:06:40", NOW),
        ("2026-11-18T12:06:40+01:00", NOW),
        ("2026-11-18", NOW - (11 * 3600 + 6 * 60 + 40) * 1000),
    ],
)
def test_a_moment_is_a_time_or_how_long_ago(text: str, moment: int) -> None:
    assert parse_moment(text, NOW, "--since") == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2x", "-2h", "2026-13-01", "h", "99999-01-01"])
def test_anything_else_is_refused_by_the_option_s_name(text: str) -> None:
    with pytest.raises(CliError, match="--since") as caught:
        parse_moment(text, NOW, "--since")
    assert caught.value.code == ExitCode.USAGE
