"""Writes the files in docs/ that are generated from the code: JSON Schemas and the AsyncAPI description.

`make docs` runs it; a test fails when a file is stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic.json_schema import models_json_schema

from shared.model import EVENT_TYPES, Document, Event, Model
from shared.stream.topics import STAGE_INPUTS, TOPICS, Topic

DOCS: Final = Path(__file__).parents[1] / "docs"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTES: Final = {
    "content-type": {"const": "application/json"},
    "ce_specversion": {"const": "1.0"},
    "ce_id": {"type": "string", "description": "Deterministic; it identifies, it does not deduplicate."},
    "ce_source": {"type": "string", "description": "The service that produced the event."},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_subject": {"type": "string", "description": "The record's key."},
    "ce_traceparent": {"type": "string", "description": "W3C trace context."},
}
_REQUIRED: Final = ["content-type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_schemaversion"]

Json = Mapping[str, object]


def generated() -> dict[Path, str]:
    """Return the text of each generated file by its path."""
    files = {DOCS / "asyncapi.json": _dump(_asyncapi())}
    for event in EVENT_TYPES:
        name = f"{event.type_name}.v{event.schema_version}.schema.json"
        files[DOCS / "schema" / name] = _dump(_schema(event))
    files[DOCS / "schema" / "document.schema.json"] = _dump(_schema(Document))
    return files


def _dump(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _schema(model: type[Model]) -> Json:
    return {"$schema": _DIALECT, **model.model_json_schema(mode="serialization")}


def _asyncapi() -> Json:
    _, schemas = models_json_schema(
        [(event, "serialization") for event in EVENT_TYPES], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Diglot topics",
            "version": "1",
            "description": "The topics that join the services. Every record is a CloudEvents 1.0 event in Kafka's "
            "binary mode; a dead letter keeps its record's own headers and adds why it was put there.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{stage}:{topic.name}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{topic.name}"},
                "summary": f"The stage {stage} reads {topic.name} in the consumer group {stage}.",
            }
            for stage, topics in STAGE_INPUTS.items()
            for topic in topics
        },
        "components": {
            "messages": {event.type_name: _message(event) for event in EVENT_TYPES},
            "schemas": schemas["$defs"],
        },
    }


def _channel(topic: Topic) -> Json:
    config = topic.config(topic.replication)
    kafka = {
        "topic": topic.name,
        "partitions": topic.partitions,
        "replicas": topic.replication,
        "topicConfiguration": {
            "cleanup.policy": [config["cleanup.policy"]],
            "max.message.bytes": topic.max_bytes,
            **({"retention.ms": int(config["retention.ms"])} if "retention.ms" in config else {}),
        },
        "bindingVersion": "0.5.0",
    }
    carries = topic.carries
    messages = {} if carries is None else {carries.type_name: {"$ref": f"#/components/messages/{carries.type_name}"}}
    return {"address": topic.name, "messages": messages, "bindings": {"kafka": kafka}}


def _message(event: type[Event]) -> Json:
    attributes = _ATTRIBUTES | {
        "ce_type": {"const": event.type_name},
        "ce_schemaversion": {"const": str(event.schema_version)},
    }
    return {
        "name": event.type_name,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": {"type": "object", "properties": attributes, "required": _REQUIRED},
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
    }


def main() -> None:
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
