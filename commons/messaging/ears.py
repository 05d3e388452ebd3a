"""The relay's other thread on the gateway: polling, asking how it is, and who is who."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from commons import clock, crypto
from commons.database import connection, transaction
from commons.errors import Unavailable
from commons.messaging import doorbell, receiver, senders
from commons.messaging.gateway import Gateway
from commons.roster import holds

log = logging.getLogger(__name__)
POLL_PAUSE = 1.0
# Where the gateway cannot be polled (JSON-RPC mode), asking again soon is of no use.
REFUSED_PAUSE = 30.0
CONTACTS_PAUSE = 5.0
TRUST_PAUSE = 2.0
TRUST_AGAIN = 15.0
# While messages wait, the gateway, which does one thing at a time, is left to send them.
LONGEST_SILENCE = 10.0


@dataclass(frozen=True)
class Probed:
    """How the gateway is: whether it answers, has our account, and in which mode it runs."""

    answers: bool
    listed: bool
    mode: str = ""


@dataclass(frozen=True)
class Learnt:
    """Account ids that nobody knew were looked up, whether they were found or not."""

    looked_up: frozenset[str]


def probe(gateway: Gateway) -> Probed:
    """Ask the gateway how it is; never raises."""
    try:
        mode = str(gateway.about().get("mode", ""))
        return Probed(True, gateway.account in gateway.accounts(), mode)
    except Unavailable:
        return Probed(False, False)


class Ears:
    """One thread, so that polling never runs beside another slow call for the account."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        polling: bool,
        busy: Callable[[], bool],
        post: Callable[[Probed | Learnt], None],
    ) -> None:
        """Post what is found out; `busy` says whether messages are being sent."""
        self.gateway = gateway
        self.polling = polling
        self.busy = busy
        self.post = post
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._probe = threading.Event()
        self._wanted: set[str] = set()
        self._next_poll = 0.0
        self._last_poll = 0.0
        self._next_contacts = 0.0
        self._next_trust = 0.0
        self._thread = threading.Thread(target=self._run, name="relay-ears", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End after the call that is under way."""
        self._ended.set()
        self._wake.set()

    def join(self, seconds: float) -> None:
        """Wait for the end, at most so many seconds."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def ask_probe(self) -> None:
        """Have the gateway asked how it is."""
        if not self._probe.is_set():
            self._probe.set()
            self._wake.set()

    def ask_contacts(self, aci: str) -> None:
        """Have the gateway asked whose account id this is."""
        self._wanted.add(aci)
        self._wake.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.turn()
            except Unavailable:
                log.warning("The gateway gave nothing to hear; it is asked again in a while.")
                self._next_poll = clock.monotonic() + REFUSED_PAUSE
            except Exception:
                log.exception("Listening to the gateway failed; it goes on.")
                self._next_poll = clock.monotonic() + REFUSED_PAUSE
            self._wake.wait(POLL_PAUSE if self.polling or self._wanted else LONGEST_SILENCE)
            self._wake.clear()

    def turn(self) -> None:
        """Do once whatever is wanted and due; raise Unavailable when polling is refused."""
        if self._probe.is_set():
            found = probe(self.gateway)
            self._probe.clear()
            self.post(found)
        if self._next_trust <= clock.monotonic():
            self.pass_on_trust()
        if self._wanted and self._next_contacts <= clock.monotonic():
            self.look_up()
        if self.polling and self._next_poll <= clock.monotonic():
            self.poll()

    def poll(self) -> None:
        """Fetch what came in and keep it; raise Unavailable without an answer."""
        moment = clock.monotonic()
        if self.busy() and moment - self._last_poll < LONGEST_SILENCE:
            return
        found = self.gateway.receive()
        self._last_poll = clock.monotonic()
        if not found:
            return
        with connection(), transaction():
            for raw in found:
                receiver.store(raw)
        doorbell.ring()
        self._wake.set()

    def look_up(self) -> None:
        """Learn whose the wanted account ids are, from the gateway's contacts."""
        wanted = self._wanted.copy()
        self._next_contacts = clock.monotonic() + CONTACTS_PAUSE
        try:
            pairs = self.gateway.contacts()
        except Unavailable:
            return
        with connection():
            senders.learn(pairs, wanted)
        self._wanted.difference_update(wanted)
        self.post(Learnt(frozenset(wanted)))

    def pass_on_trust(self) -> None:
        """Tell the gateway whose new key to trust; what fails is tried again a little later."""
        self._next_trust = clock.monotonic() + TRUST_PAUSE
        with connection():
            waiting = holds.to_be_trusted()
        for method in waiting:
            name = "recipient" if method.checked_at else "value"
            try:
                taken = self.gateway.trust(method.reveal(name))
            except (Unavailable, crypto.Unreadable):
                taken = False
            if taken:
                with connection():
                    holds.trusted(method)
            else:
                log.warning("The gateway did not take a new key; it is told again in a while.")
                self._next_trust = clock.monotonic() + TRUST_AGAIN
                return
