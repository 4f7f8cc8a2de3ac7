from __future__ import annotations

import socket

from shared.telemetry.server import _bind


def test_the_listener_names_its_protocol_so_that_asyncio_sends_answers_at_once() -> None:
    with _bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
