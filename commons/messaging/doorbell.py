"""Waking the relay: a byte on a UNIX datagram socket, and NOTIFY on PostgreSQL.

A wake-up that is lost costs one poll of a second, so nothing here ever waits or raises.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import logging
import os
import select
import socket
import tempfile
import threading
from pathlib import Path

from peewee import PeeweeException

from commons.database import after_commit, database, is_sqlite

log = logging.getLogger(__name__)
CHANNEL = "farolito_relay"
# Linux allows 107 bytes, macOS 103.
LONGEST = 103

_socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
_socket.setblocking(False)
atexit.register(_socket.close)
_address: str | None = None


def use(path: Path) -> None:
    """Ring at this path from now on; called once by the composition root."""
    global _address
    _address = address(path)


def address(path: Path) -> str:
    """Return the path, or a short stand-in in the temporary folder where it is too long."""
    text = str(path.absolute())
    if len(os.fsencode(text)) <= LONGEST:
        return text
    name = hashlib.sha256(os.fsencode(text)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"farolito-{os.getuid()}-{name}.sock")


def ring() -> None:
    """Wake the relay on this machine, if there is one; never blocks and never raises."""
    if _address is not None:
        with contextlib.suppress(OSError):
            _socket.sendto(b"!", _address)


def ring_at_commit() -> None:
    """Wake the relay, on this machine or another, once the transaction has been committed."""
    if not is_sqlite():
        database.execute_sql(f"NOTIFY {CHANNEL}")
    after_commit(ring)


class Listener:
    """The relay's end of the doorbell; hold the relay's lock before making one."""

    def __init__(self, path: Path) -> None:
        """Take the socket over from a relay that is dead."""
        self._address = address(path)
        Path(self._address).unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._address)
        Path(self._address).chmod(0o600)
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        if not is_sqlite():
            self._thread = threading.Thread(target=self._listen, name="relay-notify", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Return whether somebody rang within the seconds."""
        if not select.select([self._socket], [], [], max(0.0, seconds))[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        """Take the doorbell down."""
        self._closing.set()
        Path(self._address).unlink(missing_ok=True)
        if self._thread is not None:
            self._thread.join(2)
        self._socket.close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                self._pass_on()
            except (OSError, PeeweeException) as error:
                log.warning("Wake-ups through the database are late: %s", type(error).__name__)
                self._closing.wait(1)

    def _pass_on(self) -> None:
        from psycopg import Error

        with database.connection_context():
            database.execute_sql(f"LISTEN {CHANNEL}")
            connection = database.connection()
            try:
                while not self._closing.is_set():
                    for _ in connection.notifies(timeout=0.5, stop_after=1):
                        self._ring_here()
            except Error as error:
                raise OSError(str(error)) from None
            finally:
                with contextlib.suppress(PeeweeException):
                    database.execute_sql(f"UNLISTEN {CHANNEL}")

    def _ring_here(self) -> None:
        with contextlib.suppress(OSError):
            _socket.sendto(b"!", self._address)
