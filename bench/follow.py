"""Notes when the records of a topic can be seen by a consumer."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Final, Literal, Self

from kafka import KafkaConsumer, TopicPartition

from shared.stream.topics import Topic

_WAIT_MS: Final = 10


class Follower:
    """Reads a topic from a thread for the length of a block. `seen`: when it first saw each event (monotonic)."""

    def __init__(
        self, bootstrap: str, followed: Topic, isolation: Literal["read_committed", "read_uncommitted"]
    ) -> None:
        self.seen: dict[str, float] = {}
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            isolation_level=isolation,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_WAIT_MS,
            max_partition_fetch_bytes=followed.max_bytes,
        )
        self._consumer.assign([TopicPartition(followed.name, number) for number in range(followed.partitions)])
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()
        self._consumer.close()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            polled = self._consumer.poll(timeout_ms=100)
            now = time.monotonic()
            for records in polled.values():
                for record in records:
                    self.seen.setdefault(dict(record.headers)["ce_id"].decode(), now)
