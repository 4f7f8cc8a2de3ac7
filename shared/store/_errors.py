"""What a database error means to the caller, as one of our own classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bson.errors import InvalidDocument
from pymongo.errors import DocumentTooLarge, OperationFailure, PyMongoError

from shared.errors import Poison, Unavailable

_TOO_LARGE: Final = frozenset({10334, 17419, 17420})
"""BSONObjectTooLarge, and an update that grows past the limit."""


@contextmanager
def database_errors(operation: str) -> Iterator[None]:
    """Turn what the driver raises while the block runs into Poison (this document can't be stored) or Unavailable.

    All but a refused document is Unavailable, lost rights and a full disk included: the next document would fail the
    same way, so the stage has to wait, not to fill the dead letters.
    """
    try:
        yield
    except (DocumentTooLarge, InvalidDocument, OverflowError, UnicodeEncodeError) as error:
        # The last two: a number of more than 64 bits, and text with half of a surrogate pair.
        raise Poison(f"{operation}: the database can't hold this document ({type(error).__name__})") from error
    except OperationFailure as error:
        raise failed_write(operation, error.code, str(error)) from error
    except PyMongoError as error:
        raise Unavailable(f"{operation}: the database does not answer: {error}") from error


def failed_write(operation: str, code: int | None, reason: str) -> Poison | Unavailable:
    """Return what a refusal by the server means, by its error code."""
    if code in _TOO_LARGE:
        return Poison(f"{operation}: the document is too large for the database: {reason}")
    return Unavailable(f"{operation}: the database refused: {reason}")
