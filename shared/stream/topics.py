"""All topics, declared once and created from here. Clients never create one.

Sizes are a chain, so that what a stage adds always fits, and so does a dead letter around the largest input:
submitted < analyzed < translated < dead letters (the stage's largest input + 128 KiB).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from shared.errors import ConfigError
from shared.model import (
    ArticleAnalyzed,
    ArticlePublished,
    ArticleRuled,
    ArticleSubmitted,
    ArticleTranslated,
    Event,
    StatusesReported,
)
from shared.settings import CommonSettings, Lane
from shared.stream._admin import TopicAdmin

KIB: Final = 1024
MIB: Final = 1024 * KIB
DEAD_LETTER_ROOM: Final = 128 * KIB
"""What a dead letter may add to its record: reason, traceback, where it came from."""

_ADMIN_SECONDS: Final = 10.0

# Twelve shares out evenly among 1, 2, 3, 4, 6 or 12 workers; work inside a partition runs in parallel anyway.
_PARTITIONS: Final = 12


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be on the broker.

    `retention`: how long records stay; None where `compacted` keeps the latest of each key for ever.
    `max_bytes`: largest record batch, which for a large record is the record itself and about 100 bytes.
    `replication`: copies wanted; a setting lowers it on small clusters.
    `carries`: the event that every record of the topic is; None for dead letters, which hold anything.
    """

    name: str
    partitions: int
    retention: timedelta | None
    compacted: bool
    max_bytes: int
    carries: type[Event] | None
    replication: int = 3

    def config(self, copies: int) -> dict[str, str]:
        """The topic's settings in Kafka's words, for a cluster that keeps `copies` of each partition."""
        config = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "max.message.bytes": str(self.max_bytes),
            # With three copies, an acknowledged record survives the loss of any one broker.
            "min.insync.replicas": str(max(1, copies - 1)),
        }
        if self.retention is not None:
            config["retention.ms"] = str(int(self.retention.total_seconds() * 1000))
        return config


def _work(name: str, max_bytes: int, carries: type[Event]) -> Topic:
    return Topic(
        name,
        partitions=_PARTITIONS,
        # A week: longer than any outage that nobody notices.
        retention=timedelta(days=7),
        compacted=False,
        max_bytes=max_bytes,
        carries=carries,
    )


SUBMITTED: Final = _work("article.submitted", 1 * MIB, ArticleSubmitted)
ANALYZED_DRAFT: Final = _work("article.analyzed.draft", 2 * MIB, ArticleAnalyzed)
ANALYZED: Final = _work("article.analyzed", 2 * MIB, ArticleAnalyzed)
TRANSLATED_DRAFT: Final = _work("article.translated.draft", 4 * MIB, ArticleTranslated)
TRANSLATED: Final = _work("article.translated", 4 * MIB, ArticleTranslated)

RULED: Final = Topic(
    "article.ruled", partitions=3, retention=None, compacted=True, max_bytes=128 * KIB, carries=ArticleRuled
)
PUBLISHED: Final = Topic(
    "article.published",
    partitions=1,  # all readers see one order; the writer is far slower than one partition
    retention=timedelta(days=7),
    compacted=False,
    max_bytes=256 * KIB,
    carries=ArticlePublished,
)
STATUS: Final = Topic(
    "article.status",
    partitions=3,
    retention=timedelta(days=1),  # merged into the journeys within seconds
    compacted=False,
    # Statuses take less, but the smallest limit among a transaction's topics rules the batches of all of them.
    max_bytes=1 * MIB,
    carries=StatusesReported,
)

STAGE_INPUTS: Final[Mapping[str, tuple[Topic, ...]]] = MappingProxyType(
    {
        "analyze.draft": (SUBMITTED,),
        "analyze": (SUBMITTED,),
        "translate.draft": (ANALYZED_DRAFT,),
        "translate": (ANALYZED,),
        "publish.draft": (TRANSLATED_DRAFT,),
        "publish": (TRANSLATED,),
        "publish.rulings": (RULED,),
        "publish.journeys": (STATUS,),
    }
)
"""What each stage consumes; a stage's name also names its group, its dead letters and its metrics."""

