"""The HTTP server: HTTP/1.1 with kept connections, one thread each, on the loopback only."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .answers import Answer
from .routing import Request

View = Callable[[Request], Answer]
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    301: "Moved Permanently",
    303: "See Other",
    307: "Temporary Redirect",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
LARGEST_BODY = 120 * 1024 * 1024


class Server(ThreadingHTTPServer):
    """A listening socket with its open connections, which can all be cut at once."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024

    def __init__(self, port: int, view: View) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises OSError when it is taken."""
        self.view = view
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)
        self._accepting = threading.Thread(target=self._accept_loop, daemon=True)
        self._accepting.start()

    def server_bind(self) -> None:
        """Bind without the name look-up that the standard server does."""
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def close_everything(self) -> None:
        """Stop listening and cut every connection."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            # A connection of our own wakes the loop out of its waiting.
            socket.create_connection(("127.0.0.1", self.server_port), timeout=1).close()
        self._accepting.join(1)
        self.server_close()
        with self._open_lock:
            for connection in list(self._open):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept_loop(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, address = self.get_request()
            except OSError:
                continue
            if self.stopping.is_set():
                connection.close()
                return
            self.process_request(connection, address)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._open_lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._open_lock:
            self._open.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients that went away; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """Reads one request after another and writes what the view answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Remember the connection."""
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def answer(self) -> None:
        """Answer one request of any method."""
        body = self._body()
        if body is None:
            return
        request = Request(self.command, self.path, self.headers, body, self._hung_up)
        answer = self.server.view(request)
        if answer.silence:
            self._fall_silent(answer.silence)
        else:
            self._write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        """Write no log: request lines hold telephone numbers."""

    def _body(self) -> bytes | None:
        """The body; None when the client went away or sent too much."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return None
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0].strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _write(self, answer: Answer) -> None:
        lines = [
            f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Status')}",
            f"Date: {formatdate(time.time(), usegmt=True)}",
        ]
        if answer.content_type:
            lines.append(f"Content-Type: {answer.content_type}")
        if answer.status != 204:
            lines.append(f"Content-Length: {len(answer.body)}")
        lines += [f"{name}: {value}" for name, value in answer.headers]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = b"" if self.command == "HEAD" else answer.body
        try:
            self.wfile.write(head + body)
        except OSError:
            self.close_connection = True

    def _fall_silent(self, how: str) -> None:
        """Never answer: until the client goes away, or by cutting the connection at once."""
        self.close_connection = True
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        while not self._hung_up() and not self.server.stopping.wait(0.1):
            pass

    def _hung_up(self) -> bool:
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True
