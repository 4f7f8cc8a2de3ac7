"""Checks a claim against its quotes: nothing passes that the quotes do not support, and each refusal says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from services.analyze.claims.article import ArticleText, Statement
from services.analyze.claims.certainty import certainty_refusals, stance_of_claim
from services.analyze.claims.derived import derived_refusal
from services.analyze.claims.folding import fold, is_text
from services.analyze.claims.names import Name
from services.analyze.claims.quotes import MOST_QUOTES, Located, NoQuote
from services.analyze.claims.subjects import subject_refusals
from services.analyze.claims.support import content_refusals, reason_refusals
from services.analyze.claims.verdict import ClaimVerdict, Refusal
from shared.model import Derived, Language, Stance
from shared.names import shipped_terms
from shared.quantities import Mention, supports

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LONGEST_CLAIM = 1200
_KEPT = 4


def check_claim(
    claim: str,
    quotes: Sequence[str],
    article: str | ArticleText,
    language: Language,
    *,
    hints: Sequence[int | None] = (),
    stance: Stance | None = None,
    derived: Derived | None = None,
) -> ClaimVerdict:
    """Check a claim, in the article's language or the other one, against its quotes.

    `article` is the canonical text, or what was read from it already; `language` is the article's. `hints`: where the
    quotes should stand. `stance`: what the page says beside the claim, if not that it is stated. `derived`: the
    claim's figure that is computed from quoted ones. Never raises: what can't be judged is refused with that reason.
    """
    problem = _unreadable(claim, quotes, article, language)
    if problem is not None:
        return ClaimVerdict((problem,), (), "stated")
    text = article if isinstance(article, ArticleText) else article_text(article, language)
    refusals: list[Refusal] = []
    located = tuple(_found(quotes, hints, text, refusals))
    evidence = tuple(each.quote for each in located)
    quoted = _sentences(located, text)
    proposed: Stance = "stated"
    if not claim.strip() or len(claim) > _LONGEST_CLAIM:
        refusals.append(
            Refusal("quote", claim[:80], f"a claim is one statement of at most {_LONGEST_CLAIM} characters")
        )
    elif located:
        said = text.claim(claim, language_of(claim))
        refusals += _numbers(said, located, quoted, derived)
        if said.language == language:
            proposed = stance_of_claim(said, quoted)
        # A copy of the whole quoted sentences says what they say.
        if fold(claim).text != fold("".join(each.text for each in quoted)).text:
            refusals += _judged(said, quoted, text, stance)
    return ClaimVerdict(tuple(refusals), evidence, proposed)


@lru_cache(maxsize=_KEPT)
def article_text(text: str, language: Language) -> ArticleText:
    """Return an article read for its claims, with the shipped termbase. The last few are kept."""
    return ArticleText(text, language, shipped_terms())


def language_of(text: str) -> Language:
    """Return the language that a claim is written in, by the script of most of it."""
    return "zh" if 2 * len(_HAN.findall(text)) > len(_LETTER.findall(text)) else "en"


def _unreadable(claim: object, quotes: object, article: object, language: object) -> Refusal | None:
    """Say what of a claim is no text at all: an engine's answer may hold anything."""
    texts = (*quotes, claim) if isinstance(quotes, list | tuple) else (None,)
    if not isinstance(article, ArticleText):
        texts += (article,)
    if language not in ("en", "zh") or not all(map(is_text, texts)):
        return Refusal("quote", "", "claim, quotes and article must be texts of whole characters: return them as text")
    return None


def _found(
    quotes: Sequence[str], hints: Sequence[int | None], article: ArticleText, refusals: list[Refusal]
) -> Iterator[Located]:
    if not 1 <= len(quotes) <= MOST_QUOTES:
        refusals.append(Refusal("quote", "", f"a claim needs 1 to {MOST_QUOTES} quotes, this one has {len(quotes)}"))
    for at, returned in enumerate(quotes[:MOST_QUOTES]):
        hint = hints[at] if isinstance(hints, list | tuple) and at < len(hints) else None
        found = article.finder.locate(returned, hint if isinstance(hint, int) else None)
        if isinstance(found, NoQuote):
            refusals.append(Refusal("quote", "", found.why, returned[:300]))
        else:
            yield found


def _sentences(located: Sequence[Located], article: ArticleText) -> tuple[Statement, ...]:
    found = {s.start: s for each in located for s in article.holding(each.start, each.end)}
    return tuple(found[start] for start in sorted(found))