STAGE_LANES: Final[Mapping[str, Lane]] = MappingProxyType(
    {
        "analyze.draft": "draft",
        "analyze": "model",
        "translate.draft": "draft",
        "translate": "model",
        "publish.draft": "draft",
        "publish": "model",
    }
)
"""The lane of each stage that belongs to one; the others always run."""


def dead_letter_topic(stage: str, inputs: tuple[Topic, ...]) -> Topic:
    """The dead-letter topic of a stage: large enough for its largest input and what is said about it."""
    return Topic(
        f"{stage}.dlq",
        partitions=1,  # read by people, in the order in which things went wrong
        retention=timedelta(days=30),
        compacted=False,
        max_bytes=max(topic.max_bytes for topic in inputs) + DEAD_LETTER_ROOM,
        carries=None,
    )


DEAD_LETTERS: Final[Mapping[str, Topic]] = MappingProxyType(
    {stage: dead_letter_topic(stage, inputs) for stage, inputs in STAGE_INPUTS.items()}
)
"""The dead-letter topic of each stage."""

TOPICS: Final[tuple[Topic, ...]] = (
    SUBMITTED,
    ANALYZED_DRAFT,
    ANALYZED,
    TRANSLATED_DRAFT,
    TRANSLATED,
    RULED,
    PUBLISHED,
    STATUS,
    *DEAD_LETTERS.values(),
)

_OF_LANE: Final[Mapping[tuple[type[Event], Lane], Topic]] = MappingProxyType(
    {
        (ArticleAnalyzed, "draft"): ANALYZED_DRAFT,
        (ArticleAnalyzed, "model"): ANALYZED,
        (ArticleTranslated, "draft"): TRANSLATED_DRAFT,
        (ArticleTranslated, "model"): TRANSLATED,
    }
)
_OF_BOTH_LANES: Final[Mapping[type[Event], Topic]] = MappingProxyType(
    {
        ArticleSubmitted: SUBMITTED,
        ArticleRuled: RULED,
        ArticlePublished: PUBLISHED,
        StatusesReported: STATUS,
    }
)


def topic_for(event: Event, lane: Lane) -> Topic:
    """The topic that an event belongs on, by its class and lane. Raises KeyError for a class without one."""
    kind = type(event)
    return _OF_BOTH_LANES.get(kind) or _OF_LANE[kind, lane]


async def create_topics(settings: CommonSettings, *, wait: float = 60.0) -> list[str]:
    """Create the topics that are missing and return their names; safe to call again and from several processes.

    Waits up to `wait` seconds for the broker. Raises Unavailable when none answers, and ConfigError when a topic exists
    with another number of partitions (order per key would be lost), or when the cluster has too few brokers. The other
    settings of topics that exist already are left as they are; `differences` finds them.
    """
    return await asyncio.to_thread(_create_topics, settings, wait)


def _create_topics(settings: CommonSettings, wait: float) -> list[str]:
    with TopicAdmin(settings, wait) as admin:
        existing = admin.partitions([topic.name for topic in TOPICS])
        for topic in TOPICS:
            found = existing.get(topic.name, topic.partitions)
            if found != topic.partitions:
                raise ConfigError(
                    f"the topic {topic.name} has {found} partitions, not {topic.partitions}: drain it, delete it "
                    "and let this command create it"
                )
        missing = [topic for topic in TOPICS if topic.name not in existing]
        for topic in missing:
            copies = min(topic.replication, settings.replication)
            admin.create(topic.name, topic.partitions, copies, topic.config(copies))
        admin.wait_for([topic.name for topic in missing])
        return [topic.name for topic in missing]


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that a topic has another value of than is declared."""

    topic: str
    setting: str
    found: str
    declared: str


def differences(settings: CommonSettings) -> list[Difference]:
    """How clean-up, retention, size and copies in sync of the topics that exist differ; changes nothing.

    Empty for the embedded broker, which doesn't tell. Blocks; raises Unavailable when the broker does not answer.
    """
    if settings.kafka_embedded:
        return []
    declared = {topic.name: topic.config(min(topic.replication, settings.replication)) for topic in TOPICS}
    with TopicAdmin(settings, _ADMIN_SECONDS) as admin:
        found = admin.configs(declared)
    return [
        Difference(name, setting, found[name][setting], value)
        for name, config in declared.items()
        for setting, value in config.items()
        if found.get(name, {}).get(setting, value) != value
    ]
