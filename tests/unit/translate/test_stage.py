from __future__ import annotations

from hypothesis import given

from services.translate.names import name_sheet
from services.translate.stage import fidelity_of, paired
from shared.model import Analysis, Fact, Text
from tests.support.strategies import analyses


@given(analyses())
def test_the_articles_own_language_is_kept_word_for_word(analysis: Analysis[Text]) -> None:
    both = paired(analysis, {})
    assert both.map(lambda _id, pair: pair.get(analysis.language) or "", str) == analysis


@given(analyses())
def test_what_is_not_translated_is_listed_as_pending(analysis: Analysis[Text]) -> None:
    leaves = list(analysis.leaves())
    done = dict.fromkeys(leaves[::2], "done")
    fidelity = fidelity_of(paired(analysis, done), dropped_claims=3)
    other = "zh" if analysis.language == "en" else "en"
    assert [(leaf.leaf, leaf.language) for leaf in fidelity.leaves] == [(leaf_id, other) for leaf_id in leaves[1::2]]
    facts = sum(isinstance(claim.text, Fact) for claim in analysis.claims())
    assert fidelity.complete == len(leaves) + len(done) + 2 * facts
    assert (fidelity.pending, fidelity.failed, fidelity.dropped_claims) == (len(leaves[1::2]), 0, 3)


def test_an_unknown_latin_name_stays_latin_in_chinese() -> None:
    assert name_sheet({"entities.0.name": "Corvane Semiconductor"}, "zh") == {
        "Corvane Semiconductor": "Corvane Semiconductor"
    }


def test_a_known_name_gets_its_preferred_form() -> None:
    assert name_sheet({"key_data.3.entity": "五角大楼"}, "en") == {"五角大楼": "Pentagon"}


def test_an_unknown_chinese_name_has_no_english_form() -> None:
    assert name_sheet({"entities.0.name": "流明特光子"}, "en") == {}


def test_prose_and_unknown_sources_are_no_names() -> None:
    leaves = {"tldr.0": "Corvane", "tldr.0.by": "two people in the room", "title": "Corvane"}
    assert name_sheet(leaves, "zh") == {}
