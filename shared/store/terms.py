"""The terms that the articles and the people taught: proposed until a person confirms them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from motor.motor_asyncio import AsyncIOMotorCollection
from pydantic import Field, StringConstraints, ValidationError

from shared.errors import Poison
from shared.model import ArticleId, EntityKind, Instant, validation_problems
from shared.store._collection import Collection, RawDocument, attempts
from shared.store._errors import database_errors
from shared.store.documents import Stored
from shared.telemetry import Metrics

TermState = Literal["proposed", "confirmed", "rejected"]
Form = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Forms = Annotated[tuple[Form, ...], Field(max_length=50)]

MAX_ARTICLES: Final = 20
"""Articles that a proposal names: enough to judge it by."""
MAX_CONFIRMED: Final = 100_000
"""Confirmed terms that a process loads; the matching is measured up to here."""

_BATCH: Final = 1000
_DECIDED: Final = ("confirmed", "rejected")
_WORD: Final = re.compile(r"[^\W\d_]+")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_LOOKING_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_SEARCHED: Final = ("_id", "en", "zh", "also_en", "also_zh", "short_en", "short_zh")


class StoredTerm(Stored):
    """Collection `terms`: an entry beside those that come with the product. Forms are as in `shared.vocabulary.Term`.

    `articles`: where it was learned, the first 20. `changed_at`: the latest proposal or decision. `decided_by` and
    `decided_at`: who confirmed or rejected it, and when; None while it is proposed.
    """

    state: TermState
    kind: EntityKind
    en: Form
    zh: Form
    also_en: Forms = ()
    also_zh: Forms = ()
    short_en: Forms = ()
    short_zh: Forms = ()
    not_in: Forms = ()
    ambiguous: Forms = ()
    shown_by: Forms = ()
    loose: Forms = ()
    articles: tuple[ArticleId, ...] = Field(default=(), max_length=MAX_ARTICLES)
    changed_at: Instant
    decided_by: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    decided_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Which terms are meant; every part that is given must fit. `text`: part of a form or of the id, any case."""

    state: TermState | None = None
    kind: EntityKind | None = None
    text: str | None = None


def learned_id(en: str, zh: str) -> str:
    """Return the id of a term that is known by its two names only: the same for the same names everywhere."""
    slug = re.sub("[^a-z0-9]+", "-", en.lower()).strip("-")[:48] or "term"
    digest = hashlib.sha256("\0".join((en, zh)).encode()).hexdigest()
    return f"{slug}-{digest[:10]}"


def form_problem(form: str) -> str | None:
    """Say why a name can be no form: it would look like another one. None where it can."""
    if any(unicodedata.category(char) in _UNSEEN for char in form):
        return "has a character that is not seen"
    for word in _WORD.findall(form):
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in word}
        if len(scripts & _LOOKING_ALIKE) > 1:
            return "mixes letters of several alphabets in a word"
    return None


