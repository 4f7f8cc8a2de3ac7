"""All cards in memory, in every order that lists have. Pure: what it holds follows from the cards put on it."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import islice

from services.publish.cursors import Place, decode_cursor, encode_cursor
from services.publish.library import ListQuery, Sort
from shared.model import Card, State, hot_order, hot_value


@dataclass(frozen=True, slots=True)
class _Keys:
    """What lists need of a card. `places`: its place in each order; the card itself is kept as JSON."""

    change: int
    ready_at: int
    quality: float | None
    hot: tuple[float, int]
    labels: tuple[str, ...]
    places: dict[Sort, Place]
    card: bytes


@dataclass(frozen=True, slots=True)
class _Gone:
    """What is kept of an article that lists don't show."""

    change: int
    state: State


class Shelf:
    """Cards by id. Of two changes of one article the one with the higher number counts, whatever comes first.

    A filtered list is made by walking down the order, and once that has taken as many steps as the rarest label has
    articles, from those. The articles of a quality are looked up where they are fewer than one in `walk`.
    """

    def __init__(self, walk: int = 16) -> None:
        self._walk = walk
        self._cards: dict[str, _Keys] = {}
        self._gone: dict[str, _Gone] = {}
        self._counts: dict[State, int] = {"published": 0, "hidden": 0, "retracted": 0}
        self._orders: dict[Sort, list[Place]] = {"latest": [], "hot": [], "quality": [], "impact": []}
        self._labelled: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, article_id: str, change: int, state: State, card: Card | None) -> bool:
        """Put one of many cards on the shelf; `arrange` must follow before the next page. False as for `apply`."""
        known = self.change(article_id)
        if known is not None and known >= change:
            return False
        self._take_off(article_id)
        if card is None or state != "published":
            self._gone[article_id] = _Gone(change, state)
            self._counts[state] += 1
            return True
        keys = _keys(change, card)
        self._cards[article_id] = keys
        self._counts["published"] += 1
        for label in keys.labels:
            self._labelled[label].add(article_id)
        return True

    def arrange(self) -> None:
        """Put everything in order, once after loading."""
        for sort, order in self._orders.items():
            order[:] = sorted(keys.places[sort] for keys in self._cards.values())

    def apply(self, article_id: str, change: int, state: State, card: Card | None) -> bool:
        """Take a change of one article; returns False for one that is not newer than what is known."""
        old = self._cards.get(article_id)
        if not self.add(article_id, change, state, card):
            return False
        new = self._cards.get(article_id)
        for sort, order in self._orders.items():
            if old is not None:
                del order[bisect_left(order, old.places[sort])]
            if new is not None:
                insort(order, new.places[sort])
        return True

    def change(self, article_id: str) -> int | None:
        """Return the number of the last change of an article that is known, or None."""
        known = self._cards.get(article_id) or self._gone.get(article_id)
        return None if known is None else known.change

    def counts(self) -> dict[State, int]:
        """Return how many articles there are in each state."""
        return dict(self._counts)

    def page(self, query: ListQuery, now: int) -> tuple[list[str], str | None]:
        """Return the ids of one page at `now` (ms), and the cursor of the next. Raises BadCursor."""
        after = decode_cursor(query, query.cursor) if query.cursor is not None else None
        found = list(islice(self._found(query, after, now), query.limit + 1))
        items, more = found[: query.limit], len(found) > query.limit
        return [place.article_id for place in items], encode_cursor(query, items[-1]) if more else None

    def card(self, article_id: str) -> bytes:
        """Return the card of a published article as JSON. Raises KeyError."""
        return self._cards[article_id].card

    def hot(self, article_id: str, now: int) -> float:
        """Return the hot score of a published article at `now` (ms). Raises KeyError."""
        base, since = self._cards[article_id].hot
        return hot_value(base, since, now)

    def listed(self, label: str, now: int) -> int:
        """Return how many listed articles have a label, as `category` and `tag` make them."""
        labelled = self._labelled.get(label)
        if not labelled:
            return 0
        waiting = self._orders["latest"][: self._first_ready(now)]
        return len(labelled) - sum(place.article_id in labelled for place in waiting)

    def _take_off(self, article_id: str) -> None:
        if (gone := self._gone.pop(article_id, None)) is not None:
            self._counts[gone.state] -= 1
        if (old := self._cards.pop(article_id, None)) is not None:
            self._counts["published"] -= 1
            for label in old.labels:
                self._labelled[label].discard(article_id)

    def _found(self, query: ListQuery, after: Place | None, now: int) -> Iterator[Place]:
        for place in self._candidates(query, after, now):
            keys = self._cards[place.article_id]
            if not query.ready_any and keys.ready_at > now:
                continue
            if query.min_quality is not None and (keys.quality is None or keys.quality < query.min_quality):
                continue
            yield place

    def _candidates(self, query: ListQuery, after: Place | None, now: int) -> Iterator[Place]:
        """What has the labels that are asked for, in order, from the page's beginning on."""
        order = self._orders[query.sort]
        start = 0 if after is None else bisect_right(order, after)
        if query.sort == "latest" and not query.ready_any:
            start = max(start, self._first_ready(now))
        wanted = [self._labelled.get(label, set()) for label in _asked(query)]
        if query.min_quality is not None:
            best = self._orders["quality"]
            reach = bisect_right(best, -query.min_quality, key=lambda place: place.key)
            if reach * self._walk < len(best):
                wanted.append({place.article_id for place in best[:reach]})
        wanted.sort(key=len)
        # A page of what many have is full after a few steps; for what few have, no more steps than those are taken.
        last = min(len(order), start + len(wanted[0])) if wanted else len(order)
        for at in range(start, last):
            if _in_all(order[at].article_id, wanted):
                yield order[at]
        if last < len(order):
            beyond = order[last]
            places = (self._cards[found].places[query.sort] for found in wanted[0] if _in_all(found, wanted[1:]))
            rest = [place for place in places if place >= beyond]
            heapify(rest)  # sorts only as far as the page goes
            while rest:
                yield heappop(rest)

    def _first_ready(self, now: int) -> int:
        return bisect_left(self._orders["latest"], Place(-now, ""))


def category(term: str) -> str:
    """The label of the articles of a category."""
    return f"category:{term}"


def tag(term: str) -> str:
    """The label of the articles with a tag of the vocabulary."""
    return f"tag:{term}"


def _in_all(article_id: str, labelled: Sequence[Set[str]]) -> bool:
    for ids in labelled:  # noqa: SIM110 -- all() with a generator takes three times as long
        if article_id not in ids:
            return False
    return True


def _asked(query: ListQuery) -> list[str]:
    asked = (("source", query.source), ("category", query.category), ("tag", query.tag), ("language", query.language))
    return [f"{name}:{value}" for name, value in asked if value is not None]


def _keys(change: int, card: Card) -> _Keys:
    labels = [f"source:{card.source.slug}", f"language:{card.source.language}"]
    labels += [category(card.category)] if card.category is not None else []
    labels += [tag(t.id) for t in card.tags if t.id is not None]
    return _Keys(
        change=change,
        ready_at=card.ready_at,
        quality=card.quality,
        hot=(card.hot_base, card.hot_since),
        labels=tuple(dict.fromkeys(labels)),
        places={
            "latest": Place(-card.ready_at, card.id),
            "hot": Place(-hot_order(card.hot_base, card.hot_since), card.id),
            "quality": Place(math.inf if card.quality is None else -card.quality, card.id),
            "impact": Place(math.inf if card.impact is None else -card.impact, card.id),
        },
        card=card.model_dump_json().encode(),
    )
