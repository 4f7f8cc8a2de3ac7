"""Progress reports: the latest of each key, and nothing that goes wrong with one ends them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

import pytest

from shared.errors import Unavailable
from shared.model import ArticleStatus, StatusesReported, decode
from shared.stream import _progress
from shared.stream._outbox import status_of
from shared.stream._progress import Reports
from shared.stream.producer import EventProducer, Outgoing
from tests.support.events import submitted
from tests.support.stages import declare, eventually

STAGE = declare("stage")


class Sender:
    """Keeps what is sent, or fails once as it was told."""

    def __init__(self) -> None:
        self.sent: list[str | None] = []
        self.error: Exception | None = None

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        if records and self.error is not None:
            error, self.error = self.error, None
            raise error
        for record in records:
            event = decode(record.headers, record.value)
            assert isinstance(event, StatusesReported)
            self.sent += [status.detail for status in event.statuses]


def status(text: str) -> ArticleStatus:
    found = status_of(STAGE, submitted("x"), "started", 1, text)
    assert found is not None
    return found


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
async def reports(sender: Sender) -> AsyncIterator[Reports]:
    reports = Reports(STAGE, cast(EventProducer, sender), asyncio.get_running_loop().time)
    running = asyncio.create_task(reports.run())
    yield reports
    assert not running.done()
    running.cancel()


async def test_the_latest_of_a_key_is_sent(reports: Reports, sender: Sender) -> None:
    reports.report(b"a", lambda: status("first"))
    reports.report(b"a", lambda: status("second"))
    reports.report(b"b", lambda: status("gone"))
    reports.settle(b"b")
    await eventually(lambda: sender.sent == ["second"])


@pytest.mark.parametrize("error", [Unavailable("no broker"), RuntimeError("a bug")])
async def test_reports_go_on_after_one_that_was_not_sent(reports: Reports, sender: Sender, error: Exception) -> None:
    sender.error = error
    reports.report(b"a", lambda: status("lost"))
    await eventually(lambda: sender.error is None)
    reports.report(b"b", lambda: status("sent"))
    await eventually(lambda: sender.sent == ["sent"])


async def test_reports_go_on_after_one_that_can_not_be_made(reports: Reports, sender: Sender) -> None:
    def make() -> ArticleStatus:
        raise ValueError("no valid event")

    reports.report(b"a", make)
    reports.report(b"b", lambda: status("beside it"))
    await eventually(lambda: sender.sent == ["beside it"])


async def test_when_too_many_wait_what_waits_is_still_brought_up_to_date(
    reports: Reports, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_progress, "_MAX_WAITING", 1)
    reports.report(b"a", lambda: status("first"))
    reports.report(b"b", lambda: status("too many"))
    reports.report(b"a", lambda: status("second"))
    await eventually(lambda: sender.sent == ["second"])
