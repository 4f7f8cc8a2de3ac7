"""What can go wrong, as types: the class decides what the stage runtime does with a record.

    DiglotError
    ├── Poison          this record can never succeed      -> dead letter
    ├── Transient       this record may succeed later      -> retried, bounded in total, then dead letter
    ├── Unavailable     no record can succeed right now    -> consumption pauses, nothing is lost
    ├── LeaseLost       another worker may own the record  -> dropped here, done there
    ├── OffsetGone      a follower's place is gone         -> its view is built anew
    ├── Fatal           it would only fail again           -> the process ends with a message and exit code 1
    └── ConfigError     a person must change something     -> the process ends with a message and exit code 2

An exception outside this tree is a bug: the record goes to the dead letters with its traceback.
"""

from __future__ import annotations


class DiglotError(Exception):
    """Base of all errors that this project raises on purpose."""


class Poison(DiglotError):  # noqa: N818 -- named for what it does to the record
    """The record itself is wrong (undecodable, out of bounds, contradicts itself): no retry can help."""


class Transient(DiglotError):  # noqa: N818
    """This one record failed in a way that may pass: it is retried and holds up its own key only.

    `retry_after`: seconds that the next attempt must wait at least, when the other side said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DiglotError):  # noqa: N818
    """Something that every record needs is down (broker, database, provider, budget): wait, lose nothing.

    `retry_after`: seconds until it is worth a try, when the other side said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LeaseLost(DiglotError):  # noqa: N818
    """The record may belong to another worker by now; what this one would still do could be done twice."""


class OffsetGone(DiglotError):  # noqa: N818
    """The records from a follower's offset on are no longer there: retention took them, or it is another cluster."""


class Fatal(DiglotError):  # noqa: N818
    """The surroundings keep this process from going on; the message says what is wrong or what to do about it."""


class ConfigError(DiglotError):
    """A setting or the surroundings are wrong; the message names what, where, and what to do."""
