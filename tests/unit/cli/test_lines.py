"""Lines of many processes, made into one readable log."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.run.lines import colours, parse, render

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def _rendered(text: str) -> str:
    return render(parse(text, NOW), "analyze", 9).plain


def test_a_json_event_becomes_a_sentence_with_its_details() -> None:
    text = (
        '{"event": "partitions assigned", "level": "info", "logger": "shared.stream", "service": "analyze", '
        '"timestamp": "2026-11-23T11:22:33.456Z", "stage": "analyze.draft", "count": 12, "why": "a new member"}'
    )
    assert _rendered(text) == (
        '11:22:33 analyze   | partitions assigned  stage=analyze.draft  count=12  why="a new member"'
    )


def test_warnings_and_errors_say_so_without_colours_too() -> None:
    assert "| WARNING slow" in _rendered('{"event": "slow", "level": "warning"}')
    assert "| ERROR broken" in _rendered('{"event": "broken", "level": "error"}')


def test_a_traceback_follows_on_lines_of_its_own() -> None:
    text = '{"event": "failed", "level": "error", "exception": "Traceback:\\n  File x\\nValueError: no"}'
    assert _rendered(text).splitlines() == [
        "12:00:00 analyze   | ERROR failed",
        "12:00:00 analyze   |   Traceback:",
        "12:00:00 analyze   |     File x",
        "12:00:00 analyze   |   ValueError: no",
    ]


def test_what_is_no_json_event_is_kept_as_it_is() -> None:
    for text in ("plain words", '{"not": "an event"}', "{broken", '"text"', "[" * 100_000, '{"event": 3}'):
        assert _rendered(text) == f"12:00:00 analyze   | {text}"


def test_a_line_cannot_command_the_terminal() -> None:
    plain = _rendered("before \x1b[31mred\x1b[0m \x1b]0;title\x07 after \u202e")
    as_json = _rendered('{"event": "a\\u001b[2Jb", "k\\u001b": "\\u001b[2J"}')
    assert not {"\x1b", "\x07", "\u202e"} & set(plain + as_json)
    assert "before red" in plain


def test_each_process_has_a_colour_of_its_own() -> None:
    names = ("ingest", "analyze", "translate", "writer", "reader")
    assert len(set(colours(names).values())) == len(names)


def test_what_the_kafka_client_tells_is_chatter() -> None:
    assert parse('{"event": "ECONNREFUSED", "logger": "kafka.net.manager", "level": "error"}', NOW).chatter
    assert not parse('{"event": "paused", "logger": "shared.stream", "level": "warning"}', NOW).chatter
    assert not parse("kafka", NOW).chatter
