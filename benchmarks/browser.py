"""A browser that counts bytes: one new connection a request, cookies, forms, and a cache."""

from __future__ import annotations

import gzip
import re
import socket
import time
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

_CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
# A page asks for these; by the attribute that names them.
_LOADS = {
    "script": "src", "img": "src", "source": "src", "iframe": "src", "use": "href", "link": "href",
}  # fmt: skip
_LINKS = frozenset({"stylesheet", "icon", "manifest", "preload", "modulepreload"})


@dataclass(frozen=True)
class Answer:
    """What came back, and how many bytes it was on the wire, head and all."""

    status: int
    headers: dict[str, str]
    body: bytes
    wire: int

    @property
    def text(self) -> str:
        """Return the page."""
        return self.body.decode()

    def forms(self) -> list[Form]:
        """Return the page's forms."""
        return _read(self.text).forms

    def form(self, name: str, action: str = "") -> Form:
        """Return the first form with this field whose address ends so; raise RuntimeError."""
        for one in self.forms():
            if name in one.fields and one.action.endswith(action):
                return one
        raise RuntimeError(f"The page ({self.status}) has no form with {name}.\n{self.text}")


@dataclass
class Form:
    """Where a form leads, and what it sends unless it is changed."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Browser:
    """One visitor; `cached` holds what need not be fetched again."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    cached: set[str] = field(default_factory=set)
    pressed: float = 0.0  # when the last form was sent, just before its connection was made

    def get(self, path: str) -> Answer:
        """Fetch one address."""
        return self._fetch("GET", path)

    def post(self, form: Form, **changed: str) -> Answer:
        """Send a form."""
        body = urlencode({**form.fields, **changed}).encode()
        self.pressed = time.monotonic()
        return self._fetch("POST", form.action, body)

    def follow(self, answer: Answer) -> Answer:
        """Fetch where an answer leads; raise RuntimeError if it leads nowhere."""
        if answer.status not in (302, 303):
            raise RuntimeError(f"A form was answered with {answer.status}.\n{answer.text}")
        parts = urlsplit(answer.headers["location"])
        return self.get(parts.path + (f"?{parts.query}" if parts.query else ""))

    def visit(self, path: str) -> tuple[Answer, int]:
        """Load a page as a browser does; also return the bytes of all that had to be fetched.

        Raises RuntimeError when the address leads to no page.
        """
        page = self.get(path)
        if page.status != 200:
            raise RuntimeError(f"{path} was answered with {page.status}.")
        return page, page.wire + self.load_parts(path, page)

    def load_parts(self, path: str, page: Answer) -> int:
        """Fetch what a page asks for and the cache does not hold; return its bytes."""
        return sum(self._load(urljoin(path, address)) for address in _read(page.text).loads)

    def _load(self, address: str) -> int:
        path = address.partition("#")[0]
        if path in self.cached or urlsplit(path).netloc or path.startswith("data:"):
            return 0
        found = self.get(path)
        if "immutable" in found.headers.get("cache-control", ""):
            self.cached.add(path)
        more = 0
        if found.headers.get("content-type", "").startswith("text/css"):
            named = (a or b for a, b in _CSS_URL.findall(found.text))
            more = sum(self._load(urljoin(path, one)) for one in named)
        return found.wire + more

    def _fetch(self, method: str, path: str, body: bytes = b"") -> Answer:
        head = [
            f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close",
            # Over plain http a browser asks for no more than this.
            "Accept-Encoding: gzip, deflate", "Accept: text/html,*/*", "Accept-Language: en",
            f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}",
        ]  # fmt: skip
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded"]
            head += [f"Content-Length: {len(body)}", "Sec-Fetch-Site: same-origin"]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
            data = b"".join(iter(lambda: connection.recv(65_536), b""))
        return self._answer(data)

    def _answer(self, data: bytes) -> Answer:
        first, _, body = data.partition(b"\r\n\r\n")
        lines = first.decode("latin-1").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines[1:]]
        for name, value in pairs:
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self.cookies[key] = kept
        headers = {name.lower(): value for name, value in pairs}
        if headers.get("transfer-encoding") == "chunked":
            body = _joined(body)
        if headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        elif headers.get("content-encoding") == "deflate":
            body = zlib.decompress(body)
        return Answer(int(lines[0].split(" ")[1]), headers, body, len(data))


def _joined(body: bytes) -> bytes:
    """Return a body that came in chunks."""
    found = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        found, body = found + body[:length], body[length + 2 :]
        if not length:
            break
    return found


class _Reader(HTMLParser):
    """Reads what a page loads, and its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that loads something, begins a form, or is a field of one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and self.forms and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag in _LOADS:
            wanted = tag != "link" or _LINKS & set(given.get("rel", "").split())
            if wanted and given.get(_LOADS[tag]):
                self.loads.append(given[_LOADS[tag]])


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader
