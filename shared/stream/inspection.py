"""Compares the topics of a broker with what this version declares; changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from shared.settings import CommonSettings
from shared.stream._admin import TopicAdmin
from shared.stream.topics import TOPICS


@dataclass(frozen=True, slots=True)
class TopicsReport:
    """How many topics are as declared, which are missing, and which have another number of partitions (in words)."""

    right: int
    missing: tuple[str, ...]
    wrong: tuple[str, ...]


async def inspect_topics(settings: CommonSettings, *, wait: float = 3.0) -> TopicsReport:
    """Look at the topics of the configured broker. Raises Unavailable when none answers within `wait` seconds or so."""
    return await asyncio.to_thread(_inspect, settings, wait)


def _inspect(settings: CommonSettings, wait: float) -> TopicsReport:
    with TopicAdmin(settings, wait) as admin:
        found = admin.partitions([topic.name for topic in TOPICS])
    missing = tuple(topic.name for topic in TOPICS if topic.name not in found)
    wrong = tuple(
        f"{topic.name} has {found[topic.name]} partitions, not {topic.partitions}"
        for topic in TOPICS
        if found.get(topic.name, topic.partitions) != topic.partitions
    )
    return TopicsReport(len(TOPICS) - len(missing) - len(wrong), missing, wrong)
