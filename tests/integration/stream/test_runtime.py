"""What a stage promises, on both brokers."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

import pytest
from kafka import KafkaConsumer, KafkaProducer

from shared.errors import ConfigError, Poison, Transient, Unavailable
from shared.model import ArticleSubmitted, Event, Record, encode, header
from shared.settings import CommonSettings
from shared.stream import EventProducer, Work, _poller
from shared.stream._clients import make_group_consumer
from shared.stream.producer import Outgoing
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, read_topic, submitted
from tests.support.stages import (
    Running,
    committed,
    eventually,
    make_stage,
    output,
    running,
    send,
    statuses,
)


async def echo(event: Event, _work: Work) -> Sequence[Event]:
    return [event]


async def slow_and_silent(_event: Event, _work: Work) -> Sequence[Event]:
    await asyncio.sleep(0.003)
    return []


async def handled(work: Running, count: int) -> None:
    await work.until(lambda: work.metric("diglot_stage_handled_total") == count, seconds=10)


async def test_every_input_gives_its_result_and_is_committed(broker: Broker) -> None:
    stage = make_stage(broker)
    events = [submitted(str(n)) for n in range(100)]
    await send(broker, stage.consumes[0], events)
    async with running(stage, echo, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 100)
        await work.until(lambda: work.metric("diglot_stage_in_flight") == 0)
    assert {event.id for event in output(broker, stage, 100)} == {event.id for event in events}
    assert len(output(broker, stage, 100)) == 100
    assert committed(broker, stage) == 100


async def test_order_holds_per_key_while_keys_run_in_parallel(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1)
    keys = ("a", "b", "c", "d")
    events = [submitted(key, revision=ACCEPTED + n) for n in range(20) for key in keys]
    await send(broker, stage.consumes[0], events)
    together = 0
    most = 0

    async def slow(event: Event, _work: Work) -> Sequence[Event]:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(random.uniform(0.0, 0.02))
        together -= 1
        return [event]

    async with running(stage, slow, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == len(events))
    assert most == len(keys)
    order = defaultdict(list)
    for event in output(broker, stage, len(events)):
        order[event.key].append(event.version.revision)
    assert all(revisions == [ACCEPTED + n for n in range(20)] for revisions in order.values())


async def test_no_more_handlers_run_at_once_than_the_stage_allows(broker: Broker) -> None:
    stage = make_stage(broker, concurrency=3)
    await send(broker, stage.consumes[0], [submitted(str(n)) for n in range(30)])
    together = 0
    most = 0

    async def counting(event: Event, _work: Work) -> Sequence[Event]:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.01)
        together -= 1
        return []

    async with running(stage, counting, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 30)
    assert most == 3


async def test_partitions_that_fill_their_windows_again_and_again_all_go_on(broker: Broker) -> None:
    stage = make_stage(broker, window=30, concurrency=8)
    producer = EventProducer(broker.settings(), "/diglot/test", stage.consumes)
    await asyncio.gather(*(producer.send(stage.consumes[0], submitted(str(n))) for n in range(900)))
    await producer.close()
    most = 0.0

    async with running(stage, slow_and_silent, broker) as work:

        def finished() -> bool:
            nonlocal most
            most = max(most, work.metric("diglot_stage_in_flight"))
            return work.metric("diglot_stage_handled_total") == 900

        await work.until(finished)
    assert 0 < most <= 3 * 30


async def test_the_trace_goes_on_in_the_results(broker: Broker) -> None:
    stage = make_stage(broker)
    producer = EventProducer(broker.settings(), "/diglot/test", stage.consumes)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await producer.send(stage.consumes[0], submitted("x"), traceparent=parent)
    await producer.close()
    async with running(stage, echo, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1)
    (record,) = read_topic(broker, stage.produces[0], 1)
    child = header(record.headers.items(), "ce_traceparent")
    assert child is not None
    assert child.split("-")[1] == parent.split("-")[1]
    assert child.split("-")[2] != parent.split("-")[2]


async def test_what_is_not_an_event_goes_to_the_dead_letters_as_it_was(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1)
    topic = stage.consumes[0]
    client = _raw_producer(broker)
    client.send(topic.name, b"not json", b"some-key", [("ce_specversion", b"1.0"), ("mine", b"\xff\x00")])
    client.send(topic.name, None, b"only-a-key")
    client.send(topic.name, b"only a value", None)
    client.flush(10)
    client.close()
    await send(broker, topic, [submitted("good")])
    async with running(stage, echo, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1)
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 3)
    letters = {r.key: r for r in read_topic(broker, stage.dead_letters, 3)}
    letter = letters[b"some-key"]
    assert letter.value == b"not json"
    assert letter.headers["mine"] == b"\xff\x00"
    assert letter.headers["dlq_topic"] == topic.name.encode()
    assert letter.headers["dlq_partition"] == b"0"
    assert letter.headers["dlq_offset"] == b"0"
    assert letter.headers["dlq_kind"] == b"poison"
    assert letter.headers["dlq_stage"] == stage.name.encode()
    assert b"content-type" in letter.headers["dlq_reason"]
    assert letters[b"only-a-key"].value is None
    assert letters[None].value == b"only a value"
    assert committed(broker, stage) == 4


async def test_poison_and_bugs_are_dead_lettered_at_once_and_reported_as_failed(broker: Broker) -> None:
    stage = make_stage(broker)

    async def failing(event: Event, _work: Work) -> Sequence[Event]:
        if event.key == submitted("bad").key:
            raise Poison("no headline in it")
        if event.key == submitted("bug").key:
            raise ZeroDivisionError("what the article says")
        return []

    await send(broker, stage.consumes[0], [submitted("bad"), submitted("bug"), submitted("good")])
    async with running(stage, failing, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 2)
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1)
        await work.until(lambda: work.metric("diglot_stage_in_flight") == 0)
    letters = {r.key: r.headers for r in read_topic(broker, stage.dead_letters, 2)}
    bad, bug = letters[submitted("bad").key.encode()], letters[submitted("bug").key.encode()]
    assert (bad["dlq_kind"], bad["dlq_error"], bad["dlq_reason"]) == (b"poison", b"Poison", b"no headline in it")
    assert bad["dlq_attempts"] == b"1"
    assert (bug["dlq_kind"], bug["dlq_error"]) == (b"bug", b"ZeroDivisionError")
    assert bug["dlq_reason"] == b"what the article says"
    assert b"in failing" in bug["dlq_traceback"]
    found = {status.article_id: (status.status, status.detail) for status in statuses(broker, stage)}
    assert found[submitted("bad").key] == ("failed", "no headline in it")
    assert found[submitted("bug").key] == ("failed", "ZeroDivisionError")
    assert found[submitted("good").key] == ("done", None)


async def test_a_transient_failure_is_tried_again_and_holds_up_its_own_key_only(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1)
    attempts: list[int] = []

    async def flaky(event: Event, work: Work) -> Sequence[Event]:
        if event.key == submitted("flaky").key and event.time == ACCEPTED:
            attempts.append(work.attempt)
            if len(attempts) < 3:
                raise Transient("try later")
        return [event]

    behind = [submitted("flaky", ACCEPTED), submitted("flaky", ACCEPTED + 1)]
    await send(broker, stage.consumes[0], [*behind, submitted("other")])
    async with running(stage, flaky, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 3)
        assert work.metric("diglot_stage_retried_total") == 2
    assert attempts == [1, 2, 3]
    results = output(broker, stage, 3)
    assert results[0].key == submitted("other").key
    assert [event.version.revision for event in results[1:]] == [ACCEPTED, ACCEPTED + 1]


async def test_a_failure_that_lasts_is_dead_lettered_as_exhausted(broker: Broker) -> None:
    stage = make_stage(broker, retry_seconds=1.0)

    async def hopeless(_event: Event, _work: Work) -> Sequence[Event]:
        raise Transient("still no answer")

    await send(broker, stage.consumes[0], [submitted("x")])
    async with running(stage, hopeless, broker):
        (letter,) = await asyncio.to_thread(read_topic, broker, stage.dead_letters, 1)
    assert letter.headers["dlq_kind"] == b"exhausted"
    assert letter.headers["dlq_reason"] == b"still no answer"
    assert int(letter.headers["dlq_attempts"]) >= 1
    assert committed(broker, stage) == 1


async def test_a_handler_that_takes_too_long_counts_as_transient(broker: Broker) -> None:
    stage = make_stage(broker, attempt_seconds=0.1, retry_seconds=0.5)

    async def hanging(_event: Event, _work: Work) -> Sequence[Event]:
        await asyncio.sleep(3600)
        return []

    await send(broker, stage.consumes[0], [submitted("x")])
    async with running(stage, hanging, broker):
        (letter,) = await asyncio.to_thread(read_topic, broker, stage.dead_letters, 1)
    assert letter.headers["dlq_kind"] == b"exhausted"
    assert letter.headers["dlq_reason"] == b"no result after 0.1 s"


async def test_a_key_that_fails_for_long_gives_way_when_the_window_is_nearly_full(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1, window=20)

    async def one_bad_key(event: Event, _work: Work) -> Sequence[Event]:
        if event.key == submitted("bad").key:
            raise Transient("not yet", retry_after=60.0)
        return []

    await send(broker, stage.consumes[0], [submitted("bad"), *(submitted(str(n)) for n in range(100))])
    async with running(stage, one_bad_key, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 100)
    (letter,) = read_topic(broker, stage.dead_letters, 1)
    assert letter.headers["dlq_kind"] == b"exhausted"
    assert b"held up" in letter.headers["dlq_reason"]


async def test_a_single_blip_under_a_backlog_is_tried_again_and_succeeds(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1, window=1000, concurrency=8)
    topic = stage.consumes[0]
    producer = EventProducer(broker.settings(), "/diglot/test", [topic])
    records = [Outgoing.of(topic, _encoded(submitted(str(n)))) for n in range(1000)]
    await producer.send_all(records)
    await producer.close()

    async def blinking(event: Event, work: Work) -> Sequence[Event]:
        if event.key == submitted("3").key and work.attempt == 1:
            raise Transient("a blip", retry_after=0.05)
        await asyncio.sleep(0.02)
        return []

    async with running(stage, blinking, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1000)
        assert work.metric("diglot_stage_retried_total") == 1
        assert work.metric("diglot_stage_dead_lettered_total") == 0


async def test_while_a_provider_is_down_one_probe_at_a_time_asks_and_nothing_is_lost(broker: Broker) -> None:
    stage = make_stage(broker, concurrency=8)
    down = True
    together = 0
    refused = 0

    async def dependent(event: Event, _work: Work) -> Sequence[Event]:
        nonlocal together, refused
        if down:
            together += 1
            refused += 1
            await asyncio.sleep(0.01)
            assert refused <= 8 or together == 1, "more than one probe at once"
            together -= 1
            raise Unavailable("the provider is down")
        return [event]

    await send(broker, stage.consumes[0], [submitted(str(n)) for n in range(40)])
    async with running(stage, dependent, broker, ready=False) as work:
        await eventually(lambda: refused >= 10)
        assert work.metric("diglot_stage_paused") == 1
        await work.until(lambda: work.metric("diglot_stage_lag_records") == 40)
        assert work.runner.not_ready() == [f"{stage.name}: paused: the provider is down"]
        assert committed(broker, stage) == 0
        down = False
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 40, seconds=10)
        assert work.runner.not_ready() == []
    assert refused < 20
    told = {status.detail for status in statuses(broker, stage) if status.status == "paused"}
    assert told == {"a service it needs is not available"}
    assert len(output(broker, stage, 40)) == 40
    assert read_topic(broker, stage.dead_letters, 0, seconds=0.5) == []


async def test_a_newer_schema_version_pauses_the_stage_and_says_upgrade(broker: Broker) -> None:
    stage = make_stage(broker)
    record = _encoded(submitted("new"))
    headers = [(n, b"99" if n == "ce_schemaversion" else v) for n, v in record.headers]
    client = _raw_producer(broker)
    client.send(stage.consumes[0].name, record.value, record.key, headers)
    client.flush(10)
    client.close()
    async with running(stage, echo, broker, ready=False) as work:
        await eventually(lambda: any("upgrade it" in reason for reason in work.runner.not_ready()))
    assert committed(broker, stage) == 0
    assert read_topic(broker, stage.dead_letters, 0, seconds=0.5) == []


class _NotUtf8(str):
    """A header's name that kafka-python sends as other bytes than UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


