"""What a page of the list says about itself: its name, its other orders, and where it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args
from urllib.parse import urlencode

from services.publish.api.params import ListParams
from services.publish.library import Sort
from services.publish.pages.columns import Columns, Texts, in_columns
from services.publish.pages.labels import SCORES, WORDS, Label
from shared.vocabulary import category_name

_SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
_NAMES: Final[Mapping[Sort, Label]] = {
    "latest": WORDS["latest"],
    "hot": SCORES["hot"],
    "quality": SCORES["quality"],
    "impact": SCORES["impact"],
}


@dataclass(frozen=True, slots=True)
class OrderLink:
    """A link to the same list in another order. `tail`: its query, empty or from "?" on."""

    name: Texts
    tail: str
    current: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """`filtered`: not every article is listed. `next_tail`: the query of the next page, None on the last."""

    title: Texts
    orders: tuple[OrderLink, ...]
    filtered: bool
    next_tail: str | None


def list_view(params: ListParams, following: str | None, columns: Columns) -> ListView:
    """Return what a page of the list that `params` asks for says; `following` is the cursor of the next page.

    The category is one of the vocabulary's.
    """
    title = in_columns(_NAMES[params.sort], columns)
    if params.category is not None:
        category = in_columns(category_name(params.category), columns)
        title = tuple(f"{name} · {word}" for name, word in zip(title, category, strict=True))
    return ListView(
        title=title,
        orders=tuple(
            OrderLink(in_columns(_NAMES[sort], columns), _tail(params, sort=sort, cursor=None), sort == params.sort)
            for sort in _SORTS
        ),
        filtered=bool(params.model_dump(exclude_defaults=True, exclude={"sort", "cursor", "limit", "ready"})),
        next_tail=None if following is None else _tail(params, cursor=following),
    )


def tail_of(params: ListParams) -> str:
    """Return the query of this page, empty for the first page of the latest."""
    return _tail(params)


def _tail(params: ListParams, **changes: str | None) -> str:
    query = urlencode(params.model_copy(update=changes).model_dump(exclude_defaults=True))
    return f"?{query}" if query else ""
