"""A port is free or it is not, and the sentence names another."""

from __future__ import annotations

import socket

import pytest

from commons import ports
from commons.errors import Conflict, Unavailable


def test_a_taken_port_is_refused_even_when_it_may_be_shared() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(Conflict, match=rf"^Port {port} is taken .* make run PORT=\d+$"):
            ports.require_free("127.0.0.1", port, "make run PORT={}")
        assert ports.next_free("127.0.0.1", port) != port


def test_an_address_of_another_machine_cannot_be_had() -> None:
    with pytest.raises(Unavailable, match=r"^Nothing can listen on 192\.0\.2\.1, port 8000"):
        ports.require_free("192.0.2.1", 8000, "{}")


def test_ports_below_1024_are_never_offered() -> None:
    assert ports.next_free("127.0.0.1", 80) >= 1024


@pytest.mark.parametrize(
    ("host", "address", "loopback"),
    [
        ("127.0.0.1", "http://127.0.0.1:80", True),
        ("localhost", "http://localhost:80", True),
        ("0.0.0.0", "http://127.0.0.1:80", False),
        ("::1", "http://[::1]:80", True),
        ("::", "http://[::1]:80", False),
        ("school.example", "http://school.example:80", False),
    ],
)
def test_addresses(host: str, address: str, loopback: bool) -> None:
    assert ports.address(host, 80) == address
    assert ports.is_loopback(host) is loopback
