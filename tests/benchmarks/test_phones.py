"""The phones of the benches open what they should, and say when they got nothing."""

import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest

from benchmarks import phones


class Handler(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        self.wfile.write(b"x" * 100)

    def log_message(self, *_args: object) -> None:
        pass


# http.server answers as HTTP/1.0 unless told otherwise, which no phone of ours takes for an answer.
Handler.protocol_version = "HTTP/1.1"


@contextlib.contextmanager
def serving() -> Iterator[int]:
    Handler.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_each_phone_opens_the_page_and_then_its_style() -> None:
    with serving() as port:
        assert phones.at_once(port, ["/page", "/style"], 3) > 0
    assert sorted(Handler.asked) == ["/page"] * 3 + ["/style"] * 3


def test_phones_come_one_by_one_and_each_is_timed() -> None:
    with serving() as port:
        assert len(phones.one_by_one(port, ["/page"], 200.0, 4)) == 4


def test_a_phone_without_its_page_is_never_counted_as_fast() -> None:
    with serving() as port, pytest.raises(RuntimeError, match="1 of 1 phones got no page"):
        phones.at_once(port, ["/gone"], 1)
