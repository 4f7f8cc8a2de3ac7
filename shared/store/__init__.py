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

__all__ = [
    "Edition",
    "JourneyEntry",
    "Journeys",
    "Store",
    "StoredArticle",
    "StoredCard",
    "StoredJourney",
    "StoredRevision",
    "StoredRuling",
    "attempts",
    "open_store",
]