async def test_a_record_that_can_not_be_read_holds_up_its_partition_only_and_is_told(broker: Broker) -> None:
    stage = make_stage(broker, partitions=2)
    topic = stage.consumes[0].name
    client = _raw_producer(broker)
    good = _encoded(submitted("good"))
    client.send(topic, good.value, good.key, list(good.headers), partition=0).get(10)
    client.send(topic, good.value, good.key, [(_NotUtf8("x"), b"")], partition=0).get(10)
    async with running(stage, echo, broker, ready=False) as work:
        await work.until(lambda: any("can't be read" in reason for reason in work.runner.not_ready()))
        client.send(topic, good.value, good.key, list(good.headers), partition=1).get(10)
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 2)
        assert work.metric("diglot_stage_dead_lettered_total") == 0
    client.close()
    assert committed(broker, stage) == 2


async def test_a_result_that_is_too_large_is_poison(broker: Broker) -> None:
    stage = make_stage(broker, max_bytes=20_000)

    async def growing(_event: Event, _work: Work) -> Sequence[Event]:
        return [submitted("x", body="b" * 30_000)]

    await send(broker, stage.consumes[0], [submitted("x")])
    async with running(stage, growing, broker):
        (letter,) = await asyncio.to_thread(read_topic, broker, stage.dead_letters, 1)
    assert letter.headers["dlq_kind"] == b"poison"
    assert b"too many for" in letter.headers["dlq_reason"]


