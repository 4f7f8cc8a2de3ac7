"""Checks a claim against its quotes: nothing passes that the quotes do not support, and each refusal says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.analyze.claims.article import ArticleText, Statement
from services.analyze.claims.certainty import HEDGES, Class, Mark, keeps, negations
from services.analyze.claims.names import Name
from services.analyze.claims.quotes import MOST_QUOTES, NoQuote
from services.analyze.claims.stance import stance_in
from services.analyze.claims.subjects import subject_refusals
from services.analyze.claims.support import content_refusals
from services.analyze.claims.verdict import ClaimCheck, ClaimVerdict, Refusal
from shared.model import Language, Quote, Stance
from shared.names import shipped_terms
from shared.quantities import Mention, supports

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LONGEST_CLAIM = 1200
# From less certain on; "stated" is most certain.
_CERTAINTY: tuple[Stance, ...] = ("alleged", "possible", "reported", "denied", "planned", "stated")
_KEPT = 4


def check_claim(
    claim: str,
    quotes: Sequence[str],
    article: str | ArticleText,
    language: Language,
    *,
    hints: Sequence[int | None] = (),
    stance: Stance | None = None,
) -> ClaimVerdict:
    """Check a claim, in the article's language or the other one, against its quotes.

    `article` is the canonical text, or what was read from it already; `language` is the article's. `hints`: where the
    quotes should stand. `stance`: what the page says beside the claim, if not that it is stated. Never raises: what
    can't be judged is refused with that reason.
    """
    text = article if isinstance(article, ArticleText) else article_text(article, language)
    refusals: list[Refusal] = []
    evidence = tuple(_found(quotes, hints, text, refusals))
    quoted = _sentences(evidence, text)
    proposed = stance_in(" ".join(each.text for each in quoted), language)
    if not claim.strip() or len(claim) > _LONGEST_CLAIM:
        refusals.append(
            Refusal("quote", claim[:80], f"a claim is one statement of at most {_LONGEST_CLAIM} characters")
        )
    elif evidence:
        said = text.claim(claim, language_of(claim))
        refusals += _judged(said, evidence, quoted, text, stance)
    return ClaimVerdict(tuple(refusals), evidence, proposed)


@lru_cache(maxsize=_KEPT)
def article_text(text: str, language: Language) -> ArticleText:
    """Return an article read for its claims, with the shipped termbase. The last few are kept."""
    return ArticleText(text, language, shipped_terms())


def language_of(text: str) -> Language:
    """Return the language that a claim is written in, by the script of most of it."""
    return "zh" if 2 * len(_HAN.findall(text)) > len(_LETTER.findall(text)) else "en"


def _found(
    quotes: Sequence[str], hints: Sequence[int | None], article: ArticleText, refusals: list[Refusal]
) -> Iterator[Quote]:
    if not 1 <= len(quotes) <= MOST_QUOTES:
        refusals.append(Refusal("quote", "", f"a claim needs 1 to {MOST_QUOTES} quotes, this one has {len(quotes)}"))
    for at, returned in enumerate(quotes[:MOST_QUOTES]):
        found = article.finder.find(returned, hints[at] if at < len(hints) else None)
        if isinstance(found, NoQuote):
            refusals.append(Refusal("quote", "", found.why, returned[:300]))
        else:
            yield found


def _sentences(evidence: Sequence[Quote], article: ArticleText) -> tuple[Statement, ...]:
    found = {sentence.start: sentence for quote in evidence for sentence in article.holding(quote)}
    return tuple(found[start] for start in sorted(found))


def _judged(
    claim: Statement,
    evidence: Sequence[Quote],
    quoted: Sequence[Statement],
    article: ArticleText,
    stance: Stance | None,
) -> Iterator[Refusal]:
    yield from _numbers(claim, evidence, quoted)
    yield from _names(claim, quoted, article)
    yield from subject_refusals(claim, quoted, article)
    yield from content_refusals(claim, quoted, article)
    if claim.language == article.language:
        yield from _certainty(claim, evidence, quoted, stance)


def _numbers(claim: Statement, evidence: Sequence[Quote], quoted: Sequence[Statement]) -> Iterator[Refusal]:
    # Read in whole sentences, so that a quote that begins inside a number doesn't change it.
    printed = [
        number
        for sentence in quoted
        for number in sentence.numbers
        if any(q.start <= sentence.start + number.start and sentence.start + number.end <= q.end for q in evidence)
    ]
    for number in claim.numbers:
        if not (number.optional or _is_count_of_list(number, claim) or supports(printed, number)):
            quote = " ".join(each.quote for each in evidence)
            yield Refusal(
                "number", number.text, "no quote of this claim has this number: quote it, or leave it out", quote
            )


def _is_count_of_list(number: Mention, claim: Statement) -> bool:
    """Say whether a number counts what the claim lists: "three countries: A, B and C"."""
    if number.quantity.kind != "count" or number.quantity.value > 12:
        return False
    rest = claim.text[number.end :]
    listed = len(re.findall(r", | and |、|和|以及|与", rest)) + 1
    return listed == number.quantity.value


def _names(claim: Statement, quoted: Sequence[Statement], article: ArticleText) -> Iterator[Refusal]:
    near = [*quoted, *(before for sentence in quoted for before in article.before(sentence))]
    known = tuple(name for sentence in near for name in sentence.names)
    loose = article.namer.loose(known)
    for name in claim.names:
        if _is_in(name, known) or name.text.lower() in loose or _is_written(name, near):
            continue
        yield Refusal(
            "name",
            name.text,
            "neither the quote nor the sentence before it has this name: quote a sentence that has it",
            " ".join(sentence.text for sentence in quoted),
        )


def _is_in(name: Name, known: Sequence[Name]) -> bool:
    return any(name.same(other) for other in known)


def _is_written(name: Name, near: Sequence[Statement]) -> bool:
    """Say whether all words of a name stand near, however they are written: Chief Executive, chief executive."""
    texts = [sentence.text.lower() for sentence in near]
    if name.text.lower() in " ".join(texts):
        return True
    return bool(name.tokens) and any(all(re.search(rf"\b{re.escape(t)}", text) for t in name.tokens) for text in texts)


def _certainty(
    claim: Statement, evidence: Sequence[Quote], quoted: Sequence[Statement], stance: Stance | None
) -> Iterator[Refusal]:
    seen: set[str] = set()
    for sentence in quoted:
        for mark in sentence.marks:
            if (
                mark.of in seen
                or not _governs(mark, sentence, quoted, claim)
                or keeps(claim.text, mark.of, claim.language)
            ):
                continue
            if mark.of in HEDGES and stance is not None and _CERTAINTY.index(stance) <= _STANCES[mark.of]:
                continue
            seen.add(mark.of)
            yield Refusal(_CHECKS.get(mark.of, "certainty"), claim.text, _WHY[mark.of].format(mark.text), sentence.text)
    if not any(keeps(sentence.text, "negation", claim.language) for sentence in quoted):
        for mark in negations(claim.text, claim.language)[:1]:
            why = f"the claim says “{mark.text}”, its quote denies nothing: say what the quote says"
            yield Refusal("negation", claim.text, why, " ".join(sentence.text for sentence in quoted))


_CHECKS: dict[Class, ClaimCheck] = {"condition": "condition", "negation": "negation"}
_STANCES: dict[Class, int] = {"accusation": 0, "possible": 1, "hearsay": 2, "denied": 3, "intended": 4, "promised": 4}
_WHY: dict[Class, str] = {
    "hearsay": "the quote only passes this on (“{}”): say so in the claim, or leave it out",
    "accusation": "the quote has this as an accusation (“{}”): say so in the claim, or leave it out",
    "possible": "the quote says that this may be (“{}”), the claim that it is: keep the doubt",
    "intended": "the quote says that this is planned (“{}”), the claim that it is or will be: keep the plan",
    "promised": "the quote says that this is to come (“{}”), the claim that it is: keep the future",
    "denied": "the quote has someone deny this (“{}”): say who denies it",
    "condition": "the quote says this only under a condition (“{}”): keep the condition",
    "negation": "the quote says that this is not so (“{}”): keep the negation",
}


def _governs(mark: Mark, sentence: Statement, quoted: Sequence[Statement], claim: Statement) -> bool:
    """Say whether what a mark governs is what the claim says, and nothing outside of it says the same."""
    inside = [word for word in sentence.words if _covers(mark, word.start)]
    outside = [word for word in sentence.words if not _covers(mark, word.start)]
    within = frozenset(key for word in inside for key in word.keys)
    other = frozenset(key for word in outside for key in word.keys)
    other |= frozenset(key for each in quoted if each is not sentence for key in each.keys)
    matched = [word for word in claim.words if not within.isdisjoint(word.keys)]
    only = [word for word in matched if other.isdisjoint(word.keys)]
    figures = [n for n in sentence.numbers if _covers(mark, n.start)]
    numbers = sum(supports(figures, number) for number in claim.numbers) if figures else 0
    if not only and not numbers:
        return False
    total = len(claim.words) + len(claim.numbers)
    head = bool(inside) and any(not inside[0].keys.isdisjoint(word.keys) for word in only)
    return head or (len(only) + numbers) >= max(1.0, 0.3 * total)


def _covers(mark: Mark, at: int) -> bool:
    return any(start <= at < end for start, end in mark.governs)
