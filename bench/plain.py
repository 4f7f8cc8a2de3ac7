"""A plain consume-produce loop as a measured process: `python -m bench.plain '<orders>'`.

What a stage is without its transaction: each record is sent on at once and waited for, nothing is committed.
"""

from __future__ import annotations

from kafka import KafkaConsumer, KafkaProducer

from bench.children import Meter, Orders
from bench.topics import topic


def main() -> None:
    orders, meter = Orders.given(), Meter()
    max_bytes = topic(orders.consumes).max_bytes
    consumer = KafkaConsumer(
        orders.consumes,
        bootstrap_servers=orders.bootstrap.split(","),
        group_id=orders.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        max_partition_fetch_bytes=max_bytes,
    )
    producer = KafkaProducer(bootstrap_servers=orders.bootstrap.split(","), acks="all", max_request_size=max_bytes)
    meter.serve()
    while True:
        for records in consumer.poll(timeout_ms=100).values():
            meter.count(len(records))
            for record in records:
                producer.send(orders.produces, record.value, record.key, list(record.headers))
            producer.flush()


if __name__ == "__main__":
    main()
