"""A stand-in for the Signal gateway that answers after a fixed time and keeps who was written to.

It is not the simulator: it reads no more of a request than it must, so that what is measured
is the sender. `python -m benchmarks.servers.stub_gateway` prints its port.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "+12135550100"
_HEAD = "HTTP/1.1 {} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
# Unlike every number of seconds since 1970, so that a stray real message would be seen.
_stamps = itertools.count(1_000_000_000_000)


@dataclass
class Book:
    """What has arrived since the last reset; times are of the system's monotonic clock."""

    latency: float = 0.0
    arrivals: list[tuple[float, str]] = field(default_factory=list)
    answered: int = 0
    last_answer: float = 0.0
    waiting: list[tuple[int, str, Connection]] = field(default_factory=list)

    def reset(self, latency: float) -> None:
        """Forget everything, and answer after so many seconds from now on."""
        self.latency, self.answered, self.last_answer = latency, 0, 0.0
        self.arrivals.clear()

    def settle(self) -> None:
        """Answer those who wait for a number of arrivals or answers that has been reached."""
        for one in list(self.waiting):
            count, what, connection = one
            if (self.answered if what == "answers" else len(self.arrivals)) >= count:
                self.waiting.remove(one)
                connection.say(self.facts())

    def facts(self) -> dict[str, float]:
        """Return the counts, the first arrival, the last answer, and this process's CPU time."""
        return {
            "arrivals": len(self.arrivals),
            "answers": self.answered,
            "first": self.arrivals[0][0] if self.arrivals else 0.0,
            "last": self.last_answer,
            "cpu": time.process_time(),
        }


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests on it come one after another."""

    def __init__(self, book: Book) -> None:
        """Write into the book that all connections share."""
        self.book = book
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what came, and answer each request that is whole."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            length = _length(head)
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self.handle(head.split(b"\r\n", 1)[0].split(b" ")[1].decode(), body)

    def handle(self, path: str, body: bytes) -> None:
        """Answer one request: a send after the latency, everything else at once."""
        if path == "/v2/send":
            now = time.monotonic()
            self.book.arrivals.append((now, json.loads(body)["recipients"][0]))
            self.book.settle()
            if self.book.latency:
                asyncio.get_running_loop().call_later(self.book.latency, self.accept)
            else:
                self.accept()
            return
        where = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        if where.path == "/bench/wait":
            self.book.waiting.append((int(asked["count"]), asked["what"], self))
            self.book.settle()
        else:
            self.say(self.known(where.path, asked))

    def known(self, path: str, asked: dict[str, str]) -> object:
        """Return what a path of the gateway or of the bench tells."""
        if path == "/bench/reset":
            self.book.reset(float(asked["latency"]))
        if path == "/bench/arrivals":
            return self.book.arrivals
        answers: dict[str, object] = {
            "/v1/about": {"mode": "json-rpc", "version": "0.0", "build": 2},
            "/v1/accounts": [ACCOUNT],
        }
        return answers.get(path, self.book.facts() if path.startswith("/bench/") else [])

    def accept(self) -> None:
        """Say that Signal has taken the message."""
        self.say([{"timestamp": str(next(_stamps))}], 201)
        self.book.answered += 1
        self.book.last_answer = time.monotonic()
        self.book.settle()

    def say(self, document: object, status: int = 200) -> None:
        """Write an answer, unless whoever asked has gone."""
        if self.transport is not None and not self.transport.is_closing():
            body = json.dumps(document)
            self.transport.write((_HEAD.format(status, len(body)) + body).encode())


def _length(head: bytes) -> int:
    """Return the length of the body that a head announces."""
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def serve() -> None:
    """Listen on a free port of this machine until the process is ended."""
    book = Book()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(book), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
