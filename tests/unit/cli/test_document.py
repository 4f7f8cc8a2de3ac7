"""A published document in the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rich.console import Console

from cli.client import parse_cards
from cli.document import blocks_of, layout, parse_document
from cli.exit_codes import CliError
from cli.render import card_list
from services.publish.api.encode import encode_document
from services.publish.library import Reading
from shared.model import Document, Language
from tests.support.documents import NOW, card_of, draft_document, hostile_document, rich_document


def _answer(document: Document) -> dict[str, Any]:
    """What the read API answers for a document in both languages."""
    assert document.content is not None
    reading = Reading(document, quotable=frozenset(), text=None)
    fields: dict[str, Any] = json.loads(encode_document(reading, document.content, "both").at(NOW))
    return fields


def _shown(document: Document, *columns: Language, width: int = 240) -> str:
    shown = parse_document(json.dumps(_answer(document)))
    console = Console(width=width, force_terminal=False)
    with console.capture() as captured:
        console.print(layout(blocks_of(shown, columns)), highlight=False)
    return captured.get()


def test_every_part_is_shown_in_both_languages_side_by_side() -> None:
    text = _shown(rich_document(), "en", "zh")
    heads = ["Summary", "In brief", "Key data", "Who is who", "Analysis", "Insights"]
    lines = [line for line in text.splitlines() if any(line.strip().startswith(head) for head in heads)]
    assert len(lines) == len(heads), text
    for line in lines:
        assert any("\u4e00" <= character <= "\u9fff" for character in line)
    assert "The Harbour Gazette · Mina Castell" in text
    assert "（译文未通过核对：有数字与原文不一致。）" in text
    assert "60 texts complete, 0 pending, 1 failed, 1 with a warning" in text
    assert "（带有核对提示：译文长短异常。）" in text
    assert "with a warning: " not in text  # it is about the Chinese only


def test_one_language_shows_the_original_marked_where_it_is_missing() -> None:
    document = draft_document()
    assert document.content is not None
    title = document.content.analysis.title.zh
    english = _shown(document, "en")
    assert f"{title} (not translated yet)" in english
    assert "120 million" in english  # a fact is complete in both languages
    assert "(not translated yet)" in _shown(document, "en", "zh")
    assert "（尚未翻译）" not in _shown(document, "zh")


def test_what_failed_says_so_in_every_part() -> None:
    answer = _answer(draft_document())
    leaf = answer["fidelity"]["leaves"][-1]["leaf"]
    assert not leaf.startswith(("title", "summary", "tldr"))
    answer["fidelity"]["leaves"][-1] = {
        "leaf": leaf,
        "language": "en",
        "state": "failed",
        "check": "name",
        "detail": None,
    }
    console = Console(width=240, force_terminal=False)
    with console.capture() as captured:
        console.print(layout(blocks_of(parse_document(json.dumps(answer)), ("en",))), highlight=False)
    assert captured.get().count("(translation failed its checks: ") == 1


def test_a_long_chinese_sentence_begins_beside_its_bullet() -> None:
    lines = [line.strip() for line in _shown(draft_document(), "zh", width=40).splitlines()]
    bullets = [line for line in lines if line.startswith("•")]
    assert bullets
    assert all(len(line) > 10 for line in bullets)


def test_what_is_absent_says_why() -> None:
    assert "language model" in _shown(draft_document(), "en")


def test_an_article_cannot_command_the_terminal() -> None:
    text = _shown(hostile_document(), "en", "zh")
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_an_answer_that_is_no_document_is_one_clear_error() -> None:
    with pytest.raises(CliError, match="is not as expected"):
        parse_document('{"id": "x"}')


def test_a_list_has_an_article_a_line_with_its_title_in_every_language_it_has() -> None:
    cards = [card_of(document) for document in (rich_document(), draft_document(), hostile_document())]
    answer = json.dumps({"items": [json.loads(card.model_dump_json()) for card in cards], "next": None})
    lines = card_list(parse_cards(answer)).plain.splitlines()
    assert [line.split()[0] for line in lines] == [card.id for card in cards]
    assert f"{cards[0].title.en} / {cards[0].title.zh}" in lines[0]
    assert "\x1b" not in "".join(lines)
