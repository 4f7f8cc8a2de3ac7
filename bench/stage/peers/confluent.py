"""A plain loop on librdkafka, at least once: `python -m bench.stage.peers.confluent '<orders>'`."""

from __future__ import annotations

from typing import Final

from confluent_kafka import Consumer, Producer

from bench.children import Meter, Orders
from bench.stage.task import pass_on

_BATCH: Final = 500


def main() -> None:
    orders, meter = Orders.given(), Meter()
    consumer = Consumer(
        {
            "bootstrap.servers": orders.bootstrap,
            "group.id": orders.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    producer = Producer(
        {"bootstrap.servers": orders.bootstrap, "enable.idempotence": True, "partitioner": "murmur2_random"}
    )
    consumer.subscribe([orders.consumes])
    meter.serve()
    while True:
        records = consumer.consume(_BATCH, timeout=0.1)
        if not records:
            continue
        meter.count(len(records))
        for record in records:
            result = pass_on(record.headers(), record.value())
            producer.produce(orders.produces, result.value, result.key, headers=list(result.headers))
        producer.flush()
        consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
