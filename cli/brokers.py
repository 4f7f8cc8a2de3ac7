"""What the commands that talk to the broker itself have in common."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.exit_codes import CliError, ExitCode
from cli.run.state import live_state
from cli.settings import CliSettings, with_run
from shared.errors import Unavailable
from shared.settings import load_settings


def broker_settings(data_dir: Path | None) -> CliSettings:
    """The settings, with the broker and the database of a run on this machine where none are set."""
    settings = load_settings(CliSettings)
    return with_run(settings, live_state(data_dir or settings.data_dir))


@contextmanager
def broker() -> Iterator[None]:
    """Turn what goes wrong with the broker while the block runs into the command's error."""
    # It tells of each failed connection; the error at the end says enough.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        yield
    except Unavailable as error:
        raise CliError(
            f"{error}; start everything with `diglot run`, or say where the broker is: DIGLOT_KAFKA_BOOTSTRAP",
            ExitCode.UNREACHABLE,
        ) from error
