"""Dead letters are found, read back and sent again, on both brokers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from kafka import KafkaProducer

from shared.errors import Poison
from shared.model import ArticleSubmitted, Event, encode
from shared.stream import Stage, Work, dead_letters
from shared.stream._outbox import Failure, dead_letter
from shared.stream._records import Consumed, Partition
from shared.stream.dead_letters import Box, DeadLetters, Letter, NotReplayable, corrected
from shared.stream.topics import DEAD_LETTER_ROOM, Topic
from tests.support.brokers import Broker
from tests.support.events import ACCEPTED, make_topics, read_topic, submitted, unique
from tests.support.raw_topic import write_topic
from tests.support.stages import Running, make_stage, output, running, send

NOW = ACCEPTED + 1000
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def boxes(*stages: Stage) -> dict[str, Box]:
    return {stage.name: Box(stage.dead_letters, stage.consumes) for stage in stages}


def bury(broker: Broker, stage: Stage, record: Consumed, error: Exception, at: int = NOW) -> None:
    """Put a dead letter where the stage would."""
    letter = dead_letter(stage, record, Failure("poison", error), 1, at, TRACE)
    write_topic(broker.bootstrap, letter.topic.name, letter.key or b"", letter.value or b"", list(letter.headers))


def consumed(stage: Stage, offset: int, event: Event) -> Consumed:
    encoded = encode(event, "/diglot/test")
    return Consumed(Partition(stage.consumes[0].name, 0), offset, encoded.key, encoded.value, encoded.headers)


def everything(_letter: Letter) -> bool:
    return True


async def passed_over(work: Running, count: int) -> None:
    await work.until(lambda: work.metric("diglot_stage_passed_over_total") == count)


def test_letters_are_listed_newest_first_by_any_filter_across_stages(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "_CHUNK", 3)
    first, second = make_stage(broker), make_stage(broker)
    for n in range(8):
        bury(broker, first, consumed(first, n, submitted(str(n))), Poison(f"wrong {n}"), NOW + 2 * n)
    bury(broker, second, consumed(second, 5, submitted("x")), Poison("other"), NOW + 5)
    with DeadLetters(broker.settings(), boxes(first, second)) as letters:
        listed = letters.newest(everything)
        assert [letter.reason for letter in listed] == [
            *(f"wrong {n}" for n in (7, 6, 5, 4, 3)),
            "other",
            *(f"wrong {n}" for n in (2, 1, 0)),
        ]
        assert listed[0].id == f"{first.name}@7"
        assert listed[0].article_id == submitted("7").article.id
        assert listed[0].place == f"{first.consumes[0].name}[0]@7"
        assert [letter.offset for letter in letters.newest(everything, limit=2)] == [7, 6]
        assert [letter.at - NOW for letter in letters.newest(everything, since=NOW + 9)] == [14, 12, 10]
        assert [letter.id for letter in letters.newest(lambda letter: letter.reason == "wrong 1", limit=1)] == [
            f"{first.name}@1"
        ]
        assert letters.get(first.name, 99) is None


async def test_a_record_goes_again_to_the_stage_that_failed_and_only_there(broker: Broker) -> None:
    failing = make_stage(broker, partitions=3)
    other = replace(make_stage(broker), consumes=failing.consumes)
    fixed = False

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        if event.key == submitted("bad").key and not fixed:
            raise Poison("not yet")
        return [event]

    async def take(event: Event, _work: Work) -> Sequence[Event]:
        return [event]

    await send(broker, failing.consumes[0], [submitted("bad"), submitted("good")])
    async with running(failing, handle, broker) as work, running(other, take, broker) as beside:
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 1)
        await beside.until(lambda: beside.metric("diglot_stage_handled_total") == 2)
        fixed = True

        def send_again() -> None:
            with DeadLetters(broker.settings(), boxes(failing)) as letters:
                (letter,) = letters.newest(everything)
                assert letter.replays == ()
                letters.send_again(letter, letters.original(letter), NOW)

        await asyncio.to_thread(send_again)
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 2)
        await passed_over(beside, 1)
        assert beside.metric("diglot_stage_handled_total") == 2
    assert {event.key for event in output(broker, failing, 2)} == {submitted("bad").key, submitted("good").key}
    records = [r for r in read_topic(broker, failing.consumes[0], 3) if r.key == submitted("bad").key.encode()]
    assert len({record.partition for record in records}) == 1
    again = records[1].headers
    assert (again.pop("replay_for"), again.pop("replay_of")) == (failing.name.encode(), f"{failing.name}@0".encode())
    assert (records[1].value, again) == (records[0].value, records[0].headers)
    with DeadLetters(broker.settings(), boxes(failing)) as letters:
        (letter,) = letters.newest(everything)
        assert letter.replays == (NOW,)
        assert letters.get(failing.name, letter.offset) == letter


async def test_a_letter_that_fails_again_names_the_one_it_came_from(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1)

    async def refuse(_event: Event, _work: Work) -> Sequence[Event]:
        raise Poison("never")

    await send(broker, stage.consumes[0], [submitted("bad")])
    async with running(stage, refuse, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 1)

        def send_again() -> None:
            with DeadLetters(broker.settings(), boxes(stage)) as letters:
                (letter,) = letters.newest(everything)
                letters.send_again(letter, letters.original(letter), NOW)

        await asyncio.to_thread(send_again)
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 2)
    with DeadLetters(broker.settings(), boxes(stage)) as letters:
        last, first = letters.newest(everything)
        assert (first.replays, first.replay_of) == ((NOW,), None)
        assert (last.replays, last.replay_of) == ((), first.id)
        letters.send_again(last, letters.original(last), NOW)
    names = [name for record in read_topic(broker, stage.consumes[0], 3) for name in record.headers]
    assert names.count("replay_of") == 2


async def test_a_corrected_record_is_handled(broker: Broker) -> None:
    stage = make_stage(broker)

    async def handle(event: Event, _work: Work) -> Sequence[Event]:
        return [event]

    event = submitted("x")
    encoded = encode(event, "/diglot/test")
    broken = encoded.value.replace(b'"title":"Title"', b'"title":""')
    topic = stage.consumes[0].name
    await asyncio.to_thread(write_topic, broker.bootstrap, topic, encoded.key, broken, list(encoded.headers))
    async with running(stage, handle, broker) as work:
        await work.until(lambda: work.metric("diglot_stage_dead_lettered_total") == 1)

        def correct() -> None:
            with DeadLetters(broker.settings(), boxes(stage)) as letters:
                (letter,) = letters.newest(everything)
                original = letters.original(letter)
                assert original.value == broken
                letters.send_again(letter, corrected(original, encoded.value), NOW)

        await asyncio.to_thread(correct)
        await work.until(lambda: work.metric("diglot_stage_handled_total") == 1)
    assert output(broker, stage, 1) == [event]


def test_a_cut_letter_is_made_whole_from_its_topic(broker: Broker) -> None:
    stage = make_stage(broker, partitions=1, max_bytes=10_000)
    topic = stage.consumes[0]
    # Compressed it fits its topic, as it is it doesn't fit the dead letters.
    value = b"v" * (10_000 + DEAD_LETTER_ROOM)
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, compression_type="gzip")
    producer.send(topic.name, value, b"key", [("mine", b"x")]).get(10)
    producer.close()
    place = Partition(topic.name, 0)
    whole = Consumed(place, 0, b"key", value, (("mine", b"x"),))
    for record in (whole, whole._replace(offset=7), whole._replace(value=b"w" * len(value))):
        bury(broker, stage, record, Poison("wrong"))
    with DeadLetters(broker.settings(), boxes(stage)) as letters:
        other, gone, good = letters.newest(everything)
        assert good.cut == f"key 3 bytes, 1 headers, value {len(value)} bytes"
        assert letters.kept(good).value != value
        original = letters.original(good)
        assert (original.key, original.value, original.headers) == (b"key", value, (("mine", b"x"),))
        with pytest.raises(NotReplayable, match=r"too large to be kept whole .* is no longer there"):
            letters.original(gone)
        with pytest.raises(NotReplayable, match="holds another record now"):
            letters.original(other)


def test_on_a_compacted_topic_an_older_record_does_not_take_the_place_of_a_later_one(broker: Broker) -> None:
    rulings = Topic(unique("ruled"), 1, None, True, 100_000, ArticleSubmitted)
    stage = replace(make_stage(broker), consumes=(rulings,))
    make_topics(broker, rulings)
    for key in (b"a", b"b", b"a"):
        write_topic(broker.bootstrap, rulings.name, key, b"{}", [])
    for offset, key in enumerate((b"a", b"b", b"a")):
        bury(broker, stage, Consumed(Partition(rulings.name, 0), offset, key, b"{}", ()), Poison("wrong"))
    with DeadLetters(broker.settings(), boxes(stage)) as letters:
        latest, only, older = letters.newest(everything)
        for letter in (latest, only):
            assert letters.original(letter).value == b"{}"
        with pytest.raises(NotReplayable, match="a later record with the key 'a'"):
            letters.original(older)


def test_what_no_stage_of_ours_wrote_is_shown_and_not_sent(broker: Broker) -> None:
    stage = make_stage(broker)
    write_topic(broker.bootstrap, stage.dead_letters.name, b"k", b"strange", [("dlq_offset", b"-"), ("x", b"\xff")])
    bury(broker, stage, Consumed(Partition("elsewhere", 0), 1, b"k", b"v", ()), Poison("wrong"))
    with DeadLetters(broker.settings(), boxes(stage)) as letters:
        for letter in letters.newest(everything):
            with pytest.raises(NotReplayable, match=f"which {stage.name} does not read"):
                letters.original(letter)
