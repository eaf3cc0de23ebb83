"""The guard sees who reaches for a network, and what is free stays free."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.network_guard import NetworkRefused, guard


@pytest.fixture
def refused() -> Iterator[list[str]]:
    """What the guard refused in this test, which does so on purpose."""
    yield guard.refused
    guard.refused = []


def test_another_machine_is_out_of_reach(refused: list[str]) -> None:
    with socket.socket() as probe, pytest.raises(NetworkRefused):
        probe.connect(("192.0.2.1", 25))
    assert refused == ["connect 192.0.2.1: tests never leave this machine"]


@pytest.mark.loopback
def test_another_machine_is_out_of_reach_with_loopback_too(refused: list[str]) -> None:
    with socket.socket(socket.AF_INET6) as probe, pytest.raises(NetworkRefused):
        probe.connect(("2001:db8::1", 25))
    assert len(refused) == 1


def test_a_name_is_not_looked_up(refused: list[str]) -> None:
    with pytest.raises(NetworkRefused):
        smtplib.SMTP("mail.helpdesk.example", 25, timeout=1)
    assert "mail.helpdesk.example" in refused[0]


def test_this_machine_must_be_asked_for(refused: list[str]) -> None:
    with socket.socket() as probe, pytest.raises(NetworkRefused):
        probe.bind(("127.0.0.1", 0))
    with socket.socket() as probe, pytest.raises(NetworkRefused):
        probe.connect(("127.0.0.1", 9))
    assert len(refused) == 2


def test_who_swallows_the_error_is_noticed_all_the_same(refused: list[str]) -> None:
    with suppress(Exception):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    assert refused


@pytest.mark.loopback
def test_with_loopback_this_machine_can_be_talked_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
        server.accept()[0].close()
    assert guard.refused == []


@pytest.mark.loopback
def test_listening_to_everybody_is_refused(refused: list[str]) -> None:
    with socket.socket() as probe, pytest.raises(NetworkRefused):
        probe.bind(("", 0))
    assert refused


def test_unix_sockets_are_free(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        server.listen()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(tmp_path / "s"))
    assert guard.refused == []
