"""Whether a claim's quotes are about what the claim says: the words of its own that they share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.analyze.claims.article import ArticleText, Statement
from services.analyze.claims.content import Word, keys_of, opposites, words_of
from services.analyze.claims.marks import blame
from services.analyze.claims.verdict import Refusal
from shared.model import Language
from shared.quantities import Mention, supports

# Measured on the claims of bench/quality (docs/claims.md): supported paraphrases share more than this.
LEAST_SHARE = 0.25
# What a word counts that only the sentence before the quote has, and one that the whole article lacks.
_BEFORE, _NEW = 0.25, 0.5
# Another sentence that shares so many words more than the quote is what the claim is of.
_MARGIN = 1.5


def content_refusals(claim: Statement, quoted: Sequence[Statement], article: ArticleText) -> Iterator[Refusal]:
    """Refuse a claim whose own words are not those of its quotes, or say the opposite."""
    if claim.language != article.language or not claim.words:
        return
    keys = frozenset(key for sentence in quoted for key in sentence.keys)
    turned = _turned(claim, quoted)
    if turned is not None:
        yield Refusal("support", turned.text, "the quote says the opposite of this word", _text(quoted))
        return
    strange = _strange(claim, keys, quoted, article)
    if strange is not None:
        why = "neither the quote nor the sentences before it are about this: quote a sentence that is"
        yield Refusal("name", strange.text, why, _text(quoted))
        return
    before = frozenset(key for sentence in quoted for each in article.before(sentence)[:1] for key in each.keys)
    own = sum(_weight(word, keys, before) for word in claim.words)
    missing = [word for word in claim.words if keys.isdisjoint(word.keys)]
    lost = sum(_NEW if article.keys.isdisjoint(w.keys) else 1.0 - _weight(w, keys, before) for w in missing)
    figures = sum(any(n.text == other.text for s in quoted for other in s.numbers) for n in claim.numbers)
    share = (own + figures) / (own + figures + lost) if own + figures + lost else 1.0
    if share < LEAST_SHARE:
        words = ", ".join(dict.fromkeys(word.text for word in missing))
        yield Refusal("support", words, "the quote does not say this: quote the sentence that does", _text(quoted))
        return
    other = _better(claim, quoted, article, own) if missing else None
    if other is not None:
        words = ", ".join(dict.fromkeys(word.text for word in missing))
        yield Refusal("support", words, f"the article says this elsewhere: quote “{other}”", _text(quoted))


def reason_refusals(claim: Statement, quoted: Sequence[Statement], article: ArticleText) -> Iterator[Refusal]:
    """Refuse a motive, a wrong or a reason in a claim of which no word is in its quotes, whatever else they share."""
    if claim.language != article.language:
        return
    keys = frozenset(key for sentence in quoted for key in sentence.keys)
    for kind in ("motive", "wrongdoing"):
        for match in blame(kind, claim.language).finditer(claim.masked):
            said = words_of(match.group(), claim.language)
            if said and all(keys.isdisjoint(word.keys) for word in said):
                why = "the quote says nothing of this: a claim gives nobody a motive or a wrong that its quote does not"
                yield Refusal("motive", match.group(), why, _text(quoted))
                return
    near = keys.union(*(each.keys for sentence in quoted for each in article.before(sentence)))
    for match in _REASON[claim.language].finditer(claim.text):
        words = [word for word in claim.words if match.start("said") <= word.start < match.end()]
        if len(words) >= _FEWEST_REASONS[claim.language] and all(near.isdisjoint(word.keys) for word in words):
            yield Refusal("support", match.group().strip(), "the quote does not say this: leave it out", _text(quoted))
            return


_REASON: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(r"\b(?:because(?: of)?|after|amid|following|due to|owing to|in response to)\b(?P<said>[^,.;:]+)"),
    "zh": re.compile(r"(?:因为|由于|因(?!此|而|素)|鉴于)(?P<said>[^，。；：]+)"),
}
# A Chinese word of no list is read as pairs of characters.
_FEWEST_REASONS: Final[Mapping[Language, int]] = {"en": 2, "zh": 3}


def _strange(claim: Statement, keys: frozenset[str], quoted: Sequence[Statement], article: ArticleText) -> Word | None:
    """Return what a Chinese claim begins with if the article has it, but not near the quotes: likely a name."""
    first = claim.words[0]
    if claim.language != "zh" or first.start > 0 or first.end - first.start != 2 or len(first.keys) > 1:
        return None
    near = keys.union(*(each.keys for sentence in quoted for each in article.before(sentence)))
    return first if first.text in article.keys and first.text not in near else None


def _weight(word: Word, keys: frozenset[str], before: frozenset[str]) -> float:
    if not keys.isdisjoint(word.keys):
        return 1.0
    return _BEFORE if not before.isdisjoint(word.keys) else 0.0


def _better(claim: Statement, quoted: Sequence[Statement], article: ArticleText, own: float) -> str | None:
    """Return another sentence of the article that has clearly more of the claim's words than its quotes."""
    starts = {sentence.start for sentence in quoted}
    best, text = own + _MARGIN, None
    for sentence in article.all():
        if sentence.start in starts:
            continue
        shared = float(sum(not sentence.keys.isdisjoint(word.keys) for word in claim.words))
        if shared >= best:
            best, text = shared + 0.1, sentence.text
    return text


def _turned(claim: Statement, quoted: Sequence[Statement]) -> Word | None:
    """Return a word of the claim where the quotes have only words for the opposite.

    Beside a number of the claim only the segments of the quotes that have this number count.
    """
    for segment in claim.segments:
        numbers = [n for n in claim.numbers if segment.start <= n.start < segment.end and not n.optional]
        said = _said(quoted, numbers) or keys_of(word for sentence in quoted for word in sentence.words)
        for word in claim.words:
            against = opposites(word.keys, claim.language) if segment.start <= word.start < segment.end else None
            if against and said.isdisjoint(word.keys) and not said.isdisjoint(against):
                return word
    return None


def _said(quoted: Sequence[Statement], numbers: Sequence[Mention]) -> frozenset[str]:
    """Return the words of the segments that have one of the numbers, and of what they go on with."""
    found: list[Word] = []
    for sentence in quoted:
        for segment in sentence.segments:
            figures = [n for n in sentence.numbers if segment.start <= n.start < segment.end]
            if figures and any(supports(figures, number) for number in numbers):
                found += (word for word in sentence.words if segment.start <= word.start < segment.end)
    return keys_of(found)


def _text(quoted: Sequence[Statement]) -> str:
    return " ".join(sentence.text for sentence in quoted)
