"""The socket guard guards."""

import socket

import pytest


def test_another_machine_cannot_be_reached() -> None:
    with socket.socket() as caller, pytest.raises(AssertionError, match=r"connects to \('192\.0\.2\.1', 80\)"):
        caller.connect(("192.0.2.1", 80))


def test_a_name_elsewhere_is_not_looked_up() -> None:
    with pytest.raises(AssertionError, match="looks up"):
        socket.getaddrinfo("example.com", 80)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as caller:
        caller.connect(listener.getsockname())
