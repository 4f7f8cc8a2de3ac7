from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shared.model import EVENT_TYPES, Event
from tools.generate_docs import DOCS, generated

GOLDEN = Path(__file__).parents[2] / "golden" / "events"
FILES = generated()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_generated_files_are_fresh(path: Path) -> None:
    assert path.is_file(), "run `make docs`"
    assert path.read_text() == FILES[path], f"{path.name} is stale: run `make docs`"


def test_no_file_of_an_older_schema_is_left_over_unseen() -> None:
    current = {path.name for path in FILES}
    older = {path.name for path in (DOCS / "schema").glob("*.json")} - current
    assert all(".v" in name for name in older)


@pytest.mark.parametrize("event", EVENT_TYPES, ids=lambda e: e.type_name)
def test_golden_events_obey_the_published_schema(event: type[Event]) -> None:
    name = f"{event.type_name}.v{event.schema_version}"
    schema = json.loads((DOCS / "schema" / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    value = json.loads((GOLDEN / f"{name}.json").read_text())["value"]
    Draft202012Validator(schema).validate(value)


def test_every_string_and_list_of_the_events_has_a_maximum() -> None:
    schemas = json.loads(FILES[DOCS / "asyncapi.json"])["components"]["schemas"]
    assert not list(_unbounded(schemas, ""))


def _unbounded(node: object, at: str) -> Iterator[str]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _unbounded(item, f"{at}/{index}")
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "string" and not {"maxLength", "pattern", "const", "enum", "format"} & node.keys():
        yield at
    if kind == "array" and "maxItems" not in node:
        yield at
    for key, value in node.items():
        yield from _unbounded(value, f"{at}/{key}")
