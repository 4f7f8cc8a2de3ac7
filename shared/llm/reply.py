"""What a provider sent back, read item by item: one that is missing or malformed spoils no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError, create_model
from pydantic_core import from_json

AnswerT = TypeVar("AnswerT", bound=BaseModel)

LONGEST: Final = 1_000_000
"""Code points of a reply that are read; the limit on output is far below, but whose server is it?"""


@lru_cache(maxsize=256)
def reply_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a reply whose items have this answer."""
    entry = create_model("Entry", id=(str, ...), answer=(answer, ...))
    return create_model("Answers", answers=(list[entry], ...)).model_json_schema()


def read_reply(text: str, ids: Sequence[str], answer: type[AnswerT]) -> dict[str, AnswerT]:
    """Return the answers of the right form, by the ids that were asked.

    Of a text that was cut off, only what was whole is read. Where one item was asked, its id may be garbled.
    """
    found: dict[str, AnswerT] = {}
    for entry in _entries(text):
        given = entry.get("id")
        name = ids[0] if len(ids) == 1 else given
        if not isinstance(name, str) or name not in ids or name in found:
            continue
        try:
            found[name] = answer.model_validate(entry.get("answer"))
        except ValidationError:
            continue
    return found


def _entries(text: str) -> list[Mapping[str, object]]:
    begin = text.find("{")  # a model that can't be held to a schema likes to begin with "Here is" or ```json
    if begin < 0:
        return []
    body = text[begin:LONGEST].rstrip().removesuffix("```").rstrip()
    try:
        whole, read = True, from_json(body, allow_inf_nan=False)
    except ValueError:
        try:
            whole, read = False, from_json(body, allow_inf_nan=False, allow_partial=True)
        except ValueError:
            return []
    answers = read.get("answers") if isinstance(read, dict) else None
    if not isinstance(answers, list):
        return []
    # The last one of a cut-off text may look whole and not be.
    return [entry for entry in (answers if whole else answers[:-1]) if isinstance(entry, dict)]
