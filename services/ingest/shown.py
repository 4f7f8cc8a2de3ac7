"""Makes the elements of a page say what readers see: nothing hidden or deleted, and superscripts apart from numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol, Self

from services.ingest.superscripts import raised

_DELETED: Final = frozenset({"del", "s", "strike", "template"})
_HIDDEN_STYLE: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_CLASSES: Final = frozenset({"sr-only", "visually-hidden", "screen-reader-text"})
# Pages are hidden as a whole until their scripts have run.
_WHOLE: Final = frozenset({"html", "head", "body"})
# The extraction dissolves it: the text before and after comes together.
_DISSOLVED: Final = "ins"


class Element(Protocol):
    """What is used here of lxml's elements; lxml comes without types."""

    tag: str
    text: str | None
    tail: str | None

    @property
    def attrib(self) -> Mapping[str, str]: ...
    def get(self, name: str, default: str) -> str: ...
    def iter(self, tag: str) -> Iterator[Self]: ...
    def itertext(self) -> Iterator[str]: ...
    def find(self, path: str) -> Self | None: ...
    def getparent(self) -> Self | None: ...
    def clear(self, *, keep_tail: bool) -> None: ...
    def __len__(self) -> int: ...


def keep_what_is_shown(tree: Element) -> None:
    """Empty what a page deletes or hides by its own markup, and write superscripts so that they read as such."""
    for element in list(tree.iter("*")):
        if element.tag in _DELETED or _is_hidden(element):
            _become(element, "")
        elif element.tag == "sup":
            link = _link_around(element)
            linked = link is not None or element.find(".//a") is not None
            _become(element if link is None else link, raised("".join(element.itertext()), linked=linked))


def _is_hidden(element: Element) -> bool:
    if element.tag in _WHOLE:
        return False
    return (
        "hidden" in element.attrib
        or _HIDDEN_STYLE.search(element.get("style", "")) is not None
        or not _HIDDEN_CLASSES.isdisjoint(element.get("class", "").split())
    )


def _link_around(superscript: Element) -> Element | None:
    """The link that holds the superscript and nothing else."""
    parent = superscript.getparent()
    if parent is None or parent.tag != "a" or len(parent) > 1 or parent.text or superscript.tail:
        return None
    return parent


def _become(element: Element, text: str) -> None:
    element.clear(keep_tail=True)
    element.tag = _DISSOLVED
    element.text = text
