"""The proxy loses the answer to a commit that succeeded, and passes on everything else."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kafka.protocol.producer.transaction import EndTxnRequest

from cli.embedded import free_port
from tests.support.tcp_proxy import KafkaProxy

CONCURRENT_TRANSACTIONS = 51


def request(*, commit: bool, version: int) -> bytes:
    message = EndTxnRequest(transactional_id="t", producer_id=5, producer_epoch=1, committed=commit, max_version=3)
    message.with_header(correlation_id=7, client_id="x")
    encoded: bytes = message.encode(version=version, header=True, framed=True)
    return encoded


def answer(*, error: int, version: int) -> bytes:
    body = struct.pack(">i", 7) + b"\x00" * (version >= 3) + struct.pack(">ih", 0, error) + b"\x00" * (version >= 3)
    return struct.pack(">i", len(body)) + body


@contextmanager
def broker(reply: bytes) -> Iterator[int]:
    """A port that answers each of the requests of one connection with the same bytes."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            while connection.recv(4096):
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def ask(port: int, question: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(question)
        try:
            return client.recv(4096)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize("version", [2, 3])
def test_the_answer_to_a_commit_is_lost_once(version: int) -> None:
    reply = answer(error=0, version=version)
    port = free_port()
    with broker(reply) as behind, KafkaProxy({port: behind}) as proxy:
        proxy.swallow(1)
        assert ask(port, request(commit=True, version=version)) == b""
        assert proxy.swallowed == 1
    with broker(reply) as behind, KafkaProxy({port: behind}) as proxy:
        assert ask(port, request(commit=True, version=version)) == reply
        assert proxy.swallowed == 0


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(("commit", "error"), [(False, 0), (True, CONCURRENT_TRANSACTIONS)])
def test_an_abort_and_a_refused_commit_are_answered(version: int, commit: bool, error: int) -> None:
    reply = answer(error=error, version=version)
    port = free_port()
    with broker(reply) as behind, KafkaProxy({port: behind}) as proxy:
        proxy.swallow(1)
        assert ask(port, request(commit=commit, version=version)) == reply
        assert proxy.swallowed == 0


def test_a_refused_port_takes_no_connection_until_it_accepts_again() -> None:
    reply = answer(error=0, version=3)
    port = free_port()
    with broker(reply) as behind, KafkaProxy({port: behind}) as proxy:
        proxy.refuse(port)
        with pytest.raises(ConnectionRefusedError):
            ask(port, request(commit=True, version=3))
        proxy.accept(port)
        assert ask(port, request(commit=True, version=3)) == reply
