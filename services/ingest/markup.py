"""Takes the markup out of titles and names: what is written as HTML, and nothing that only looks like it."""

from __future__ import annotations

import html
import re
from typing import Final

from services.ingest.superscripts import raised

_SCRIPT: Final = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_DELETED: Final = re.compile(r"<(del|s|strike)(?:\s[^<>]*)?>.*?</\1\s*>", re.IGNORECASE)
_SUPERSCRIPT: Final = re.compile(r"<sup(?:\s[^<>]*)?>(.*?)</sup\s*>", re.IGNORECASE)
_COMMENT: Final = re.compile(r"<[!?][^<>]*>")
# "a<b and c>d" is no markup: a tag is one of HTML's, and what follows its name are attributes.
_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)((?:[\s/][^<>]*)?)>")
_BREAKING_NAMES: Final = "br div h1 h2 h3 h4 h5 h6 hr li p td th tr"
_OTHER_NAMES: Final = (
    "a abbr acronym address article aside audio b base bdi bdo big blink blockquote body button canvas caption center "
    "cite code col data dd del details dfn dir dl dt em embed fieldset figcaption figure font footer form frame head "
    "header hgroup html i iframe img input ins kbd label legend link main map mark marquee math menu meta meter nav "
    "nobr noscript object ol optgroup option output param picture pre progress q rp rt ruby s samp script section "
    "select slot small source span strike strong style sub summary sup svg table tbody template textarea tfoot thead "
    "time title track tt u ul var video wbr"
)
_FLAG_NAMES: Final = "async autofocus checked controls defer disabled hidden nowrap open required selected"
_BREAKING: Final = frozenset(_BREAKING_NAMES.split())
_ELEMENTS: Final = _BREAKING | frozenset(_OTHER_NAMES.split())
_FLAGS: Final = frozenset(_FLAG_NAMES.split())
# With the semicolon only: "R&D" and "AT&T" are not entities.
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def without_markup(text: str) -> str:
    """Return a short text without tags, and with what one level of entities stands for: it may hold tags again.

    Deleted text and scripts go with their tags. Raised digits become superscript digits.
    """
    text = _SCRIPT.sub(" ", text)
    text = _DELETED.sub("", text)
    text = _SUPERSCRIPT.sub(_raised, text)
    text = _COMMENT.sub("", text)
    text = _TAG.sub(_in_place_of_tag, text)
    return _ENTITY.sub(_resolved, text)


def _raised(match: re.Match[str]) -> str:
    inner = _TAG.sub(_in_place_of_tag, match[1])
    return raised(_ENTITY.sub(_resolved, inner), linked="<a " in match[1].lower())


def _in_place_of_tag(match: re.Match[str]) -> str:
    name, attributes = match[1].lower(), match[2].strip(" /")
    if name not in _ELEMENTS or not (not attributes or "=" in attributes or _FLAGS.issuperset(attributes.split())):
        return match[0]
    return " " if name in _BREAKING else ""


def _resolved(match: re.Match[str]) -> str:
    return html.unescape(match[0])
