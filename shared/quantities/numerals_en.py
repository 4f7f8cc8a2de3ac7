"""English number words: twenty-five, a hundred and one, two and a half million, two-thirds, twenty-first, a dozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from shared.quantities.lexicon import number_words
from shared.quantities.numerals import exact, plus

SCALES: Mapping[str, int] = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALE_ORDINALS: Mapping[str, int] = {f"{word}th": power for word, power in SCALES.items()}
_NEXT = re.compile(r"(?P<and>[ \u00a0-]and)?[ \u00a0-](?P<word>[A-Za-z]{3,12})(?![A-Za-z])")
_ONE = "zero|one|two|three|four|five|six|seven|eight|nine"
_POINT = re.compile(rf"[ \u00a0]point(?P<decimals>(?:[ \u00a0](?:{_ONE})(?![A-Za-z])){{1,6}})", re.IGNORECASE)
_AND_PART = re.compile(
    r"[ \u00a0-]and[ \u00a0-](?:a|one)[ \u00a0-](?P<part>half|quarter|third)(?![A-Za-z])", re.IGNORECASE
)
_HALF_OF = re.compile(
    r"[ \u00a0-](?:an?[ \u00a0-])?(?P<word>hundred|thousand|million|billion|trillion|dozen)(?![A-Za-z])", re.IGNORECASE
)
_OF = re.compile(r"[ \u00a0]of[ \u00a0]")
_ARTICLE = re.compile(r"(?<![A-Za-z])an?[ \u00a0-]$", re.IGNORECASE)
_MOST_WORDS = 16
_HUNDRED = Decimal(100)


@cache
def _fractions() -> Mapping[str, int]:
    """Return the words for a part of something, and into how many parts it is divided."""
    nths = {word: value for word, value in number_words("ordinals").items() if value > 2}
    nths |= {word: 10**power for word, power in _SCALE_ORDINALS.items()}
    halves = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4}
    return {**halves, **nths, **{f"{word}s": value for word, value in nths.items()}}


@cache
def first_words() -> frozenset[str]:
    """Return the words that a number in words may begin with."""
    numbers = (*number_words("cardinals"), *number_words("ordinals"), *SCALES, *_SCALE_ORDINALS)
    return frozenset((*numbers, "half", "dozen", "quarter"))


class NumeralWords(NamedTuple):
    """A number in words. A fraction's value is a percentage. `article`: "a hundred", "a dozen" are often rounded."""

    value: Decimal
    start: int
    end: int
    ordinal: bool = False
    fraction: bool = False
    article: bool = False
    power: int | None = None


class _Word(NamedTuple):
    word: str
    end: int
    joined: bool  # by "and"


class _State(NamedTuple):
    """What the words read so far are worth: closed by thousand, million ..., and still open."""

    closed: Decimal = Decimal(0)
    open: Decimal | None = None
    least: int = 99  # the last scale's power; the next one is smaller
    end: int = 0
    power: int | None = None

    @property
    def value(self) -> Decimal:
        return plus(self.closed, self.open or Decimal(0))


def numeral_en(text: str, start: int) -> NumeralWords | None:
    """Read the number that begins with the word at `start`, or return None. "hundreds" and the like are no number."""
    words = _words(text, start)
    if not words:
        return None
    first = words[0].word
    if first == "half":
        return _half(text, start, words[0].end)
    article = _ARTICLE.search(text, max(0, start - 3), start)
    if article is None and (first in SCALES or first in ("dozen", "quarter") or first in _SCALE_ORDINALS):
        return None
    begin = start if article is None else article.start()
    if len(words) == 1 and first in _fractions() and article is not None and _OF.match(text, words[0].end):
        return NumeralWords(_share(Decimal(1), first), begin, words[0].end, fraction=True, article=True)
    if first == "quarter":
        return None
    found = _fold(text, words, start if article is None else begin, counted=article is not None)
    return found if found is None or article is None else found._replace(article=True)


def _words(text: str, start: int) -> list[_Word]:
    words: list[_Word] = []
    at, joined = start, False
    match = _FIRST.match(text, start)
    while match is not None and len(words) < _MOST_WORDS:
        word = match["word"].lower()
        if word not in first_words() and word not in _fractions():
            break
        words.append(_Word(word, match.end(), joined))
        at = match.end()
        match = _NEXT.match(text, at)
        joined = match is not None and match["and"] is not None
    return words


