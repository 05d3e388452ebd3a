"""The threads that hand messages to the gateway, one recipient a call, without a connection."""

from __future__ import annotations

import datetime as dt
import logging
import queue
import threading
from collections.abc import Callable

from commons import clock, crypto
from commons.messaging import outcomes
from commons.messaging.claims import Errand, Finished
from commons.messaging.gateway import CONNECT_SECONDS, Gateway
from commons.messaging.outcomes import Kind, Outcome

log = logging.getLogger(__name__)
# Ends of a try after which nobody else needs to try the same.
_TROUBLE = frozenset({Kind.LIMITED, Kind.ACCOUNT_GONE, Kind.MISCONFIGURED})
_WORKER_FAILED = Outcome(Kind.UNKNOWN, "worker_failed")
_UNREADABLE = Outcome(Kind.OUR_FAULT, "unreadable_number")


class Workers:
    """A number of threads and the errands that wait for them; results go to `post`."""

    def __init__(self, gateway: Gateway, post: Callable[[Finished], None]) -> None:
        """Start with no thread at all."""
        self.gateway = gateway
        self.post = post
        self.waiting: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self.halted = threading.Event()
        self._threads: list[threading.Thread] = []
        self._longest = dt.timedelta(seconds=CONNECT_SECONDS + gateway.read_seconds)

    def grow(self, number: int) -> None:
        """Have at least this many threads."""
        while len(self._threads) < number:
            name = f"relay-worker-{len(self._threads) + 1}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def put(self, errand: Errand) -> None:
        """Hand over an errand."""
        self.waiting.put(errand)

    def resume(self) -> None:
        """Send again after trouble with the account."""
        self.halted.clear()

    def stop(self) -> None:
        """Give back what nobody has begun, and let the threads end."""
        self.halted.set()
        for _ in self._threads:
            self.waiting.put(None)

    def join(self) -> None:
        """Wait for the threads that have nothing under way."""
        for thread in self._threads:
            thread.join(0.2)

    def _work(self) -> None:
        while (errand := self.waiting.get()) is not None:
            self.do(errand)

    def do(self, errand: Errand) -> None:
        """Hand one message to the gateway, and post how it ended; never raises."""
        began = clock.now()
        try:
            outcome = self._carry_out(errand, began)
        except Exception:
            log.exception("A worker failed with message %s", errand.id)
            outcome = _WORKER_FAILED
        if outcome.kind in _TROUBLE or outcome is outcomes.UNREACHABLE:
            self.halted.set()
        self.post(Finished(errand, outcome, began, clock.now()))

    def _carry_out(self, errand: Errand, began: dt.datetime) -> Outcome:
        # A call that could outlive its lease must not begin: the row would be taken for lost.
        if self.halted.is_set() or began + self._longest >= errand.lease_until:
            return outcomes.RETURNED
        try:
            address = errand.address()
        except crypto.Unreadable:
            return _UNREADABLE
        return self.gateway.send(address, errand.text)
