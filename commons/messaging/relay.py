"""The relay: one loop that owns the queue, and threads that hand messages to the gateway.

Each turn of the loop is one transaction: write back what has ended, move on what has waited
long enough, claim what may go now. No connection is held while anything is being sent.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence

from peewee import InterfaceError, OperationalError, PeeweeException

from commons import clock
from commons.database import connection, transaction
from commons.errors import Unavailable
from commons.i18n import lazy_gettext as _l
from commons.messaging import recovery
from commons.messaging.breaker import Breaker
from commons.messaging.claims import Claims, Errand, Finished
from commons.messaging.doorbell import Listener
from commons.messaging.ears import Ears, Learnt, Probed, probe
from commons.messaging.gateway import Gateway
from commons.messaging.jobs import Job, Schedule
from commons.messaging.receiver import Receiver
from commons.messaging.replies import Handler
from commons.messaging.singleton import OnlyRelay
from commons.messaging.strangers import Doorkeeper, nobody
from commons.messaging.timers import Act, Timers
from commons.messaging.workers import Workers
from commons.settings import Settings

log = logging.getLogger(__name__)
# signal-cli as one process sends side by side; one process a call locks the account.
IN_FLIGHT = {"json-rpc": 16}
UNKNOWN_WAIT = dt.timedelta(seconds=60)
POLL = 1.0
# Results that come within this of one another share a commit, while there is work in hand.
GATHER = 0.005
STOP_SECONDS = 5.0

News = Finished | Probed | Learnt | None


class Relay:
    """Sends what is queued and works through what came in, until it is told to stop."""

    def __init__(
        self,
        gateway: Gateway,
        settings: Settings,
        handlers: Sequence[Handler] = (),
        jobs: Sequence[Job] = (),
        *,
        unknown_wait: dt.timedelta = UNKNOWN_WAIT,
        may_begin: Doorkeeper = nobody,
        acts: Mapping[str, Act] | None = None,
    ) -> None:
        """Take everything it works with; `unknown_wait` is how long a lost answer is waited for.

        `may_begin` says what a stranger may begin a conversation with; `acts` what each kind of
        timer does.
        """
        self.gateway = gateway
        self.settings = settings
        self.unknown_wait = unknown_wait
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.claims = Claims(unknown_wait)
        self.workers = Workers(gateway, self.news.put)
        self.ears = Ears(
            gateway,
            polling=settings.receive == "polling",
            busy=lambda: bool(self.in_hand),
            post=self.news.put,
        )
        self.receiver = Receiver(handlers, self.ears.ask_contacts, may_begin)
        self.schedule = Schedule(jobs)
        self.timers = Timers(acts or {})
        self.in_flight = settings.in_flight or 1
        self.in_hand: dict[int, Errand] = {}
        self.listener: Listener | None = None
        self._unrecorded: list[Finished] = []
        self._again = False
        self._last_turn = 0.0
        self._next_sweep = 0.0
        self._ended = threading.Event()

    # -- running ------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Work until the event is set; raise Conflict when there is another relay."""
        with self._only() as lock:
            jobs = threading.Thread(
                target=self.schedule.run_until, args=(self._ended,), name="relay-jobs", daemon=True
            )
            timers = threading.Thread(
                target=self.timers.run_until, args=(self._ended,), name="relay-timers", daemon=True
            )
            bell = threading.Thread(target=self._listen, name="relay-doorbell", daemon=True)
            self.listener = Listener(self.settings.doorbell)
            for thread in (jobs, timers, bell, self.ears):
                thread.start()
            while not stop.is_set():
                self._guarded_turn(POLL)
                if self._sweeping and not lock.held():
                    raise Unavailable(_l("The database let go of the relay's lock."))

    def once(self) -> None:
        """Work until nothing is due and nothing in hand; raise Conflict for another relay."""
        with self._only():
            self.schedule.run_due()
            with connection():
                self.timers.run_due()
            self.ears.pass_on_trust()
            heard = False
            while True:
                # With nothing in hand there is nothing to wait for.
                moved = self.turn(0.05 if self.in_hand else 0.0)
                if moved or self.in_hand or self._again or not self.news.empty():
                    continue
                if heard:
                    return
                with contextlib.suppress(Unavailable):
                    self.ears.turn()
                heard = True

    @contextlib.contextmanager
    def _only(self) -> Iterator[OnlyRelay]:
        with OnlyRelay(self.settings.data, self.gateway.account) as lock:
            try:
                self._begin()
                yield lock
            finally:
                self._finish()
                if self.listener is not None:
                    self.listener.close()

    def _begin(self) -> None:
        with connection(), transaction():
            self.breaker = Breaker(self.gateway.account, clock.now())
            left = recovery.take_over(clock.now(), self.unknown_wait)
        if left:
            log.warning("The last relay left %s messages in doubt.", left)
        self._take_probe(probe(self.gateway))
        self.workers.grow(self.in_flight)

    def _finish(self) -> None:
        """Let what is under way come to its end, for a few seconds, and write it back."""
        self._ended.set()
        self.timers.woken.set()
        self.workers.stop()
        self.ears.stop()
        deadline = clock.monotonic() + STOP_SECONDS
        with contextlib.suppress(PeeweeException):
            while self.in_hand and clock.monotonic() < deadline:
                self.turn(0.1, claim=False)
        self.workers.join()
        self.ears.join(1)

    def _listen(self) -> None:
        listener = self.listener
        with contextlib.suppress(OSError, ValueError):  # the socket is closed at the end
            while listener is not None and not self._ended.is_set():
                if listener.wait(POLL):
                    self.news.put(None)
                    self.timers.woken.set()

    # -- one turn -----------------------------------------------------------

    def _guarded_turn(self, wait: float) -> None:
        try:
            self.turn(0.0 if self._again else wait)
        except PeeweeException as error:
            # A locked or absent database passes; what has ended is kept until it does.
            log.warning("The database refused a turn of the relay: %s", type(error).__name__)
            self._ended.wait(0.5)
        except Exception:
            log.exception("A turn of the relay failed; it goes on.")
            self._ended.wait(0.5)

    def turn(self, wait: float, *, claim: bool = True) -> int:
        """Wait for news at most so many seconds, then act on them; return how many rows moved."""
        self._take_in(self._gather(wait))
        self._last_turn = clock.monotonic()
        with connection():
            moved, errands = self._transact(claim)
            for one in self._unrecorded:
                self.in_hand.pop(one.errand.id, None)
            moved += len(self._unrecorded)
            self._unrecorded = []
            # Handed over only after the commit: what is not written must not be sent.
            for errand in errands:
                self.in_hand[errand.id] = errand
                self.workers.put(errand)
            self._again = self.receiver.process()
        return moved + len(errands)

    def _gather(self, wait: float) -> list[News]:
        news: list[News] = []
        with contextlib.suppress(queue.Empty):
            news.append(self.news.get(timeout=wait) if wait else self.news.get_nowait())
            # While the workers have more to do, results are let gather into one commit.
            until = self._last_turn + GATHER
            while (left := until - clock.monotonic()) > 0 and self._has_reserve(news):
                news.append(self.news.get(timeout=left))
            while True:
                news.append(self.news.get_nowait())
        return news

    def _take_in(self, news: Sequence[News]) -> None:
        finished = [one for one in news if isinstance(one, Finished)]
        self._unrecorded += finished
        self.breaker.learn(finished)
        for one in news:
            if isinstance(one, Probed):
                self._take_probe(one)
            if isinstance(one, Learnt):
                self.receiver.wake(one.looked_up)
        if finished:
            self.receiver.wake()

    def _has_reserve(self, news: Sequence[News]) -> bool:
        return None not in news and not self.workers.waiting.empty()

    def _transact(self, claim: bool) -> tuple[int, list[Errand]]:
        now = clock.now()
        self._sweeping = clock.monotonic() >= self._next_sweep
        with transaction():
            self._record(self._unrecorded)
            moved = self._sweep(now) if self._sweeping else 0
            in_hand = len(self.in_hand) - len(self._unrecorded)
            errands, dropped = self._claim(now, in_hand) if claim else ([], 0)
            self.breaker.keep(now)
        return moved + dropped, errands

    def _record(self, finished: list[Finished]) -> None:
        try:
            with transaction():
                self.claims.record(finished)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(finished) == 1:
                log.exception("Message %s could not be written back.", finished[0].errand.id)
                return
            # One poisoned row must not keep the others from being written.
            for one in finished:
                self._record([one])

    def _claim(self, now: dt.datetime, in_hand: int) -> tuple[list[Errand], int]:
        window = self.in_flight + self.in_flight // 2 + self.in_flight % 2
        room = self.breaker.room(now, window - in_hand, in_hand)
        if not room:
            return [], 0
        if self.breaker.paused:
            self.breaker.paused = False
            self.workers.resume()
        ended = {one.errand.id for one in self._unrecorded}
        busy = {e.person_id for e in self.in_hand.values() if e.id not in ended}
        return self.claims.claim(now, room, busy)

    def _sweep(self, now: dt.datetime) -> int:
        self._next_sweep = clock.monotonic() + min(POLL, self.unknown_wait.total_seconds() / 2)
        moved = recovery.recover(now, self.unknown_wait)
        since = self.breaker.given_up(now)
        if since is not None:
            moved += recovery.give_up(since)
        if self.breaker.wants_probe(now):
            self.ears.ask_probe()
        return moved

    def _take_probe(self, found: Probed) -> None:
        self.breaker.probed(found.answers, found.listed, clock.now())
        if found.mode:
            self.in_flight = self.settings.in_flight or IN_FLIGHT.get(found.mode, 1)
            self.workers.grow(self.in_flight)