async def test_a_record_of_the_maximum_size_fits_into_the_dead_letters_with_a_long_traceback(broker: Broker) -> None:
    stage = make_stage(broker, max_bytes=200_000)

    async def verbose(_event: Event, _work: Work) -> Sequence[Event]:
        raise RuntimeError("界" * 100_000)

    empty = len(submitted("x", body="b").model_dump_json())
    event = submitted("x", body="b" * min(99_000, 200_000 - empty - 1500))
    headers = [*_encoded(event).headers, ("padding", b"p" * (200_000 - 1200 - len(event.model_dump_json())))]
    client = _raw_producer(broker, max_request_size=1_000_000)
    client.send(stage.consumes[0].name, _encoded(event).value, event.key.encode(), headers).get(10)
    client.close()
    async with running(stage, verbose, broker):
        (letter,) = await asyncio.to_thread(read_topic, broker, stage.dead_letters, 1)
    assert letter.value == _encoded(event).value
    assert letter.headers["dlq_reason"].decode().startswith("界")
    assert b"RuntimeError" in letter.headers["dlq_traceback"] or b"\xe7\x95\x8c" in letter.headers["dlq_traceback"]


async def test_a_compressed_record_that_is_larger_than_any_topic_allows_is_cut_in_the_dead_letters(
    broker: Broker,
) -> None:
    stage = make_stage(broker, max_bytes=20_000)
    client = _raw_producer(broker, compression_type="gzip", max_request_size=2_000_000)
    client.send(stage.consumes[0].name, b"v" * 1_000_000, b"k", [("mine", b"x")]).get(10)
    client.close()
    async with running(stage, echo, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 1)
    (letter,) = read_topic(broker, stage.dead_letters, 1)
    assert letter.headers["dlq_cut"] == b"key 1 bytes, 1 headers, value 1000000 bytes"
    assert letter.headers["mine"] == b"x"
    assert 100_000 < len(letter.value or b"") < stage.dead_letters.max_bytes
    assert committed(broker, stage) == 1


