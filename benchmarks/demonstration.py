"""The demonstration, started as `make run` starts it, and read from what it prints."""

from __future__ import annotations

import contextlib
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import end, free_port, module, running

_LINK = re.compile(r"\((?P<who>[^)]+)\): http://[^/]+(?P<path>/sign-in/\S+)")


@dataclass(frozen=True)
class Served:
    """A demonstration that is ready: its port, sign-in links, and how long it took in seconds."""

    port: int
    links: dict[str, str]
    took: float


@contextlib.contextmanager
def served(data: Path) -> Iterator[Served]:
    """Run the demonstration for the block; raise RuntimeError if it never gets ready."""
    port = free_port()
    command = module("app", "serve", "--demonstration", "--port", str(port), "--data", str(data))
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        with running(command, log=log, read=True) as process:
            assert process.stdout is not None
            took, links = 0.0, {}
            for line in iter(process.stdout.readline, b""):
                if b"is ready at" in line:
                    took = time.monotonic() - began
                if found := _LINK.search(line.decode()):
                    links[found["who"]] = found["path"]
                if line.startswith(b"Press Ctrl-C"):
                    break
            if not took:
                log.seek(0)
                raise RuntimeError(f"The demonstration ended.\n{log.read().decode()[-2000:]}")
            try:
                yield Served(port, links, took)
            finally:
                # As somebody at a terminal ends it.
                end(process, signal.SIGINT)
