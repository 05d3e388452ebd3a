"""The bench's end of the stub of a gateway: start it, set its latency, ask what arrived."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.processes import module, running


@dataclass(frozen=True)
class StubGateway:
    """A running stub; times it tells are of the monotonic clock that all processes share."""

    port: int

    @property
    def url(self) -> str:
        """Return the address that a sender is given."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self, latency: float) -> None:
        """Forget what arrived, and answer after so many seconds from now on."""
        self._ask(f"/bench/reset?latency={latency}")

    def wait(self, count: int, what: str = "answers", seconds: float = 120.0) -> dict[str, float]:
        """Return the facts once so many messages arrived, or were answered; raise TimeoutError."""
        found: dict[str, float] = self._ask(f"/bench/wait?count={count}&what={what}", seconds)
        return found

    def facts(self) -> dict[str, float]:
        """Return the counts, first arrival, last answer and CPU seconds now."""
        found: dict[str, float] = self._ask("/bench/facts")
        return found

    def arrivals(self) -> list[tuple[float, str]]:
        """Return when each message arrived, and for whom."""
        return [(moment, recipient) for moment, recipient in self._ask("/bench/arrivals")]

    def _ask(self, path: str, seconds: float = 30.0) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextlib.contextmanager
def stub_gateway() -> Iterator[StubGateway]:
    """Run a stub for the block."""
    with running(module("benchmarks.servers.stub_gateway"), read=True) as process:
        assert process.stdout is not None
        yield StubGateway(int(process.stdout.readline()))
