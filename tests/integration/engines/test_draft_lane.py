"""The draft lane on a real broker: posted articles come out translated, and what can't be analyzed is a dead letter."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from cli.embedded import free_port
from shared.model import ArticleTranslated, Event, decode
from shared.stream import EventProducer
from shared.stream.topics import DEAD_LETTERS, SUBMITTED, TRANSLATED_DRAFT
from tests.support.brokers import Broker
from tests.support.events import read_topic
from tests.support.samples import SAMPLES, posted, sample
from tests.support.system import wait_for

_SERVICES: Final = {"services.analyze.main": "DIGLOT_ANALYZE_PORT", "services.translate.main": "DIGLOT_TRANSLATE_PORT"}


@contextmanager
def services(broker: Broker, logs: Path) -> Iterator[list[str]]:
    """Both services as processes, ready; gives the addresses of their health endpoints. They must end with 0."""
    started, urls = [], []
    for module, variable in _SERVICES.items():
        port = free_port()
        environment = {**os.environ, **broker.environment(), variable: str(port)}
        with (logs / f"{module}.log").open("wb") as log:
            started.append(subprocess.Popen([sys.executable, "-m", module], env=environment, stderr=log))
        urls.append(f"http://127.0.0.1:{port}")
    try:
        for url in urls:
            wait_for(f"{url} to be ready", lambda url=url: _is_ready(url))  # type: ignore[misc]
        yield urls
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(30) for process in started]
    assert codes == [0, 0]


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


async def _send(broker: Broker, *events: Event) -> None:
    producer = EventProducer(broker.settings(), "/diglot/test", [SUBMITTED])
    for event in events:
        await producer.send(SUBMITTED, event)
    await producer.close()


def _ours(records: list[Event], ids: set[str]) -> dict[str, ArticleTranslated]:
    return {e.article.id: e for e in records if isinstance(e, ArticleTranslated) and e.article.id in ids}


def test_samples_come_out_in_both_languages_and_what_has_no_words_is_a_dead_letter(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    samples = {event.article.id: event for event in map(sample, SAMPLES)}
    wordless = posted("8421", "9753")  # of this test alone: its dead letter stays on the broker that tests share
    with services(embedded_broker, tmp_path):
        asyncio.run(_send(embedded_broker, *samples.values(), wordless))
        translated = wait_for("the samples", lambda: _all(embedded_broker, set(samples)), seconds=150)
    for key, event in translated.items():
        assert event.article == samples[key].article
        assert event.version.order == (samples[key].version.revision, 0, 0)
        assert event.analysis.summary
        assert event.provenance.translation is not None
    (letter,) = [
        record
        for record in read_topic(embedded_broker, DEAD_LETTERS["analyze.draft"], 1)
        if record.key == wordless.key.encode()
    ]
    assert any(b"no words" in value for value in letter.headers.values())


def _all(broker: Broker, ids: set[str]) -> dict[str, ArticleTranslated] | None:
    records = read_topic(broker, TRANSLATED_DRAFT, len(ids), seconds=5)
    found = _ours([decode(record.headers.items(), record.value or b"") for record in records], ids)
    return found if set(found) == ids else None
