"""What spans say of records and events: names of OpenTelemetry's messaging conventions, and ours (`diglot.`)."""

from __future__ import annotations

from shared.model import (
    ArticleAnalyzed,
    ArticlePublished,
    ArticleRuled,
    ArticleSubmitted,
    ArticleTranslated,
    Event,
)
from shared.telemetry import Attributes


def record_attributes(topic: str, partition: int, offset: int, value: bytes | None) -> Attributes:
    """Where a record was read, and the bytes of its value."""
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": str(partition),
        "messaging.kafka.offset": offset,
        "messaging.message.body.size": len(value or b""),
    }


def event_attributes(event: Event) -> Attributes:
    """What an event is about."""
    common = {"messaging.message.id": event.id, "diglot.event.type": event.type_name}
    match event:
        case ArticleSubmitted() | ArticleAnalyzed() | ArticleTranslated():
            about = {"diglot.article.id": event.article.id, "diglot.article.version": str(event.version)}
        case ArticlePublished():
            about = {"diglot.article.id": event.article_id, "diglot.article.state": event.state}
        case ArticleRuled():
            about = {"diglot.article.id": event.ruling.article_id, "diglot.ruling.kind": event.ruling.kind}
        case _:
            about = {}
    return common | about