_FIRST = re.compile(r"(?P<word>[A-Za-z]{3,12})(?![A-Za-z])")


def _fold(text: str, words: list[_Word], begin: int, *, counted: bool) -> NumeralWords | None:
    state = _State(open=Decimal(1) if counted else None)
    if counted and words[0].word not in SCALES and words[0].word != "dozen":
        state = _State()
    for index, word in enumerate(words):
        following = _cardinal(state, word, first=index == 0)
        if following is None:
            return _last(state, word, begin, index) or _finished(text, state, begin, index)
        state = following
    return _finished(text, state, begin, len(words))


def _cardinal(state: _State, word: _Word, *, first: bool) -> _State | None:
    """Return the value with one more word, or None when the word does not go on with it."""
    if (value := number_words("cardinals").get(word.word)) is not None:
        return _with(state, Decimal(value), word, first=first)
    if word.word == "dozen" and state.open is not None and not state.closed:
        return state._replace(open=state.open * 12, end=word.end, power=None)
    power = SCALES.get(word.word)
    if power is not None and state.open is None and state.closed and not word.joined:  # ten million billion
        return state._replace(closed=state.closed.scaleb(power), end=word.end, power=None)
    if power is None or state.open is None or word.joined:
        return None
    if power == SCALES["hundred"]:
        if state.open >= _HUNDRED:
            return None
        return state._replace(open=state.open.scaleb(2), end=word.end, power=2)
    if power >= state.least:
        return None
    closed = plus(state.closed, state.open.scaleb(power))
    return _State(closed, None, power, word.end, power if not state.closed else None)


def _with(state: _State, value: Decimal, word: _Word, *, first: bool) -> _State | None:
    if state.open is None:
        fits = first or (state.closed != 0 and value < _HUNDRED)
    else:
        tens = state.open % _HUNDRED
        fits = tens == 0 or (tens >= 20 and tens % 10 == 0 and value < 10 and not word.joined)
        fits = fits and state.open != 0
    if not fits:
        return None
    return state._replace(open=plus(state.open or Decimal(0), value), end=word.end, power=None)


def _last(state: _State, word: _Word, begin: int, index: int) -> NumeralWords | None:
    """Return the number that an ordinal or the lower half of a fraction ends."""
    ordinal = number_words("ordinals").get(word.word)
    if ordinal is not None and (joined := _with(state, Decimal(ordinal), word, first=index == 0)) is not None:
        return NumeralWords(joined.value, begin, word.end, ordinal=True)
    if word.word in _fractions() and index > 0 and not word.joined and state.value < _HUNDRED:
        return NumeralWords(_share(state.value, word.word), begin, word.end, fraction=True)
    return None


def _share(count: Decimal, word: str) -> Decimal:
    return percentage(count, Decimal(_fractions()[word]))


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """Return part / whole in percent, rounded to nine decimals: a third is the same in every language."""
    return exact((part * 100 / whole).quantize(Decimal("1e-9"))) or Decimal(0)


def _finished(text: str, state: _State, begin: int, index: int) -> NumeralWords | None:
    if index == 0 or state.end == 0:
        return None
    value, end = state.value, state.end
    if (point := _POINT.match(text, end)) is not None:
        tail = "".join(str(number_words("cardinals")[word]) for word in point["decimals"].lower().split())
        value, end = Decimal(f"{value:f}.{tail}"), point.end()
    elif (part := _AND_PART.match(text, end)) is not None:
        value, end = (
            plus(value, _share(Decimal(1), part["part"].lower()) / 100 * Decimal(10) ** (state.power or 0)),
            part.end(),
        )
    if value != state.value and (scale := _NEXT.match(text, end)) is not None and scale["word"].lower() in SCALES:
        value, end = value.scaleb(SCALES[scale["word"].lower()]), scale.end()
    known = exact(value)
    return None if known is None else NumeralWords(known, begin, end, power=state.power)


def _half(text: str, start: int, end: int) -> NumeralWords:
    """Read "half", "half a million" and "half a dozen"."""
    of = _HALF_OF.match(text, end)
    if of is None:
        return NumeralWords(Decimal(50), start, end, fraction=True, article=True)
    word = of["word"].lower()
    value = Decimal(6) if word == "dozen" else Decimal("0.5").scaleb(SCALES[word])
    return NumeralWords(value, start, of.end(), article=True, power=SCALES.get(word))
