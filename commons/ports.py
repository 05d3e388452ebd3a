"""Which ports of this machine are free, asked before a server is started.

A plain bind is the only sure question: the web server shares a taken port without a word.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket

from commons.errors import Conflict, Unavailable


def require_free(host: str, port: int, command: str) -> None:
    """Raise Conflict or Unavailable, naming a way out, when nothing can listen there.

    `command` starts it on another port, with `{}` where the port belongs.
    """
    try:
        try_to_bind(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            other = command.format(next_free(host, port + 1))
            raise Conflict(
                f"Port {port} is taken by another program: use another one with: {other}"
            ) from error
        raise Unavailable(
            f"Nothing can listen on {host}, port {port}: {error.strerror}."
        ) from error


def next_free(host: str, port: int) -> int:
    """Return the first free port from `port` on, below 1024 never."""
    candidates: list[int] = [*range(max(port, 1024), 65536), *range(1024, port)]
    for candidate in candidates:
        with contextlib.suppress(OSError):
            try_to_bind(host, candidate)
            return candidate
    raise Unavailable("No port of this machine is free.")


def try_to_bind(host: str, port: int) -> None:
    """Bind and let go again; raise OSError when the port or the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port that only waits for its last connection to fade is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """Return the http address at which this machine itself reaches a server on that host."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
