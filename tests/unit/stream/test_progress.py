"""Progress reports: the latest of each key, and nothing that goes wrong with one ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

import pytest

from shared.errors import Unavailable
from shared.stream import _progress
from shared.stream._progress import Reports
from shared.stream.producer import EventProducer, Outgoing
from shared.stream.topics import STATUS
from tests.support.stages import eventually


class Sender:
    """Keeps what is sent, or fails once as it was told."""

    def __init__(self) -> None:
        self.sent: list[bytes | None] = []
        self.error: Exception | None = None

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        if records and self.error is not None:
            error, self.error = self.error, None
            raise error
        self.sent += [record.value for record in records]


def status(text: bytes) -> Outgoing:
    return Outgoing(STATUS, b"k", text, ())


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
async def reports(sender: Sender) -> AsyncIterator[Reports]:
    reports = Reports(cast(EventProducer, sender), asyncio.get_running_loop().time)
    running = asyncio.create_task(reports.run())
    yield reports
    assert not running.done()
    running.cancel()


async def test_the_latest_of_a_key_is_sent(reports: Reports, sender: Sender) -> None:
    reports.report(b"a", lambda: status(b"first"))
    reports.report(b"a", lambda: status(b"second"))
    reports.report(b"b", lambda: status(b"gone"))
    reports.settle(b"b")
    await eventually(lambda: sender.sent == [b"second"])


@pytest.mark.parametrize("error", [Unavailable("no broker"), RuntimeError("a bug")])
async def test_reports_go_on_after_one_that_was_not_sent(reports: Reports, sender: Sender, error: Exception) -> None:
    sender.error = error
    reports.report(b"a", lambda: status(b"lost"))
    await eventually(lambda: sender.error is None)
    reports.report(b"b", lambda: status(b"sent"))
    await eventually(lambda: sender.sent == [b"sent"])


async def test_reports_go_on_after_one_that_can_not_be_made(reports: Reports, sender: Sender) -> None:
    def make() -> Outgoing:
        raise ValueError("no valid event")

    reports.report(b"a", make)
    reports.report(b"b", lambda: status(b"beside it"))
    await eventually(lambda: sender.sent == [b"beside it"])


async def test_when_too_many_wait_what_waits_is_still_brought_up_to_date(
    reports: Reports, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_progress, "_MAX_WAITING", 1)
    reports.report(b"a", lambda: status(b"first"))
    reports.report(b"b", lambda: status(b"too many"))
    reports.report(b"a", lambda: status(b"second"))
    await eventually(lambda: sender.sent == [b"second"])
