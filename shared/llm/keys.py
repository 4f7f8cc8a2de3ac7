"""The key under which an answer is kept: all that the answer depends on, and nothing else."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TypeVar

import orjson
from pydantic import BaseModel

from shared.llm.question import Item, Question

AnswerT = TypeVar("AnswerT", bound=BaseModel)


def answer_key(question: Question[AnswerT], item: Item, model: str) -> str:
    """Return the key of a model's answer to an item: SHA-256 in hex.

    In it: task, engine, model, versions of prompt and of the answer's schema, target language, text, names, a refused
    answer with the reason, and the attempt. Not in it: ids and contexts, so that a sentence that moves keeps it.
    """
    failed = [item.failed.answer, item.failed.reason] if item.failed else None
    parts = [
        question.prompt.task,
        "model",
        model,
        question.prompt.version,
        schema_version(question.answer),
        question.target,
        item.text,
        sorted(item.names.items()),
        failed,
        item.attempt,
    ]
    # Not orjson: an article's text may hold what is no valid Unicode, and must have a key all the same.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@lru_cache(maxsize=256)
def schema_version(answer: type[BaseModel]) -> str:
    """A digest of the answer's JSON schema: another bound or field is another question."""
    schema = orjson.dumps(answer.model_json_schema(), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(schema).hexdigest()[:16]
