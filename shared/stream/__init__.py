"""Kafka for the services: topics, stages and their runtime, a producer, a follower."""

from shared.stream.follower import Extent, TopicFollower
from shared.stream.producer import EventProducer
from shared.stream.runner import StageRunner
from shared.stream.service import run_stages
from shared.stream.stage import Handler, Stage, Work
from shared.stream.topics import Topic, create_topics, topic_for
from shared.stream.trace import event_attributes

__all__ = [
    "EventProducer",
    "Extent",
    "Handler",
    "Stage",
    "StageRunner",
    "Topic",
    "TopicFollower",
    "Work",
    "create_topics",
    "event_attributes",
    "run_stages",
    "topic_for",
]
