"""Many phones that open a page at once, or one after the other: each on connections of its own.

One thread and one poll for all of them, so that the phones take as little of the machine as they
can. As a program it opens a page so many times a second, and prints what each took as JSON:
`python -m benchmarks.phones PORT PATH RATE COUNT`, with COUNT 0 for *until it is ended*.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.processes import module, running

PATIENCE = 60.0  # seconds until a phone that got nothing is a failure
_CHUNK = 65536


@dataclass
class Phone:
    """One phone: what it has still to open, and what it has read of the present answer."""

    paths: list[str]
    began: float
    line: socket.socket | None = None
    read: bytearray = field(default_factory=bytearray)
    took: float = 0.0


class Crowd:
    """Phones under way, and how long those took that are done."""

    def __init__(self, port: int) -> None:
        """Take the port that they open."""
        self.port = port
        self.done: list[float] = []
        self.failed = 0
        self.under_way = 0
        self._poll = selectors.DefaultSelector()

    def open(self, paths: Sequence[str], began: float | None = None) -> None:
        """Have one more phone open these, one after the other."""
        self.under_way += 1
        self._connect(Phone(list(paths), began if began is not None else time.monotonic()))

    def turn(self, seconds: float) -> None:
        """Go on with whatever has come in, waiting so long for it at most."""
        for key, events in self._poll.select(max(seconds, 0.0)):
            phone: Phone = key.data
            try:
                if events & selectors.EVENT_WRITE:
                    self._ask(phone)
                else:
                    self._hear(phone)
            except OSError:
                self._end(phone, failed=True)

    def finish(self) -> None:
        """Wait until every phone is done; those that are not after a minute have failed."""
        deadline = time.monotonic() + PATIENCE
        while self.under_way and time.monotonic() < deadline:
            self.turn(1.0)
        self.failed += self.under_way
        self._poll.close()

    def _connect(self, phone: Phone) -> None:
        phone.read.clear()
        phone.line = socket.socket()
        phone.line.setblocking(False)
        phone.line.connect_ex(("127.0.0.1", self.port))
        self._poll.register(phone.line, selectors.EVENT_WRITE, phone)

    def _ask(self, phone: Phone) -> None:
        assert phone.line is not None
        phone.line.sendall(
            f"GET {phone.paths[0]} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
            "Accept-Language: es-MX,es;q=0.9\r\nConnection: close\r\n\r\n".encode()
        )
        self._poll.modify(phone.line, selectors.EVENT_READ, phone)

    def _hear(self, phone: Phone) -> None:
        assert phone.line is not None
        data = phone.line.recv(_CHUNK)
        phone.read += data
        if data:
            return
        good = phone.read.startswith(b"HTTP/1.1 200")
        if good and len(phone.paths) > 1:
            del phone.paths[0]
            self._poll.unregister(phone.line)
            phone.line.close()
            self._connect(phone)
        else:
            self._end(phone, failed=not good)

    def _end(self, phone: Phone, *, failed: bool) -> None:
        assert phone.line is not None
        self._poll.unregister(phone.line)
        phone.line.close()
        self.under_way -= 1
        self.failed += failed
        if not failed:
            self.done.append(time.monotonic() - phone.began)


def at_once(port: int, paths: Sequence[str], phones: int) -> float:
    """Return the seconds until the last of so many phones has everything; raise if one fails."""
    crowd, began = Crowd(port), time.monotonic()
    for _ in range(phones):
        crowd.open(paths, began)
    crowd.finish()
    if crowd.failed:
        raise RuntimeError(f"{crowd.failed} of {phones} phones got no page.")
    return max(crowd.done)


def one_by_one(port: int, paths: Sequence[str], rate: float, count: int) -> list[float]:
    """Open a page so many times a second, whether or not those before are done.

    Times count from when a phone was due, so that a crowd that is held up is not let off.
    Raises RuntimeError if a phone got nothing.
    """
    crowd, began, opened = Crowd(port), time.monotonic(), 0
    while not count or opened < count:
        due = began + opened / rate
        now = time.monotonic()
        if now >= due:
            crowd.open(paths, due)
            opened += 1
        crowd.turn(min(due + 1 / rate - now, 0.05) if now < due else 0.0)
    crowd.finish()
    if crowd.failed:
        raise RuntimeError(f"{crowd.failed} of {count} phones got no page.")
    return crowd.done


@contextlib.contextmanager
def opening(port: int, path: str, rate: float) -> Iterator[None]:
    """Have phones open a page so often during the block, out of the way of what is measured."""
    command = module("benchmarks.phones", str(port), path, str(rate), "0")
    with running(command) as process:
        time.sleep(0.5)
        yield
        if process.poll() is not None:
            raise RuntimeError("The phones went away.")


def main(port: str, paths: str, rate: str, count: str) -> None:
    """Open, and print what each took."""
    found = one_by_one(int(port), paths.split(","), float(rate), int(count))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
