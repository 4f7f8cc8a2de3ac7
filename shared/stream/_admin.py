"""Creates topics and looks at them, through kafka-python's admin client."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import (
    InvalidReplicationFactorError,
    KafkaError,
    PolicyViolationError,
    TopicAlreadyExistsError,
)

from shared.errors import ConfigError, Unavailable
from shared.settings import CommonSettings
from shared.stream._clients import describe, make_admin

_RETRY_SECONDS: Final = 0.25


class TopicAdmin:
    """An admin connection for the length of a `with` block; blocking, so for a thread.

    Entering waits up to `wait` seconds for the broker and raises Unavailable when none answers.
    """

    def __init__(self, settings: CommonSettings, wait: float) -> None:
        self._settings = settings
        self._deadline = time.monotonic() + wait

    def __enter__(self) -> Self:
        while True:
            try:
                self._client: KafkaAdminClient = make_admin(self._settings, "diglot-topics")
            except Unavailable:
                if time.monotonic() >= self._deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def partitions(self, names: Sequence[str]) -> dict[str, int]:
        """The number of partitions of each of the topics that exist."""
        try:
            # Only what exists is described: asking for a missing topic by name may create it on some brokers.
            present = sorted(set(self._client.list_topics()) & set(names))
            described = self._client.describe_topics(present) if present else []
        except KafkaError as error:
            raise Unavailable(f"the broker did not list its topics: {describe(error)}") from error
        return {topic["name"]: len(topic["partitions"]) for topic in described}

    def configs(self, wanted: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
        """Of each topic, its values of these settings, by default or set; what the broker doesn't tell is left out.

        Not for the embedded broker, which closes the connection at this question.
        """
        asked = [ConfigResource("TOPIC", name, list(settings)) for name, settings in wanted.items()]
        try:
            told = self._client.describe_configs(asked, config_filter="all").get("topic", {})
        except KafkaError as error:
            raise Unavailable(f"the broker did not tell the settings of its topics: {describe(error)}") from error
        return {
            name: {setting: said["value"] for setting, said in values.items() if said["value"] is not None}
            for name, values in told.items()
        }

    def create(self, name: str, partitions: int, copies: int, config: Mapping[str, str]) -> None:
        """Create one topic; one that another process made in the meantime is as good."""
        wanted = {"num_partitions": partitions, "replication_factor": copies, "configs": dict(config)}
        try:
            self._client.create_topics({name: wanted}, timeout_ms=15_000)
        except TopicAlreadyExistsError:
            return
        except InvalidReplicationFactorError as error:
            raise ConfigError(
                f"the cluster has too few brokers for {copies} copies of {name}: "
                "set DIGLOT_KAFKA_REPLICATION to their number"
            ) from error
        except PolicyViolationError as error:
            raise ConfigError(f"the broker refuses the topic {name}: {describe(error)}") from error
        except KafkaError as error:
            raise Unavailable(f"the topic {name} could not be created: {describe(error)}") from error

    def wait_for(self, names: Sequence[str]) -> None:
        """Wait until every partition of the topics has a leader: creation is answered before that."""
        try:
            self._client.wait_for_topics(names, timeout_ms=30_000)
        except KafkaError as error:
            raise Unavailable(f"new topics have no leader yet: {describe(error)}") from error
