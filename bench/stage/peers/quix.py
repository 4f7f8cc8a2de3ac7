"""The stage in Quix Streams, exactly once: `python -m bench.stage.peers.quix '<orders>'`.

Its function is called for one record at a time. Key and headers go through as they are, the cheapest way there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from quixstreams import Application

from bench.children import Meter, Orders
from shared.model import decode


def main() -> None:
    orders, meter = Orders.given(), Meter()

    def handle(value: bytes, _key: bytes, _timestamp: int, headers: Sequence[tuple[str, bytes]]) -> bytes:
        meter.count()
        return decode(headers, value).model_dump_json().encode()

    app = Application(
        broker_address=orders.bootstrap,
        consumer_group=orders.group,
        processing_guarantee="exactly-once",
        auto_offset_reset="earliest",
        commit_every=500,
        commit_interval=0.5,
        auto_create_topics=False,
        use_changelog_topics=False,
        loglevel="WARNING",
    )
    plain = {"key_serializer": "bytes", "value_serializer": "bytes"}
    read = {"key_deserializer": "bytes", "value_deserializer": "bytes"}
    frame = app.dataframe(app.topic(orders.consumes, **read))
    frame = frame.apply(handle, metadata=True)
    frame.to_topic(app.topic(orders.produces, **plain))
    sys.stdout.flush()
    meter.serve()
    app.run()


if __name__ == "__main__":
    main()