async def test_an_error_whose_text_is_no_valid_unicode_is_dead_lettered(broker: Broker) -> None:
    stage = make_stage(broker)

    async def quoting(event: Event, _work: Work) -> Sequence[Event]:
        if event.key == submitted("bad").key:
            raise Poison("bad \ud800 text")
        return [event]

    await send(broker, stage.consumes[0], [submitted("bad"), submitted("good")])
    async with running(stage, quoting, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1)
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 1)
    (letter,) = read_topic(broker, stage.dead_letters, 1)
    assert letter.headers["dlq_reason"] == b"bad ? text"
    assert {status.detail for status in statuses(broker, stage)} == {"bad ? text", None}


async def test_a_config_error_ends_the_stage(broker: Broker) -> None:
    stage = make_stage(broker)

    async def misconfigured(_event: Event, _work: Work) -> Sequence[Event]:
        raise ConfigError("no key for the model")

    await send(broker, stage.consumes[0], [submitted("x")])
    with pytest.raises(ConfigError, match="no key for the model"):
        async with running(stage, misconfigured, broker, ready=False) as work:
            await eventually(work.task.done)
    assert committed(broker, stage) == 0


async def test_unchanged_is_reported_instead_of_done_and_progress_while_it_takes_long(broker: Broker) -> None:
    stage = make_stage(broker)
    go_on = asyncio.Event()

    async def reporting(event: Event, work: Work) -> Sequence[Event]:
        if event.key == submitted("same").key:
            work.note("unchanged")
        else:
            await go_on.wait()
        return []

    await send(broker, stage.consumes[0], [submitted("same"), submitted("slow")])
    async with running(stage, reporting, broker) as work:
        async with asyncio.timeout(30):
            while "started" not in {status.status for status in await asyncio.to_thread(statuses, broker, stage)}:
                pass  # each look waits for the broker
        go_on.set()
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 2)
    reported = [(status.article_id, status.status) for status in statuses(broker, stage)]
    assert [status for key, status in reported if key == submitted("same").key] == ["unchanged"]
    assert [status for key, status in reported if key == submitted("slow").key] == ["started", "done"]


