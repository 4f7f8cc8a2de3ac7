from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.publish.quotes import every_quote, quotable
from shared.model import Analysis, Claim, Content, Fact, Pair, Quote
from tests.support.documents import TEXT, rich_document

SOURCE = "".join(chr(0x4E00 + at) for at in range(400))
"""400 characters that are all different: words in it are at one place only."""


def fact() -> Fact:
    """Some fact."""
    rich = rich_document().content
    assert rich is not None
    return next(c.text for c in rich.analysis.claims() if isinstance(c.text, Fact))


def content_with(
    spans: list[tuple[int, int]], verbatim: frozenset[int] = frozenset(), facts: frozenset[int] = frozenset()
) -> Content:
    """A content whose only quotes have these spans, one a claim.

    `verbatim`: the claims whose text is the quote itself. `facts`: those that are facts.
    """
    rich = rich_document().content
    assert rich is not None
    claims = tuple(
        Claim[Pair](
            id=f"tldr.{i}",
            text=fact() if i in facts else Pair(en=SOURCE[start:end] if i in verbatim else "A claim."),
            evidence=(Quote(quote=(SOURCE + "x" * 100)[start:end], start=start, end=end),),
        )
        for i, (start, end) in enumerate(spans)
    )
    hot = rich.scores.hot.model_copy(update={"components": ()})
    scores = rich.scores.model_copy(update={"hot": hot})
    return rich.model_copy(
        update={"analysis": Analysis[Pair](language="en", title=Pair(en="T"), tldr=claims), "scores": scores}
    )


spans = st.tuples(st.integers(0, 380), st.integers(1, 120)).map(lambda s: (s[0], min(400, s[0] + s[1])))


@given(st.lists(spans, max_size=5), st.frozensets(st.integers(0, 4)), st.frozensets(st.integers(0, 4)))
def test_what_is_shown_is_never_more_than_a_quarter_of_the_text(
    quoted: list[tuple[int, int]], verbatim: frozenset[int], facts: frozenset[int]
) -> None:
    allowed = quotable(content_with(quoted, verbatim, facts), 400)
    assert len({at for start, end in allowed for at in range(start, end)}) <= 100
    assert allowed <= set(quoted)


def test_a_claim_that_is_its_quote_leaves_the_quarter_to_those_that_are_not() -> None:
    spans = [(0, 90), (100, 190), (200, 210)]
    assert quotable(content_with(spans, verbatim=frozenset({0})), 400) == {(100, 190), (200, 210)}


def test_facts_come_first_because_their_words_are_ours() -> None:
    spans = [(0, 60), (100, 180), (200, 290)]
    assert quotable(content_with(spans, facts=frozenset({2})), 400) == {(200, 290)}


def test_the_first_quotes_of_the_page_are_shown_and_a_shorter_one_may_follow_one_that_is_too_long() -> None:
    allowed = quotable(content_with([(0, 60), (100, 180), (200, 240), (300, 301)]), 400)
    assert allowed == {(0, 60), (200, 240)}


def test_words_that_are_quoted_twice_count_once() -> None:
    assert quotable(content_with([(0, 100), (0, 100), (50, 100)]), 400) == {(0, 100), (50, 100)}


def test_a_quote_past_the_end_of_the_text_is_not_shown() -> None:
    assert quotable(content_with([(390, 410)]), 400) == frozenset()


def test_the_evidence_of_scores_counts_too() -> None:
    rich = rich_document().content
    assert rich is not None
    start = TEXT.index("The vote was 34 to 29.")
    assert (start, start + 22) in every_quote(rich)
    full = content_with([(300, 400)]).model_copy(update={"scores": rich.scores})
    assert quotable(full, 400) == {(300, 400)}
    assert quotable(full, 500) >= {(300, 400), (start, start + 22)}
