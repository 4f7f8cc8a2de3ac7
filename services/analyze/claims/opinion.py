"""The bounds on opinion: what deep analysis and insights may not say, however plausible it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.analyze.claims.article import ArticleText, Statement
from services.analyze.claims.content import words_of
from services.analyze.claims.folding import is_text
from services.analyze.claims.marks import Class, blame, keeps
from services.analyze.claims.verdict import Refusal
from shared.model import Claim, Stance, Text
from shared.quantities import supports

# What a sentence of opinion must keep of a claim that it repeats.
_KEPT: dict[Stance, Class] = {
    "reported": "hearsay",
    "alleged": "accusation",
    "possible": "possible",
    "planned": "promised",
    "denied": "denied",
}
# A sentence that has more of a claim's words than this repeats it.
_REPEATS = 0.6
_FEWEST_WORDS = 2


def check_opinion(
    sentences: Sequence[str], based_on: Sequence[Claim[Text]], article: ArticleText
) -> tuple[Refusal, ...]:
    """Check one paragraph of opinion, in the article's language, against the claims that it rests on. Never raises."""
    if not isinstance(sentences, list | tuple) or not all(map(is_text, sentences)):
        return (Refusal("quote", "", "a paragraph of opinion is text of whole characters: return it as text"),)
    if not based_on:
        return (Refusal("based_on", " ".join(sentences)[:80], "name at least one claim that this paragraph rests on"),)
    claims = [_Basis(claim, article) for claim in based_on]
    refusals: list[Refusal] = []
    named = False
    for sentence in sentences:
        said = article.claim(sentence, article.language)
        named = named or bool(said.actors)
        refusals += (
            *_strangers(said, article),
            *_figures(said, claims),
            *(_blame(said, claims) if named else ()),
            *_raised(said, claims),
        )
    return tuple(refusals)


class _Basis:
    """A claim that opinion rests on, with what it and its quotes say."""

    def __init__(self, claim: Claim[Text], article: ArticleText) -> None:
        text = claim.text if isinstance(claim.text, str) else ""
        self.stance = claim.stance
        self.text = text
        self.statement = article.claim(text, article.language)
        self.quoted = tuple(
            sentence for quote in claim.evidence for sentence in article.holding(quote.start, quote.end)
        )


def _strangers(said: Statement, article: ArticleText) -> Iterator[Refusal]:
    known = [name for sentence in article.all() for name in sentence.names]
    loose = article.namer.loose(tuple(known))
    for name in said.names:
        in_article = name.text.lower() in article.text.lower() or name.text.lower() in loose
        if not (in_article or any(name.same(other) for other in known)):
            yield Refusal("name", name.text, "the article does not name this: opinion names nobody new")


def _figures(said: Statement, claims: Sequence[_Basis]) -> Iterator[Refusal]:
    printed = [n for claim in claims for text in (claim.statement, *claim.quoted) for n in text.numbers]
    for number in said.numbers:
        if not (number.optional or supports(printed, number)):
            why = "no claim that this rests on has this number: leave it out, or rest on the claim that has it"
            yield Refusal("number", number.text, why)


def _blame(said: Statement, claims: Sequence[_Basis]) -> Iterator[Refusal]:
    """Refuse a motive or a wrong of a named party, unless a quote has it and the sentence says that it is someone's."""
    for kind, what in (("motive", "a motive"), ("wrongdoing", "wrongdoing")):
        match = blame(kind, said.language).search(said.text)
        if match is None:
            continue
        keys = frozenset(key for word in words_of(match.group(), said.language) for key in word.keys)
        quoted = any(not keys.isdisjoint(sentence.keys) for claim in claims for sentence in claim.quoted)
        if not (quoted and keeps(said.text, "accusation", said.language)):
            why = f"this gives a named party {what}: say it only as a quote attributes it, and to whom"
            yield Refusal("motive", match.group(), why)


def _raised(said: Statement, claims: Sequence[_Basis]) -> Iterator[Refusal]:
    for claim in claims:
        kept = _KEPT.get(claim.stance)
        words = claim.statement.words
        if kept is None or len(words) < _FEWEST_WORDS:
            continue
        share = sum(not said.keys.isdisjoint(word.keys) for word in words) / len(words)
        if share >= _REPEATS and not any(keeps(said.text, of, said.language) for of in (kept, "possible")):
            why = f"the claim that this rests on is {claim.stance}: keep that"
            yield Refusal("certainty", said.text, why, claim.text)
