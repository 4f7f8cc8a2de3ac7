from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.publish.pages import labels
from services.publish.pages.labels import Label

TABLES: dict[str, Mapping[str, Label]] = {
    "words": labels.WORDS,
    "gaps": labels.GAPS,
    "marks": labels.MARKS,
    "scores": labels.SCORES,
    "score notes": labels.SCORE_NOTES,
    "components": labels.COMPONENTS,
    "operations": labels.OPERATIONS,
    "languages": labels.LANGUAGE_NAMES,  # type: ignore[dict-item]
}
ALL = [pytest.param(label, id=f"{table}-{key}") for table, rows in TABLES.items() for key, label in rows.items()]


@pytest.mark.parametrize("label", ALL)
def test_every_label_is_there_in_both_languages(label: Label) -> None:
    assert label["en"]
    assert not re.search(r"[\u4e00-\u9fff]", label["en"])
    assert re.search(r"[\u4e00-\u9fff]", label["zh"])


@pytest.mark.parametrize("label", ALL)
def test_both_languages_of_a_label_take_the_same_values(label: Label) -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}

    assert names(label["en"]) == names(label["zh"])


_MESSAGES = {"not_found", "bad_list", "hidden", "unavailable"}


def test_no_label_is_left_over() -> None:
    pages = Path(labels.__file__).parent
    sources = [file.read_text() for file in pages.rglob("*") if file.suffix in {".py", ".html"}]
    used = "\n".join(text for text in sources if text != Path(labels.__file__).read_text())
    messages = {key for key in labels.WORDS if key.removesuffix("_text") in _MESSAGES}
    unused = [key for key in labels.WORDS if not re.search(rf"\b{key}\b", used)]
    assert set(unused) <= messages
