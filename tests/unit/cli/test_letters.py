"""Dead letters on the screen: what they hold can't command the terminal, and nothing is lost for programs."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from cli.letters import editable, letter_json, letter_list, letter_page, payload_text, whole_json
from shared.stream._records import Partition
from shared.stream.dead_letters import Letter

OBEYED = set("\x1b\x9b\u202e\r\x07")
HOSTILE = "\x1b[31m\x9b2J\u202e\r\x07"
LETTER = Letter(
    stage="analyze",
    offset=3,
    at=1_795_000_000_000,
    source=Partition(f"topic{HOSTILE}", 1),
    source_offset=9,
    kind=f"bug{HOSTILE}",
    error=f"Error{HOSTILE}",
    reason=f"reason{HOSTILE}\nin two lines",
    attempts=3,
    trace_id=f"t{HOSTILE}",
    traceback=f"Traceback{HOSTILE}\n  line",
    cut=f"cut{HOSTILE}",
    run=None,
    key=f"key{HOSTILE}".encode(),
    headers=((f"name{HOSTILE}", f"value{HOSTILE}".encode()), ("replay_of", f"analyze@1{HOSTILE}".encode())),
    size=5,
    replays=(1_795_000_001_000, 1_795_000_002_000),
)


def drawn(text: Text) -> str:
    file = io.StringIO()
    Console(file=file, width=200).print(text, soft_wrap=True, highlight=False)
    return file.getvalue()


def test_nothing_that_a_terminal_obeys_is_written() -> None:
    for shown in (
        drawn(letter_list([LETTER])),
        drawn(letter_page(LETTER, f'"{HOSTILE}"'.encode())),
        drawn(letter_page(LETTER, json.dumps(HOSTILE, ensure_ascii=False).encode())),
    ):
        assert not set(shown) & OBEYED


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass"))
)
def test_any_payload_can_be_shown(value: bytes) -> None:
    shown = payload_text(value)
    shown.encode()
    assert not set(shown) & OBEYED


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_editing_nothing_changes_nothing(payload: object) -> None:
    text = editable(json.dumps(payload).encode())
    assert json.loads(text.encode()) == payload


def test_a_payload_that_is_no_json_is_edited_as_it_is() -> None:
    value = b"\xff{not json\n"
    assert editable(value).encode(errors="surrogateescape") == value


def test_a_payload_that_is_nested_too_deeply_is_shown_as_text() -> None:
    assert payload_text(b"[" * 100_000).startswith("[[")


def test_a_letter_is_two_lines_with_what_became_of_it() -> None:
    first, second = drawn(letter_list([LETTER])).splitlines()
    assert first.startswith("analyze@3  2026-11-18 11:06:40  ")
    assert "sent again 2026-11-18 11:06:42" in first
    assert "came back, was analyze@1" in first
    assert second.startswith("    reason")


def test_programs_get_everything() -> None:
    whole = whole_json(LETTER, b'{"a": 1}')
    assert whole["payload"] == {"a": 1}
    assert whole["attempts"] == 3
    assert whole["reason"] == LETTER.reason
    assert whole["replayed"] == ["2026-11-18T11:06:41.000Z", "2026-11-18T11:06:42.000Z"]
    assert whole["headers"] == [[name, value.decode()] for name, value in LETTER.headers]
    assert whole_json(LETTER, b"\xff")["payload_base64"] == "/w=="
    assert whole_json(LETTER, None)["payload"] is None
    json.dumps(letter_json(LETTER))
