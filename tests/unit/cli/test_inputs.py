"""What a person has, as the body of a post."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.exit_codes import CliError, ExitCode
from cli.inputs import Fields, Raw, is_url, read_file, to_post

PAGE = (
    b"<!DOCTYPE html><html><head><title>Tariffs rise | The Harrow Dispatch</title></head>"
    b"<body><h1>Tariffs rise</h1><p>Text.</p></body></html>"
)


def test_json_is_posted_as_it_is() -> None:
    raw = Raw("a.json", '{"source": "desk", "title": "标题", "odd": 1}'.encode())
    assert to_post(raw, Fields()) == {"source": "desk", "title": "标题", "odd": 1}


def test_what_is_said_on_the_command_line_is_stronger_than_the_file() -> None:
    raw = Raw("a.json", b'{"source": "desk", "title": "old", "language": "en"}')
    assert to_post(raw, Fields(source="local", title="new")) == {"source": "local", "title": "new", "language": "en"}


def test_the_first_line_of_plain_text_is_its_title() -> None:
    post = to_post(Raw("notes/story.txt", "\ufeffA headline\r\n\r\nFirst.\n\nSecond.\n".encode()), Fields())
    assert post == {
        "source": "local",
        "title": "A headline",
        "body": "First.\n\nSecond.",
        "body_format": "text",
        "external_id": "story.txt",
    }


def test_with_a_title_all_of_plain_text_is_its_body() -> None:
    assert to_post(Raw("a.txt", b"First.\nSecond."), Fields(title="T"))["body"] == "First.\nSecond."


def test_text_from_a_pipe_is_known_by_what_it_says() -> None:
    ids = {to_post(Raw("-", text), Fields())["external_id"] for text in (b"T\nA", b"T\nA", b"T\nB")}
    assert len(ids) == 2


def test_a_url_or_an_id_that_is_given_replaces_the_file_name() -> None:
    assert "external_id" not in to_post(Raw("a.txt", b"T\nB"), Fields(url="https://news.example/a"))
    assert to_post(Raw("a.txt", b"T\nB"), Fields(external_id="7"))["external_id"] == "7"


def test_a_page_is_sent_whole_with_its_title_and_address() -> None:
    raw = Raw("https://news.example/x", PAGE, url="https://news.example/x", media_type="text/html; charset=utf-8")
    post = to_post(raw, Fields())
    assert post["title"] == "Tariffs rise"
    assert post["body"] == PAGE.decode()
    assert post["body_format"] == "html"
    assert post["url"] == "https://news.example/x"
    assert "external_id" not in post


@pytest.mark.parametrize(
    ("raw", "body_format"),
    [
        (Raw("-", PAGE), "html"),
        (Raw("page", b"  \n<html><title>T</title><p>x</html>"), "html"),
        (Raw("page.HTM", b"<p>x</p>"), "html"),
        (Raw("-", b"Title\n{body}"), "text"),
        (Raw("notes.md", b"{curly}\nbody"), "text"),
        (Raw("https://news.example/a.html", b"T\nB", url="u", media_type="text/plain"), "html"),
    ],
)
def test_the_format_is_told_by_media_type_suffix_or_beginning(raw: Raw, body_format: str) -> None:
    assert to_post(raw, Fields(title="T"))["body_format"] == body_format


def test_json_from_a_pipe_is_recognised() -> None:
    assert to_post(Raw("-", b' {"source": "desk"}'), Fields()) == {"source": "desk"}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (Raw("a.txt", b"only a title"), "no text below the title"),
        (Raw("a.txt", b""), "no text below the title"),
        (Raw("a.txt", b"\xff\xfe"), "not UTF-8"),
        (Raw("a.json", b"{"), "not valid JSON"),
        (Raw("a.json", b"[" * 100_000), "not valid JSON"),
        (Raw("a.json", b"[]"), "must hold one JSON object"),
        (Raw("a.html", b"<html><p>no title</p></html>"), "has no title"),
    ],
)
def test_what_can_not_be_posted_says_what_is_missing(raw: Raw, message: str) -> None:
    with pytest.raises(CliError, match=message) as caught:
        to_post(raw, Fields())
    assert caught.value.code == ExitCode.USAGE


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="No such file") as caught:
        read_file(tmp_path / "none.txt")
    assert caught.value.code == ExitCode.USAGE


def test_only_http_addresses_are_fetched() -> None:
    assert [is_url(name) for name in ("https://a.example/x", "http://a.example", "file:///etc/passwd", "a.txt")] == [
        True,
        True,
        False,
        False,
    ]
