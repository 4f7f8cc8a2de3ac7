"""The command that sets a broker up for the services: `python -m shared.stream.topics_main`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from typing import Final

import structlog

from shared.errors import ConfigError, Unavailable
from shared.process import EXIT_CONFIG, EXIT_FAILED, EXIT_OK
from shared.settings import CommonSettings, load_settings
from shared.stream.topics import create_topics, differences
from shared.telemetry.logs import configure_logging

log = structlog.stdlib.get_logger(__name__)

_FIRST_SECONDS: Final = 2.0
_WAIT_SECONDS: Final = 60.0


def main() -> int:
    """Create the topics of the configured broker, and say which settings of the others differ."""
    try:
        settings = load_settings(CommonSettings)
        configure_logging(settings, "topics")
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    place = f"DIGLOT_KAFKA_BOOTSTRAP={settings.kafka_bootstrap}"
    try:
        created = _created(settings, place)
        different = differences(settings)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    except Unavailable as error:
        print(f"{error} ({place})", file=sys.stderr)
        return EXIT_FAILED
    for found in different:
        log.warning("a topic has another setting than is declared", **asdict(found))
    print(f"created: {', '.join(created)}" if created else "all topics are there")
    return EXIT_OK


def _created(settings: CommonSettings, place: str) -> list[str]:
    try:
        return asyncio.run(create_topics(settings, wait=_FIRST_SECONDS))
    except Unavailable as error:
        # It may start at the same time.
        print(f"{error} ({place}); waiting for up to {_WAIT_SECONDS:.0f} s", file=sys.stderr, flush=True)
        return asyncio.run(create_topics(settings, wait=_WAIT_SECONDS))


if __name__ == "__main__":
    sys.exit(main())
