from __future__ import annotations

import json
import logging

from shared.telemetry.logs import _dumps, _OncePerMinute


def test_a_line_that_holds_what_json_can_not_is_written_all_the_same() -> None:
    line = json.loads(_dumps({"event": "bad \ud800 text", "number": 2**70, "what": object}))
    assert line == {"event": "bad \ud800 text", "number": 2**70, "what": "<class 'object'>"}


def line(logger: str, number: int, at: float) -> logging.LogRecord:
    record = logging.LogRecord(logger, logging.ERROR, "module.py", number, "no broker", None, None)
    record.created = at
    return record


def test_each_place_in_a_repetitive_library_is_heard_once_a_minute_and_others_always() -> None:
    passes = _OncePerMinute().filter
    assert [passes(line("kafka.net.manager", 248, at)) for at in (100.0, 100.1, 159.9, 160.0, 160.1)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert passes(line("kafka.net.manager", 157, 100.1))
    assert [passes(line("opentelemetry.exporter.otlp", 7, at)) for at in (100.0, 101.0)] == [True, False]
    assert all(passes(line("shared.stream._poller", 1, 100.0)) for _ in range(3))
