"""The cards follow their formulas, and what needs a model is null and says so."""

import pytest

from services.analyze.scores import Counts, hot_card, quality_card, score

NOTHING = Counts(0, 0, 0, 0, 0, 0, 0, 0, who=False, when=False, where=False, how_much=False)
FULL = Counts(100, 10, 4, 4, 3, 6, 2, 6, who=True, when=True, where=True, how_much=True)


def test_hot_begins_at_1_for_one_source_without_reads_and_says_that_newsworthiness_is_unknown() -> None:
    card = hot_card(sources=1, reads=0, published_at=5, accepted=9)
    assert (card.base, card.since, card.rubric) == (1.0, 5, "hot-1")
    assert {c.id: (c.value, c.weight) for c in card.components} == {
        "newsworthiness": (None, 40),
        "sources": (0.0, 35),
        "reads": (0.0, 25),
    }
    assert card.reason.en is not None
    assert "unknown" in card.reason.en


def test_hot_rises_on_log_scales_to_the_weight_of_what_is_known() -> None:
    bases = [
        hot_card(sources=s, reads=r, published_at=None, accepted=0).base for s, r in ((4, 0), (16, 0), (99, 10**6))
    ]
    assert bases == [17.5, 35.0, 60.0]


@pytest.mark.parametrize(("published", "since"), [(None, 9), (5, 5), (20, 9)])
def test_age_counts_from_the_earlier_of_publication_and_acceptance(published: int | None, since: int) -> None:
    assert hot_card(sources=1, reads=0, published_at=published, accepted=9).since == since


def test_quality_is_the_weighted_mean_of_what_can_be_counted() -> None:
    assert quality_card(FULL).value == 100
    assert quality_card(NOTHING).value == 0
    card = quality_card(Counts(100, 10, 2, 0, 0, 3, 0, 0, who=True, when=False, where=False, how_much=True))
    values = {c.id: c.value for c in card.components}
    assert values == {"sourcing": 25.0, "specificity": 25.0, "completeness": 50.0, "originality": None}
    assert card.value == round((30 * 25 + 25 * 25 + 25 * 50) / 80, 1)


def test_every_component_gives_its_reason_in_both_languages() -> None:
    scores = score(FULL, None, 1)
    reasons = [c.reason for c in (*scores.hot.components, *scores.quality.components)]
    assert all(r.en and r.zh for r in [*reasons, scores.hot.reason, scores.quality.reason, scores.impact.reason])


def test_impact_is_null_because_it_needs_a_model() -> None:
    impact = score(FULL, None, 1).impact
    assert (impact.value, impact.absent, impact.rubric) == (None, "needs_model", "impact-1")
