"""The stage in FastStream with aiokafka: `python -m bench.stage.peers.fast '<orders>'`, in the mode that they name.

`workers`: many handlers at once; offsets are committed on a timer, whether the records were handled or not. Written as
FastStream's documentation does it: the handler's types say what is validated.
`tuned`: the same with its types off, our way to validate, larger batches, and Python's collector relaxed as in our
services.
`partitions`: one consumer and one handler a partition; each record is committed by itself after its result was sent.
`batch`: the handler gets a list and returns a list, which goes to one partition as it is.

Validation and batches of the other modes are as in `tuned`. Logging is off in all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from faststream.kafka import KafkaBroker, KafkaMessage, KafkaResponse
from faststream.middlewares import AckPolicy

from bench.children import Meter, Orders
from bench.stage.task import SOURCE, pass_on
from bench.topics import topic
from shared.model import ArticleSubmitted, Event, decode, encode
from shared.process import relax_collector

_WORKERS: Final = 50
_BATCH_BYTES: Final = 64 * 1024
_LIST_RECORDS: Final = 90  # of 10 KB; a list is one record batch, and the topic takes 1 MiB


async def _decoded(message: Any) -> Event:  # noqa: ANN401 -- FastStream's, which is not in this environment
    return decode(message.raw_message.headers, message.body)


async def _raw(message: Any) -> Sequence[Any]:  # noqa: ANN401
    records: Sequence[Any] = message.raw_message
    return records


def main() -> None:
    asyncio.run(_run(Orders.given(), Meter()))


async def _run(orders: Orders, meter: Meter) -> None:
    mode = orders.options["mode"]
    if mode == "tuned":
        relax_collector()
    max_bytes = topic(orders.produces).max_bytes
    sizes = {"workers": 16 * 1024, "batch": max_bytes}  # aiokafka's own; and room for a list
    broker = KafkaBroker(
        orders.bootstrap,
        acks="all",
        max_batch_size=sizes.get(str(mode), _BATCH_BYTES),
        max_request_size=max_bytes,
        logger=None,
        apply_types=mode == "workers",
    )

    async def handle(event: ArticleSubmitted, message: KafkaMessage) -> KafkaResponse:
        meter.count()
        return KafkaResponse(event, key=message.raw_message.key, headers=message.headers)

    async def handle_tuned(event: Event) -> KafkaResponse:
        meter.count()
        record = encode(event, SOURCE)
        headers = {name: value.decode() for name, value in record.headers}
        return KafkaResponse(record.value, key=record.key, headers=headers)

    async def handle_list(records: Sequence[Any]) -> list[KafkaResponse]:
        meter.count(len(records))
        results = [pass_on(record.headers, record.value) for record in records]
        return [KafkaResponse(result.value, key=result.key) for result in results]

    common = {"group_id": orders.group, "auto_offset_reset": "earliest"}
    if mode == "batch":
        subscribed = broker.subscriber(
            orders.consumes, batch=True, max_records=_LIST_RECORDS, decoder=_raw, ack_policy=AckPolicy.ACK, **common
        )
        broker.publisher(orders.produces, batch=True)(subscribed(handle_list))
    else:
        more = (
            {"max_workers": int(orders.number("workers", _WORKERS))}
            if mode in ("workers", "tuned")
            else {"max_workers": topic(orders.consumes).partitions, "ack_policy": AckPolicy.ACK}
        )
        decoder = None if mode == "workers" else _decoded
        subscribed = broker.subscriber(orders.consumes, decoder=decoder, **more, **common)
        broker.publisher(orders.produces)(subscribed(handle if mode == "workers" else handle_tuned))
    meter.serve()
    await broker.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
