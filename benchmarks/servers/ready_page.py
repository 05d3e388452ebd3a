"""The limit of a page: the same bytes from memory, under the same server, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

SIZES = {"/page": int(os.environ.get("BENCH_PAGE", "2000"))}
SIZES["/style.css"] = int(os.environ.get("BENCH_STYLE", "2500"))


def create_app() -> Callable[..., Iterable[bytes]]:
    """Return an application that knows a page and a style sheet."""
    ready = {path: os.urandom(size) for path, size in SIZES.items()}

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = ready.get(environ["PATH_INFO"])
        if body is None:
            start_response("404 Not Found", [("Content-Length", "0")])
            return ()
        head = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
        start_response("200 OK", head)
        return (body,)

    return answer
