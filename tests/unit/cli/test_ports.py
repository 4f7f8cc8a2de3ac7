"""Which port each process gets."""

from __future__ import annotations

import pytest

from cli.exit_codes import CliError, ExitCode
from cli.run.ports import PortChoice, PortWish, choose_again, choose_ports


def test_defaults_are_taken_while_they_are_free() -> None:
    choices = choose_ports([PortWish("ingest", 8001), PortWish("reader", 8000)], lambda _: True)
    assert choices == (PortChoice("ingest", 8001), PortChoice("reader", 8000))


def test_a_taken_default_gives_the_next_free_port_that_no_other_process_has() -> None:
    wishes = [PortWish("reader", 8000), PortWish("ingest", 8001), PortWish("analyze", 8002)]
    choices = choose_ports(wishes, lambda port: port != 8000)
    assert choices == (
        PortChoice("reader", 8001, instead_of=8000),
        PortChoice("ingest", 8002, instead_of=8001),
        PortChoice("analyze", 8003, instead_of=8002),
    )


def test_a_port_that_was_asked_for_is_kept_from_the_others() -> None:
    wishes = [PortWish("reader", 8000), PortWish("ingest", 8000, asked_by="--ingest-port")]
    assert choose_ports(wishes, lambda _: True) == (
        PortChoice("reader", 8001, instead_of=8000),
        PortChoice("ingest", 8000, asked=True),
    )


def test_a_taken_port_that_was_asked_for_is_an_error_that_names_who_asked() -> None:
    with pytest.raises(CliError, match=r"port 9000 \(DIGLOT_READ_PORT\) is taken") as caught:
        choose_ports([PortWish("reader", 9000, asked_by="DIGLOT_READ_PORT")], lambda _: False)
    assert caught.value.code == ExitCode.USAGE


def test_one_port_asked_for_twice_is_an_error() -> None:
    wishes = [PortWish("reader", 9000, asked_by="--read-port"), PortWish("ingest", 9000, asked_by="--ingest-port")]
    with pytest.raises(CliError, match="--read-port and --ingest-port both ask for port 9000"):
        choose_ports(wishes, lambda _: True)


def test_when_no_port_is_left_it_says_so() -> None:
    with pytest.raises(CliError, match="no port from 65535 on is free for reader"):
        choose_ports([PortWish("reader", 65535)], lambda _: False)


def test_a_port_that_was_lost_is_chosen_again_and_the_others_are_kept() -> None:
    choices = (PortChoice("reader", 8000), PortChoice("ingest", 8001), PortChoice("analyze", 8002, asked=True))
    assert choose_again("reader", choices, lambda port: port != 8000) == (
        PortChoice("reader", 8003, instead_of=8000),
        *choices[1:],
    )


def test_only_a_port_that_nobody_asked_for_and_that_is_taken_can_have_been_lost() -> None:
    choices = (PortChoice("reader", 8000), PortChoice("ingest", 8001, asked=True))
    assert choose_again("reader", choices, lambda _: True) is None
    assert choose_again("ingest", choices, lambda port: port != 8001) is None
