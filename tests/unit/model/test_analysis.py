from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.model import Analysis, Claim, Pair, Paragraph, Quote, Text
from tests.support.strategies import analyses, texts

QUOTE = Quote(quote="Sales rose.", start=0, end=11)


@given(analyses())
def test_mapping_the_identity_changes_nothing(analysis: Analysis[Text]) -> None:
    assert analysis.map(lambda _id, leaf: leaf, str) == analysis


@given(analyses())
def test_every_leaf_is_visited_once_under_its_own_id(analysis: Analysis[Text]) -> None:
    visited: list[str] = []

    def visit(leaf_id: str, leaf: str) -> str:
        visited.append(leaf_id)
        return leaf

    analysis.map(visit, str)
    assert len(visited) == len(set(visited))
    assert visited == list(analysis.leaves())


@given(analyses())
def test_ids_do_not_depend_on_the_text(analysis: Analysis[Text]) -> None:
    other = analysis.map(lambda _id, leaf: leaf[::-1] + "!", str)
    assert list(other.leaves()) == list(analysis.leaves())


@given(analyses())
def test_both_languages_come_back_out_of_pairs(analysis: Analysis[Text]) -> None:
    paired = analysis.map(lambda _id, leaf: Pair.of(analysis.language, leaf), Pair)
    back = paired.map(lambda _id, pair: pair.get(analysis.language) or "", str)
    assert back == analysis
    assert Analysis[Pair].model_validate_json(paired.model_dump_json()) == paired


@given(analyses())
def test_json_keeps_everything(analysis: Analysis[Text]) -> None:
    assert Analysis[Text].model_validate_json(analysis.model_dump_json()) == analysis


@given(analyses(), st.data())
def test_zip_joins_leaves_of_the_same_shape(analysis: Analysis[Text], data: st.DataObject) -> None:
    other = analysis.map(lambda _id, _leaf: data.draw(texts), str)
    assert analysis.zip(other).leaves() == {
        leaf_id: (leaf, other.leaves()[leaf_id]) for leaf_id, leaf in analysis.leaves().items()
    }


@given(analyses(), analyses())
def test_zip_refuses_another_shape(one: Analysis[Text], two: Analysis[Text]) -> None:
    if one.map(lambda _id, _leaf: "", str) == two.map(lambda _id, _leaf: "", str):
        return
    with pytest.raises(ValueError, match="different shapes"):
        one.zip(two)


def test_a_claim_must_have_the_id_of_its_place() -> None:
    with pytest.raises(ValidationError, match=r"the claim at tldr\.0 has the id tldr\.1"):
        Analysis[Text](language="en", title="T", tldr=(Claim[Text](id="tldr.1", text="A", evidence=(QUOTE,)),))


def test_opinion_rests_on_claims_that_exist() -> None:
    with pytest.raises(ValidationError, match=r"based_on names no claim.*tldr\.7"):
        Analysis[Text](
            language="en", title="T", deep_analysis=(Paragraph[Text](sentences=("A.",), based_on=("tldr.7",)),)
        )


def test_a_claim_needs_evidence() -> None:
    with pytest.raises(ValidationError, match="evidence"):
        Claim[Text](id="tldr.0", text="A", evidence=())


def test_a_quote_spans_itself() -> None:
    with pytest.raises(ValidationError, match="length in code points"):
        Quote(quote="four", start=0, end=5)


@pytest.mark.parametrize("text", ["", "x" * 1201])
def test_leaves_are_bounded(text: str) -> None:
    with pytest.raises(ValidationError):
        Analysis[Text](language="en", title=text)
    with pytest.raises(ValidationError):
        Pair(en=text)


def test_models_are_frozen_and_do_not_coerce() -> None:
    analysis = Analysis[Text](language="en", title="T")
    with pytest.raises(ValidationError):
        analysis.title = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Quote(quote="abc", start="0", end=3)  # type: ignore[arg-type]
