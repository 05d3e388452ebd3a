"""Requests and a small table of routes, shared by the gateway, the control API and the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qs, unquote, urlsplit

from .answers import Answer

View = Callable[["Request"], Answer]


@dataclass(slots=True)
class Request:
    """One HTTP request; `hung_up` tells whether the client is still there."""

    method: str
    target: str
    headers: Message[str, str] = field(default_factory=Message)
    body: bytes = b""
    hung_up: Callable[[], bool] = lambda: False
    path: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the target apart."""
        parts = urlsplit(self.target)
        self.path = unquote(parts.path)
        self.query = parse_qs(parts.query, keep_blank_values=True) if parts.query else {}

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def form(self) -> dict[str, str]:
        """The fields of a posted form, the first value of each."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    def from_elsewhere(self) -> bool:
        """Whether a browser says that another site caused this request."""
        site = self.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site not in {"same-origin", "none"}
        origin = self.headers.get("Origin")
        return origin is not None and urlsplit(origin).netloc != self.headers.get("Host")


class Routes:
    """Views by method and path; `{name}` in a pattern takes one segment."""

    def __init__(self) -> None:
        """Begin with no route."""
        self._table: dict[tuple[str, int], list[tuple[list[str], View]]] = {}

    def add(self, method: str, pattern: str, view: View) -> None:
        """Answer this method and pattern with a view."""
        segments = pattern.strip("/").split("/")
        self._table.setdefault((method, len(segments)), []).append((segments, view))

    def find(self, request: Request) -> View | None:
        """The view for a request; fills its `names`."""
        return self._match(request.method, request.path, request)

    def knows(self, method: str, path: str) -> bool:
        """Whether a path has a view, as asked for a redirect from its trailing slash."""
        return self._match(method, path, None) is not None

    def _match(self, method: str, path: str, request: Request | None) -> View | None:
        given = path[1:].split("/")
        for segments, view in self._table.get((method, len(given)), ()):
            names: dict[str, str] = {}
            for pattern, value in zip(segments, given, strict=True):
                if pattern.startswith("{") and value:
                    names[pattern[1:-1]] = value
                elif pattern != value:
                    break
            else:
                if request is not None:
                    request.names = names
                return view
        return None
