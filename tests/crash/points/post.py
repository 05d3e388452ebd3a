"""A gateway that writes down what it sent, and a relay that does one thing after the other.

Thousands of runs would take minutes over HTTP. Here the product's own client is cut off below
its points and above its sockets, and "Signal took it" is a line in the journal, written before
the point `gateway.sent`: what was sent stays sent, however the process ends. Everything above
that is the product's. A sample of the runs goes over real HTTP to the simulator, with the
relay's own threads (`over_http`).
"""

from __future__ import annotations

import json
from typing import Any

from commons import clock, effects
from commons.messaging.claims import Errand
from commons.messaging.gateway import Gateway
from commons.messaging.relay import News, Relay
from commons.messaging.workers import Workers
from tests.crash.points.journal import Journal

ACCOUNT = "+12135550100"


class WritingGateway(Gateway):
    """Takes every message, and writes it into the journal."""

    def __init__(self, journal: Journal) -> None:
        super().__init__("http://127.0.0.1:9", ACCOUNT)
        self.journal = journal

    def _exchange(self, method: str, path: str, order: Any, *_: Any) -> tuple[int, bytes]:
        status, answer = self._answer(method, path, order)
        effects.point("gateway.sent")
        return status, json.dumps(answer).encode()

    def _answer(self, method: str, path: str, order: Any) -> tuple[int, Any]:
        if path == "/v2/send":
            stamp = clock.milliseconds()
            (to,) = order["recipients"]
            self.journal.add("sent", to=to, text=order["message"], timestamp=stamp)
            return 201, [{"timestamp": str(stamp)}]
        if path == "/v1/about":
            return 200, {"mode": "json-rpc"}
        if path == "/v1/accounts":
            return 200, [ACCOUNT]
        return (200, []) if method == "GET" else (204, None)


class OneByOne(Workers):
    """Sends in the relay's own thread, so that the points of a run have one order."""

    def grow(self, number: int) -> None:
        pass

    def put(self, errand: Errand) -> None:
        self.do(errand)


class PlainRelay(Relay):
    """The relay without threads and without waiting for news."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.workers = OneByOne(self.gateway, self.news.put)

    def _gather(self, wait: float) -> list[News]:
        return super()._gather(0.0)

    def some(self, turns: int) -> None:
        """Work for so many turns and stop: the rest waits."""
        with self._only():
            for _turn in range(turns):
                self.turn(0.0)