def _judged(
    claim: Statement, quoted: Sequence[Statement], article: ArticleText, stance: Stance | None
) -> Iterator[Refusal]:
    # What says nothing can't be supported: "Ghent", "12", "...". In the other language only names and numbers count.
    words = claim.words if claim.language == article.language else ()
    if not words and len(claim.names) + len(claim.numbers) < (2 if claim.language == article.language else 1):
        why = "this says nothing that its quotes could support: make it a statement"
        yield Refusal("support", claim.text[:80], why)
        return
    yield from _names(claim, quoted, article)
    if claim.language == article.language:
        yield from subject_refusals(claim, quoted, article)
    yield from content_refusals(claim, quoted, article)
    yield from reason_refusals(claim, quoted, article)
    if claim.language == article.language:
        yield from certainty_refusals(claim, quoted, stance)


def _numbers(
    claim: Statement, located: Sequence[Located], quoted: Sequence[Statement], derived: Derived | None
) -> Iterator[Refusal]:
    # Read in whole sentences, so that a quote that begins inside a number doesn't change it.
    printed = [
        number
        for sentence in quoted
        for number in sentence.numbers
        if any(q.start <= sentence.start + number.start and sentence.start + number.end <= q.end for q in located)
    ]
    if derived is not None:
        wrong = derived_refusal(derived, printed)
        if wrong is not None:
            yield wrong
        else:
            printed.append(Mention(derived.result, 0, 0, ""))
    for number in claim.numbers:
        if not (number.optional or _is_count_of_list(number, claim, quoted) or supports(printed, number)):
            quote = " ".join(each.quote.quote for each in located)
            yield Refusal(
                "number", number.text, "no quote of this claim has this number: quote it, or leave it out", quote
            )


def _is_count_of_list(number: Mention, claim: Statement, quoted: Sequence[Statement]) -> bool:
    """Say whether a number counts what the claim lists right after it, "three countries: A, B and C".

    The quotes must not give another number of the same.
    """
    if number.quantity.kind != "count" or not 1 < number.quantity.value <= _LONGEST_LIST:
        return False
    listing = _LISTING[claim.language].match(claim.text, number.end)
    if listing is None:
        return False
    items = [item for item in _BETWEEN_ITEMS.split(listing["items"]) if item.strip(" .。")]
    if len(items) != number.quantity.value:
        return False
    named = {name.text.lower() for name in claim.names}
    if listing["sign"].strip() in (",", "，") and not all(item.strip(" .。").lower() in named for item in items):
        return False
    return not any(
        _counts_the_same(number, claim, other, sentence) for sentence in quoted for other in sentence.numbers
    )


def _counts_the_same(number: Mention, claim: Statement, other: Mention, sentence: Statement) -> bool:
    if other.quantity.kind != "count":
        return False
    noun = next((word for word in claim.words if word.start >= number.end), None)
    counted = next((word for word in sentence.words if word.start >= other.end), None)
    unit = number.quantity.unit
    same_unit = unit is not None and unit == other.quantity.unit
    return same_unit or (noun is not None and counted is not None and not noun.keys.isdisjoint(counted.keys))


_LONGEST_LIST = 12
_BETWEEN_ITEMS = re.compile(r",? and |, |、|和|以及|与")
_LISTING: Final[Mapping[Language, re.Pattern[str]]] = {
    "en": re.compile(r"(?: ?[a-z-]+){0,4}(?P<sign>:|\s?[—–]|, namely|,) (?P<items>[^.;:]+)"),
    "zh": re.compile(r"[^，。：；—]{0,8}?(?P<sign>：|——|，?即|，)(?P<items>[^。；：]+)"),
}


def _names(claim: Statement, quoted: Sequence[Statement], article: ArticleText) -> Iterator[Refusal]:
    near = [*quoted, *(before for sentence in quoted for before in article.before(sentence))]
    known = tuple(name for sentence in near for name in sentence.names)
    loose = article.namer.loose(known)
    for name in claim.names:
        if _is_in(name, known) or name.text.lower() in loose or _is_written(name, near, loose):
            continue
        yield Refusal(
            "name",
            name.text,
            "neither the quote nor the sentence before it has this name: quote a sentence that has it",
            " ".join(sentence.text for sentence in quoted),
        )


def _is_in(name: Name, known: Sequence[Name]) -> bool:
    return any(name.same(other) for other in known)


def _is_written(name: Name, near: Sequence[Statement], loose: frozenset[str]) -> bool:
    """Say whether all words of a name stand near, however they are written: Chief Executive, chief executive."""
    text = " ".join(sentence.text.lower() for sentence in near)
    if name.text.lower() in text:
        return True
    return bool(name.tokens) and all(_stands(token, text, loose) for token in name.tokens)


def _stands(token: str, text: str, loose: frozenset[str]) -> bool:
    """Say whether a word of a name stands in a text, as it is or as its country: American, America."""
    stem = token[:-2] if token.endswith(("ans", "ean")) else token[:-1] if token.endswith("an") else token
    return token in loose or re.search(rf"\b{re.escape(stem)}", text) is not None
