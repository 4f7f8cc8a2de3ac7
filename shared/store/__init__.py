"""The database. Only this package knows the driver."""

from shared.store._collection import attempts
from shared.store.documents import (
    Edition,
    JourneyEntry,
    StoredArticle,
    StoredCard,
    StoredJourney,
    StoredRevision,
    StoredRuling,
)
from shared.store.journeys import Journeys
from shared.store.store import Store, open_store
from shared.store.terms import Search, StoredTerm, Terms, TermState, form_problem, learned_id

__all__ = [
    "Edition",
    "JourneyEntry",
    "Journeys",
    "Search",
    "Store",
    "StoredArticle",
    "StoredCard",
    "StoredJourney",
    "StoredRevision",
    "StoredRuling",
    "StoredTerm",
    "TermState",
    "Terms",
    "attempts",
    "form_problem",
    "learned_id",
    "open_store",
]
