"""Turns what a person has (a file, a web page, text on stdin) into the body of `POST /v1/articles`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from cli.exit_codes import CliError, ExitCode

Kind = Literal["json", "html", "text"]
Post = dict[str, object]

DEFAULT_SOURCE: Final = "local"
_HTML_STARTS: Final = ("<!doctype html", "<html", "<?xml")
_SUFFIXES: Final[dict[str, Kind]] = {".json": "json", ".html": "html", ".htm": "html", ".xhtml": "html"}


@dataclass(frozen=True, slots=True)
class Raw:
    """What was read. `name`: the path, URL or `-` that it came from; `media_type`: as a web server called it."""

    name: str
    data: bytes
    url: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What the person said on the command line; stronger than what is in the input."""

    source: str | None = None
    external_id: str | None = None
    url: str | None = None
    title: str | None = None
    language: str | None = None

    def said(self) -> Post:
        values = (self.source, self.external_id, self.url, self.title, self.language)
        names = ("source", "external_id", "url", "title", "language")
        return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def to_post(raw: Raw, fields: Fields) -> Post:
    """Return the body of the post.

    JSON is taken as it is. Of plain text the first line is the title. Of HTML the title is looked up, and the page is
    sent whole: ingest finds the article in it. Raises CliError with what is missing.
    """
    text = _decode(raw)
    kind = _kind(raw, text)
    if kind == "json":
        return {**_json(raw, text), **fields.said()}
    post = _from_html(raw, text, fields) if kind == "html" else _from_text(raw, text, fields)
    post = {"source": DEFAULT_SOURCE, **post, "body_format": kind, **fields.said()}
    if "external_id" not in post and "url" not in post:
        # The same file is the same article; text from a pipe has only itself to be known by.
        post["external_id"] = Path(raw.name).name if raw.name != "-" else hashlib.sha256(raw.data).hexdigest()[:20]
    return post


def is_url(name: str) -> bool:
    """True for what is to be fetched instead of opened."""
    return urlsplit(name).scheme in ("http", "https")


def read_file(path: Path) -> Raw:
    """Read a file. Raises CliError when it can't be read."""
    try:
        return Raw(str(path), path.read_bytes())
    except OSError as error:
        raise CliError(f"{path}: {error.strerror or error}", ExitCode.USAGE) from error


def _decode(raw: Raw) -> str:
    try:
        return raw.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CliError(
            f"{raw.name}: not UTF-8; convert it first, as with `iconv -f gb18030 -t utf-8`", ExitCode.USAGE
        ) from error


def _kind(raw: Raw, text: str) -> Kind:
    media = (raw.media_type or "").partition(";")[0].strip().lower()
    if media in ("text/html", "application/xhtml+xml"):
        return "html"
    if media == "application/json":
        return "json"
    known = _SUFFIXES.get(Path(urlsplit(raw.name).path if raw.url else raw.name).suffix.lower())
    if known is not None:
        return known
    start = text[:200].lstrip().lower()
    if start.startswith(_HTML_STARTS):
        return "html"
    return "json" if start.startswith("{") and raw.name == "-" else "text"


def _json(raw: Raw, text: str) -> Post:
    try:
        post = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CliError(f"{raw.name}: not valid JSON: {error}", ExitCode.USAGE) from error
    if not isinstance(post, dict):
        raise CliError(f"{raw.name}: must hold one JSON object, the article; post lists one by one", ExitCode.USAGE)
    return post


def _from_text(raw: Raw, text: str, fields: Fields) -> Post:
    text = text.strip()
    if fields.title is not None:
        title, body = fields.title, text
    else:
        title, _, body = text.partition("\n")
    if not body.strip():
        raise CliError(
            f"{raw.name}: no text below the title; the first line is the title, or give it with --title",
            ExitCode.USAGE,
        )
    return {"title": title.strip(), "body": body.strip()}


def _from_html(raw: Raw, text: str, fields: Fields) -> Post:
    title = fields.title or _html_title(raw, text)
    return {"title": title, "body": text, **({"url": raw.url} if raw.url else {})}


def _html_title(raw: Raw, text: str) -> str:
    try:
        from trafilatura import extract_metadata
    except ModuleNotFoundError as error:
        raise CliError(
            f"{raw.name}: reading the title of a web page needs trafilatura: install diglot[ingest], or give --title",
            ExitCode.USAGE,
        ) from error
    found = extract_metadata(text)
    if found is None or not found.title:
        raise CliError(f"{raw.name}: the page has no title; give it with --title", ExitCode.USAGE)
    return str(found.title)