class Terms(Collection[StoredTerm]):
    """Collection `terms`. Several may write a term at once: articles that propose it, a person who decides."""

    def __init__(self, raw: AsyncIOMotorCollection[RawDocument], metrics: Metrics) -> None:
        super().__init__(raw, StoredTerm, metrics)

    async def propose(self, en: str, zh: str, kind: EntityKind, article_id: str, at: int) -> None:
        """Note that an article gives these two names as one; `at`: now (ms).

        What a person has decided stays as it is. Raises Poison for names that no term can have, and Transient when
        others keep writing it.
        """
        for form in (en, zh):
            if problem := form_problem(form):
                raise Poison(f"terms.propose: this is no term: a name {problem}")
        try:
            proposed = StoredTerm(
                id=learned_id(en, zh),
                change=1,
                state="proposed",
                kind=kind,
                en=en,
                zh=zh,
                articles=(article_id,),
                changed_at=at,
            )
        except ValidationError as error:
            raise Poison(f"terms.propose: this is no term: {validation_problems(error)}") from error
        for _ in attempts(proposed.id):
            stored = await self.get(proposed.id)
            wanted = proposed if stored is None else with_article(stored, article_id, at)
            if wanted == stored or await self.swap(wanted, None if stored is None else stored.change):
                return

    async def put(self, term: StoredTerm) -> None:
        """Store what a person says of a term in place of what is stored; only the articles are kept.

        Raises Transient when others keep writing it.
        """
        for _ in attempts(term.id):
            stored = await self.get(term.id)
            if stored is None:
                done = await self.swap(term.model_copy(update={"change": 1}), None)
            else:
                update = {"change": stored.change + 1, "articles": stored.articles}
                done = await self.swap(term.model_copy(update=update), stored.change)
            if done:
                return

    async def decide(
        self,
        term_id: str,
        state: Literal["confirmed", "rejected"],
        by: str,
        at: int,
        kind: EntityKind | None = None,
    ) -> StoredTerm | None:
        """Confirm or reject a term, and say its kind; returns it as it is now, or None where there is none.

        Raises Transient when others keep writing it.
        """
        for _ in attempts(term_id):
            stored = await self.get(term_id)
            if stored is None or (stored.state, stored.kind) == (state, kind or stored.kind):
                return stored
            update = {"state": state, "kind": kind or stored.kind, "changed_at": at, "decided_by": by, "decided_at": at}
            wanted = stored.model_copy(update={**update, "change": stored.change + 1})
            if await self.swap(wanted, stored.change):
                return wanted
        return None

    async def search(self, search: Search, limit: int) -> Sequence[StoredTerm]:
        """Return at most `limit` terms, those that changed last first. One that can't be read is left out."""
        cursor = self._raw.find(_query(search)).sort([("changed_at", -1), ("_id", 1)]).limit(limit)
        with database_errors("terms.search"):
            return list(self._loadable(await cursor.to_list(limit)))

    async def count(self, search: Search) -> int:
        """Return how many terms are meant."""
        with database_errors("terms.count"):
            return await self._raw.count_documents(_query(search))

    async def confirmed(self) -> AsyncIterator[Sequence[StoredTerm]]:
        """Yield the confirmed terms, in batches, at most 100,000. One that can't be read is logged and left out."""
        cursor = self._raw.find({"state": "confirmed"}, batch_size=_BATCH).limit(MAX_CONFIRMED)
        while True:
            with database_errors("terms.confirmed"):
                batch = await cursor.to_list(_BATCH)
            if not batch:
                return
            yield list(self._loadable(batch))

    async def decisions(self) -> tuple[int, int]:
        """Return two numbers that are other ones after any decision, so that nobody loads all terms to see that."""
        pipeline: list[RawDocument] = [
            {"$match": {"state": {"$in": list(_DECIDED)}}},
            {"$group": {"_id": None, "terms": {"$sum": 1}, "changes": {"$sum": "$change"}}},
        ]
        with database_errors("terms.decisions"):
            found = await self._raw.aggregate(pipeline).to_list(1)
        return (int(found[0]["terms"]), int(found[0]["changes"])) if found else (0, 0)

    async def prepare(self) -> None:
        """Create what is missing of the indexes. Safe to repeat. Raises Unavailable."""
        with database_errors("indexes"):
            await self._raw.create_index([("state", 1), ("change", 1)])
            await self._raw.create_index([("changed_at", -1), ("_id", 1)])


def with_article(term: StoredTerm, article_id: str, at: int) -> StoredTerm:
    """Return a proposal with one more article; `term` itself where that changes nothing."""
    known = article_id in term.articles or len(term.articles) == MAX_ARTICLES
    if term.state != "proposed" or known:
        return term
    return term.model_copy(
        update={"change": term.change + 1, "articles": (*term.articles, article_id), "changed_at": at}
    )


def _query(search: Search) -> RawDocument:
    query: RawDocument = {}
    if search.state is not None:
        query["state"] = search.state
    if search.kind is not None:
        query["kind"] = search.kind
    if search.text is not None:
        part = {"$regex": re.escape(search.text), "$options": "i"}
        query["$or"] = [{field: part} for field in _SEARCHED]
    return query
