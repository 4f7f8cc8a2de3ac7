from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.publish.quotes import every_quote, quotable
from shared.model import Analysis, Claim, Content, Pair, Quote
from tests.support.documents import TEXT, rich_document


def content_with(spans: list[tuple[int, int]]) -> Content:
    """A content whose only quotes have these spans, one a claim."""
    rich = rich_document().content
    assert rich is not None
    claims = tuple(
        Claim[Pair](
            id=f"tldr.{i}",
            text=Pair(en="A claim."),
            evidence=(Quote(quote="x" * (end - start), start=start, end=end),),
        )
        for i, (start, end) in enumerate(spans)
    )
    hot = rich.scores.hot.model_copy(update={"components": ()})
    scores = rich.scores.model_copy(update={"hot": hot})
    return rich.model_copy(
        update={"analysis": Analysis[Pair](language="en", title=Pair(en="T"), tldr=claims), "scores": scores}
    )


spans = st.tuples(st.integers(0, 380), st.integers(1, 120)).map(lambda s: (s[0], min(400, s[0] + s[1])))


@given(st.lists(spans, max_size=5))
def test_what_is_shown_is_never_more_than_a_quarter_of_the_text(quoted: list[tuple[int, int]]) -> None:
    allowed = quotable(content_with(quoted), 400)
    shown = {at for start, end in allowed for at in range(start, end)}
    assert len(shown) <= 100
    assert allowed <= set(quoted)


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
    assert sum(end - start for start, end in quotable(rich, len(TEXT))) <= len(TEXT) // 4 + 22