async def test_a_stop_lets_running_handlers_finish_and_leaves_the_rest(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1, concurrency=2)
    started: list[str] = []
    go_on = asyncio.Event()

    async def held(event: Event, _work: Work) -> Sequence[Event]:
        started.append(event.key)
        await go_on.wait()
        return [event]

    await send(broker, stage.consumes[0], [submitted(str(n)) for n in range(10)])
    async with running(stage, held, broker) as work:
        await eventually(lambda: len(started) == 2)
        work.shutdown.request()
        ended, _ = await asyncio.wait([work.task], timeout=0.3)
        assert not ended
        go_on.set()
        await work.task
    assert len(started) == 2
    assert len(output(broker, stage, 2)) == 2
    assert committed(broker, stage) == 2


async def test_a_stop_waits_no_longer_than_its_deadline_and_a_second_one_not_at_all(broker: Broker) -> None:
    stage = make_stage(broker)
    started = asyncio.Event()

    async def stuck(_event: Event, _work: Work) -> Sequence[Event]:
        started.set()
        await asyncio.sleep(3600)
        return []

    await send(broker, stage.consumes[0], [submitted("x")])
    async with running(stage, stuck, broker, drain_seconds=0.5) as work:
        await asyncio.wait_for(started.wait(), 30)
        work.shutdown.request()
        await asyncio.wait_for(work.task, 5)
    started.clear()
    async with running(stage, stuck, broker, drain_seconds=3600) as work:
        await asyncio.wait_for(started.wait(), 30)
        work.shutdown.request()
        work.shutdown.request()
        await asyncio.wait_for(work.task, 5)
    assert committed(broker, stage) == 0


def _encoded(event: ArticleSubmitted) -> Record:
    return encode(event, "/diglot/test")


def _raw_producer(broker: Broker, **more: object) -> KafkaProducer:
    return KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", **more)


@pytest.mark.kafka
async def test_a_join_that_takes_longer_than_a_poll_is_finished(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_poller, "_POLL_SECONDS", 0.001)
    consumers: list[KafkaConsumer] = []

    def remembered(settings: CommonSettings, group: str, client_id: str, max_bytes: int) -> KafkaConsumer:
        consumers.append(make_group_consumer(settings, group, client_id, max_bytes))
        return consumers[-1]

    monkeypatch.setattr(_poller, "make_group_consumer", remembered)
    stage = make_stage(kafka_broker)
    async with running(stage, echo, kafka_broker) as work:
        for number in range(30):
            # As after a change of the topic's metadata: the leader sees that it has to join again.
            consumers[0]._coordinator._assignment_snapshot = {"changed": {number}}
            await send(kafka_broker, stage.consumes[0], [submitted(str(number))])
            await handled(work, number + 1)
