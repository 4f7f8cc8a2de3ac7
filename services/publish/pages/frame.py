"""What surrounds every page: its title, its address in each language, and whether search engines may list it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from services.publish.pages.columns import BOTH, Columns, Row
from services.publish.pages.labels import SITE
from shared.model import Language

# Overrides of direction and line breaks, which would reach past the title in a tab or in a list of results.
_UNFIT: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A link to the same page in one language, or side by side (`lang` is None)."""

    lang: Language | None
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of one page. `root` is the list in the same languages; other addresses hang below it."""

    title: str
    description: str | None
    root: str
    canonical: str
    alternates: tuple[tuple[str, str], ...]
    languages: tuple[LanguageLink, ...]
    indexed: bool
    continued: bool


def frame(
    columns: Columns,
    tail: str,
    title: str,
    *,
    description: str | None = None,
    base: str = "",
    indexed: bool = True,
    continued: bool = False,
) -> Frame:
    """Return the surroundings of the page at `tail` below the root of its languages.

    Args:
        tail: `articles/<id>`, or nothing for the list, or its query.
        base: where readers reach this server, without a slash at the end; without it addresses stay relative.
        continued: the page is a later one of a list.
    """
    address = {lang: f"{root_of(lang)}{tail}" for lang in (None, *BOTH)}
    current = columns[0] if len(columns) == 1 else None
    return Frame(
        title=f"{fit(title)} — {SITE}" if title else SITE,
        description=None if description is None else fit(description),
        root=root_of(current),
        canonical=base + address[current],
        alternates=(*((lang, base + address[lang]) for lang in BOTH), ("x-default", base + address[None])),
        languages=tuple(LanguageLink(lang, href, lang == current) for lang, href in address.items()),
        indexed=indexed,
        continued=continued,
    )


def root_of(language: Language | None) -> str:
    """Return the address of the list in one language, or side by side."""
    return "/" if language is None else f"/{language}/"


def title_of(row: Row) -> str:
    """Return the title of a page: each text once, though a column may repeat the other's."""
    return " · ".join(dict.fromkeys(said.text for said in row))


def fit(text: str) -> str:
    """Return `text` as one line without controls, for places where markup can't isolate it."""
    return _UNFIT.sub(" ", text).strip()
