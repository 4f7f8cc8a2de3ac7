"""One line an event on stderr, for our own loggers and for those of the libraries."""

from __future__ import annotations

import json
import logging
import sys

import orjson
import structlog
from structlog.typing import EventDict, Processor

from shared.settings import CommonSettings

# Libraries that tell of every reconnect and request at info level.
_CHATTY = ("kafka", "uvicorn", "pymongo", "motor", "trafilatura", "httpx", "asyncio")
# While what they talk to is away, they write up to ten lines a second.
_REPETITIVE = ("kafka.", "opentelemetry.")


class _OncePerMinute(logging.Filter):
    """Passes one line a minute of each place in kafka-python and in OpenTelemetry.

    Our own loggers say when contact with the broker is lost and when it is back.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not record.name.startswith(_REPETITIVE):
            return True
        place = (record.pathname, record.lineno)
        if record.created < self._next.get(place, 0.0):
            return False
        self._next[place] = record.created + 60.0
        return True


def configure_logging(settings: CommonSettings, service: str) -> None:
    """Send all logs of this process to stderr in the configured format; call once, from `main`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_OncePerMinute())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _named(service),
                *_renderers(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _named(service: str) -> Processor:
    def add_service(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add_service


def _renderers(settings: CommonSettings) -> list[Processor]:
    if settings.log_format == "console":
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_dumps)]


def _dumps(event: EventDict, **_options: object) -> str:
    try:
        return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # Half a surrogate pair, a very large number: a log line must never end what it tells about.
        return json.dumps(event, default=str, skipkeys=True)
