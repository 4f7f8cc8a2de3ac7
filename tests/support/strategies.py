"""Hypothesis strategies for the model, and the naive guard that the real one is compared with."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from shared.model import (
    Absence,
    Analysis,
    Claim,
    Entity,
    Fact,
    Insight,
    KeyDatum,
    Pair,
    Paragraph,
    Party,
    Quantity,
    Question,
    Quote,
    Tag,
    Text,
)

T = TypeVar("T")

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
pairs = st.builds(Pair, en=st.none() | texts, zh=st.none() | texts)
quotes = st.builds(
    lambda quote, start: Quote(quote=quote, start=start, end=start + len(quote)), texts, st.integers(0, 10**5)
)
figures = st.decimals(min_value=-(10**15), max_value=10**15, places=2, allow_nan=False, allow_infinity=False)
quantities = st.one_of(
    st.builds(Quantity, kind=st.just("amount"), value=figures, currency=st.sampled_from(["USD", "CNY"])),
    st.builds(Quantity, kind=st.just("share"), value=figures, unit=st.just("percent")),
    st.builds(Quantity, kind=st.just("count"), value=figures.map(lambda f: f.quantize(Decimal(1)))),
)
facts = st.builds(
    Fact,
    parties=st.lists(st.builds(Party, entity=st.just("acme"), name=texts), max_size=2).map(tuple),
    quantity=quantities,
)


def _many(strategy: st.SearchStrategy[T], size: int) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=size).map(tuple)


@st.composite
def analyses(draw: st.DrawFn) -> Analysis[Text]:
    """A well-formed analysis in one language, with any of its parts filled."""

    def claim(at: str) -> Claim[Text]:
        return Claim[Text](
            id=at,
            text=draw(texts | facts),
            evidence=tuple(draw(st.lists(quotes, min_size=1, max_size=3))),
            stance=draw(st.sampled_from(["stated", "reported", "denied"])),
            by=draw(st.none() | texts),
        )

    def count(maximum: int) -> range:
        return range(draw(st.integers(0, maximum)))

    tldr = tuple(claim(f"tldr.{i}") for i in count(5))
    opinion = st.lists(st.sampled_from([c.id for c in tldr]), min_size=1, max_size=3).map(tuple) if tldr else None
    return Analysis[Text](
        language=draw(st.sampled_from(["en", "zh"])),
        title=draw(texts),
        summary=tuple(claim(f"summary.{i}") for i in count(3)),
        tldr=tldr,
        key_data=tuple(
            KeyDatum[Text](entity=draw(texts), info=claim(f"key_data.{i}.info"), metric=draw(quantities))
            for i in count(4)
        ),
        entities=tuple(
            Entity[Text](
                id=f"e{i}",
                name=draw(texts),
                kind="person",
                role=claim(f"entities.{i}.role") if draw(st.booleans()) else None,
            )
            for i in count(4)
        ),
        deep_analysis=()
        if opinion is None
        else draw(
            _many(
                st.builds(
                    Paragraph[Text], sentences=st.lists(texts, min_size=1, max_size=3).map(tuple), based_on=opinion
                ),
                3,
            )
        ),
        insights=()
        if opinion is None
        else draw(
            _many(
                st.builds(
                    Insight[Text],
                    label=texts,
                    sentences=st.lists(texts, min_size=1, max_size=2).map(tuple),
                    based_on=opinion,
                    wrong_if=st.none() | texts,
                ),
                2,
            )
        ),
        faq=tuple(Question[Text](question=draw(texts), answer=claim(f"faq.{i}.answer")) for i in count(3)),
        tags=draw(_many(st.builds(Tag[Text], name=texts) | st.just(Tag[Text](id="chips")), 4)),
        category=draw(st.none() | st.just("technology")),
        absent=draw(_many(st.just(Absence(part="faq", reason="needs_model")), 1)),
    )
