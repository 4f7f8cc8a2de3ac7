"""What stands around a number and can turn its sense around: a minus sign, a bound, the order of a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shared.model import Language
from shared.quantities.lexicon import Bound, bounds, loss_words, outcome_words, signs
from shared.quantities.mention import Sign
from shared.quantities.reading import Reading

_DEGREES = frozenset(("degree", "celsius", "fahrenheit"))
_SIGNED_UNITS = _DEGREES | {"percent", "percentage_point", "basis_point"}
_DASHES = "-–"
_MINUS = "−"
_NOT_BEFORE_DASH = re.compile(r"[A-Za-z年月日时分度]$|[0-9%)\]）】][ \u00a0]?$")  # 3%-5%, 2018 -19: the dash is none
_NOT_BEFORE_SIGN = "胜背担肩抱自欺辜"  # 胜负, 背负
_NEGATED = re.compile(
    r"(?:n['’]t|\b(?:not|no|never|hardly|nor|without))[ ](?:[a-z]{2,6}[ ])?$|[不未没非勿无莫][有能得会可应]?$"
)


def settle(text: str, readings: Sequence[Reading], language: Language) -> None:
    """Add sign, bound and order to the numbers that were read in a text. A sign becomes part of its number."""
    if not readings:
        return
    done = 0
    for reading in readings:
        if reading.date is None and reading.identifier is None:
            start = _sign_before(text, reading, language)
            if start is not None and start >= done:
                reading.start, reading.sign = start, "minus"
            reading.bound = _bound(text, reading, language)
        done = reading.end
    _say_losses(text, readings, language)
    _order(text, [reading for reading in readings if reading.kind == "score"], language)


def _sign_before(text: str, reading: Reading, language: Language) -> int | None:
    """Return where the minus sign begins that stands before a number, or None."""
    at = reading.start
    before = text[max(0, at - 10) : at]
    if before.endswith(_MINUS):
        return at - 1
    if before.endswith(tuple(_DASHES)):
        signed = reading.unit in _SIGNED_UNITS or reading.currency is not None
        return at - 1 if signed and _NOT_BEFORE_DASH.search(before[:-1]) is None else None
    bare = before.rstrip(" \u00a0").lower()
    word = next((word for word in signs(language) if bare.endswith(word)), None)
    if word is None:
        return None
    ahead = bare[: -len(word)][-1:]
    if (ahead.isascii() and ahead.isalnum()) or ahead in tuple(_NOT_BEFORE_SIGN):
        return None
    return at - len(before) + len(bare) - len(word)


def _bound(text: str, reading: Reading, language: Language) -> Bound | None:
    if reading.approximate is None:
        return None
    said = text[reading.start : reading.start + 20].lower()
    for word, bound in bounds(language).items():
        if said.startswith(word):
            return None if _NEGATED.search(text[max(0, reading.start - 12) : reading.start].lower()) else bound
    return None


def _say_losses(text: str, readings: Iterable[Reading], language: Language) -> None:
    """Mark the numbers without a sign in a text that has words for what a sign says."""
    said: dict[bool, Sign | None] = {}
    for reading in readings:
        if reading.sign is None:
            degrees = reading.unit in _DEGREES
            if degrees not in said:
                said[degrees] = None if loss_words(language, degrees=degrees).search(text) is None else "words"
            reading.sign = said[degrees]


def _order(text: str, scores: Sequence[Reading], language: Language) -> None:
    if not scores or outcome_words("won", language).search(text) is None:
        return
    if outcome_words("lost", language).search(text) is not None:
        return
    for reading in scores:
        if reading.upper is not None and reading.upper != reading.value:
            reading.score = (reading.value, reading.upper)
