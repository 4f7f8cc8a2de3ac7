"""The least that exactly once takes with our client: `python -m bench.stage.bare '<orders>'`.

Reads up to 500 records, runs a task for each, sends what they give in one transaction, and begins again. No ledger, no
order per key, no statuses, no metrics, no retries, and one slow record holds up all others. With the option `bytes` it
doesn't even look at the records: the cost of the client alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import OffsetAndMetadata

from bench.children import Meter, Orders
from bench.stage.task import pass_on
from bench.topics import topic
from shared.model import Record
from shared.process import relax_collector

_BATCH: Final = 500


class _Read(Protocol):
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]


async def _handle(record: _Read, look: bool) -> Record:
    if look:
        return pass_on(record.headers, record.value)
    return Record(record.key, record.value, tuple(record.headers))


def main() -> None:
    orders, meter = Orders.given(), Meter()
    look = not orders.options.get("bytes")
    max_bytes = topic(orders.consumes).max_bytes
    consumer = KafkaConsumer(
        orders.consumes,
        bootstrap_servers=orders.bootstrap.split(","),
        group_id=orders.group,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        max_partition_fetch_bytes=max_bytes,
        fetch_max_bytes=16 * 1024 * 1024,
    )
    producer = KafkaProducer(
        bootstrap_servers=orders.bootstrap.split(","),
        transactional_id=f"{orders.group}-bench",
        acks="all",
        batch_size=512 * 1024,
        max_request_size=max_bytes,
        retry_backoff_ms=10,
    )
    producer.init_transactions()
    relax_collector()
    meter.serve()
    loop = asyncio.new_event_loop()

    async def all_of(records: Sequence[_Read]) -> list[Record]:
        return await asyncio.gather(*(loop.create_task(_handle(record, look)) for record in records))

    while True:
        polled = consumer.poll(timeout_ms=100, max_records=_BATCH)
        if not polled:
            continue
        records = [record for batch in polled.values() for record in batch]
        meter.count(len(records))
        results = loop.run_until_complete(all_of(records))
        producer.begin_transaction()
        for result in results:
            producer.send(orders.produces, result.value, result.key, list(result.headers))
        ends = {place: OffsetAndMetadata(batch[-1].offset + 1) for place, batch in polled.items()}
        producer.send_offsets_to_transaction(ends, consumer.group_metadata())
        producer.commit_transaction()


if __name__ == "__main__":
    main()
