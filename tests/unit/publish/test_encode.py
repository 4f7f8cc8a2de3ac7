"""The JSON of a document: what each language gets, and that it is what the OpenAPI document says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from services.publish.api.description import InBoth, InOne
from services.publish.api.encode import Lang, encode_document
from services.publish.library import Reading
from services.publish.quotes import every_quote, quotable
from shared.model import Document, Fact
from tests.support.documents import NOW, TEXT, draft_document, hostile_document, rich_document


def encoded(document: Document, lang: Lang = "both", share: int | None = None) -> dict[str, Any]:
    assert document.content is not None
    allowed = every_quote(document.content) if share is None else quotable(document.content, share)
    made = encode_document(Reading(document, allowed, None), document.content, lang)
    found: dict[str, Any] = json.loads(made.at(NOW))
    return found


@pytest.mark.parametrize(
    "document", [rich_document(), draft_document(), hostile_document()], ids=["rich", "draft", "bad"]
)
@pytest.mark.parametrize(("lang", "model"), [("both", InBoth), ("en", InOne), ("zh", InOne)])
def test_every_document_is_what_the_schema_says(document: Document, lang: Lang, model: type[BaseModel]) -> None:
    found = encoded(document, lang, share=400)
    assert document.content is not None
    problems = list(Draft202012Validator(model.model_json_schema()).iter_errors(found))
    assert problems == []
    declared = set(model.model_json_schema()["properties"])
    assert set(found) == declared


def test_a_fact_has_its_words_in_both_languages_and_its_values() -> None:
    document = rich_document()
    assert document.content is not None
    found = encoded(document)
    row = found["analysis"]["key_data"][1]["info"]
    assert row["text"]["en"].startswith("Northmere: ")
    assert "24亿英镑" in row["text"]["zh"]
    fact = document.content.analysis.key_data[1].info.text
    assert isinstance(fact, Fact)
    assert Fact.model_validate_json(json.dumps(row["text"]["fact"])) == fact
    assert "fact" not in found["analysis"]["tldr"][0]["text"]


def test_one_language_has_plain_texts_and_lists_its_gaps() -> None:
    document = rich_document()
    assert document.content is not None
    chinese = encoded(document, "zh")
    assert chinese["analysis"]["title"] == document.content.analysis.title.zh
    assert "24亿英镑" in chinese["analysis"]["key_data"][1]["info"]["text"]
    # tldr.1 is not translated yet: the original stands in, and is listed.
    assert chinese["analysis"]["tldr"][1]["text"].startswith("Half of the money")
    gaps = {gap["leaf"]: gap for gap in chinese["fidelity"]["leaves"]}
    assert "tldr.1" in gaps
    assert {gap["language"] for gap in gaps.values()} <= {"zh"}
    complete = {at for at, leaf in document.content.analysis.leaves().items() if leaf.zh is not None}
    pending = {at for at, gap in gaps.items() if gap["state"] != "warned"}
    assert not pending & complete
    assert pending | complete == set(document.content.analysis.leaves())


def test_withheld_quotes_keep_their_place_and_no_word() -> None:
    found = encoded(rich_document(), share=400)
    quotes = [q for claim in found["analysis"]["summary"] + found["analysis"]["tldr"] for q in claim["evidence"]]
    quotes += [q for row in found["analysis"]["key_data"] for q in row["info"]["evidence"]]
    shown = [q for q in quotes if q["quote"] is not None]
    withheld = [q for q in quotes if q["quote"] is None]
    assert shown
    assert withheld
    assert all(q["quote"] == TEXT[q["start"] : q["end"]] for q in shown)
    assert all(TEXT[q["start"] : q["end"]] not in json.dumps(found["analysis"], ensure_ascii=False) for q in withheld)


def test_the_hot_score_is_the_one_of_the_moment() -> None:
    document = rich_document()
    assert document.content is not None
    made = encode_document(Reading(document, frozenset(), None), document.content, "both")
    hot = document.content.scores.hot
    day = 24 * 3_600_000
    assert json.loads(made.at(hot.since))["scores"]["hot"]["value"] == hot.base
    assert json.loads(made.at(hot.since + day))["scores"]["hot"]["value"] == round(hot.base / 2, 1)


def test_a_text_that_looks_like_the_place_of_the_score_is_left_alone() -> None:
    document = rich_document()
    assert document.content is not None
    source = document.content.source.model_copy(update={"author": '"value":"hot"'})
    content = document.content.model_copy(update={"source": source})
    made = encode_document(Reading(document, frozenset(), None), content, "both")
    assert json.loads(made.at(NOW))["source"]["author"] == '"value":"hot"'
