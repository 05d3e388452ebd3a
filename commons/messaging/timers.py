"""What is due at an instant, once: the relay sleeps until the next, and nothing asks in between.

A timer is set in the transaction of whatever it watches, so that neither is there without the
other. When it is due it is marked as done and carried out in one transaction: two relays carry
it out once, and a crash in the middle leaves it due.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import PeeweeException

from commons import clock
from commons.database import connection, transaction
from commons.messaging import doorbell
from commons.messaging.models import Timer

log = logging.getLogger(__name__)
# What a timer does when it is due: it gets the subject's public id and the present instant.
Act = Callable[[str, dt.datetime], object]


@dataclass(frozen=True)
class Due:
    """What is to be done at an instant."""

    kind: str
    subject: str
    at: dt.datetime


# A doorbell that was lost, or a clock that was set, costs at most this.
LONGEST_SLEEP = 30.0
YIELD = 0.02
AGAIN = dt.timedelta(seconds=30)
MOST_TRIES = 5
_AT_ONCE = 50


def set_timer(kind: str, subject: str, due_at: dt.datetime) -> None:
    """Have something done at an instant; a timer of this kind for this subject is set anew."""
    set_timers([Due(kind, subject, due_at)])


def set_timers(dues: Sequence[Due]) -> None:
    """Set several timers by one statement, as `set_timer` does."""
    if not dues:
        return
    rows = [{"kind": d.kind, "subject": d.subject, "due_at": d.at, "tries": 0} for d in dues]
    changes: dict[Any, Any] = {Timer.done_at: None, Timer.tries: 0}
    with transaction():
        Timer.insert_many(rows).on_conflict(
            conflict_target=[Timer.kind, Timer.subject], preserve=[Timer.due_at], update=changes
        ).execute()
        doorbell.ring_at_commit()


def stop_timer(kind: str, subject: str) -> bool:
    """Take a timer back; return False when it had been carried out, or never set."""
    stopped = Timer.update(done_at=clock.now()).where(
        Timer.kind == kind, Timer.subject == subject, Timer.done_at.is_null()
    )
    return bool(stopped.execute())


def next_due() -> dt.datetime | None:
    """Return when the next timer is due; None while none is set."""
    first = Timer.select(Timer.due_at).where(Timer.done_at.is_null()).order_by(Timer.due_at)
    row = first.first()
    return None if row is None else row.due_at


class Timers:
    """Carries out what is due; one that fails is tried again half a minute later, five times."""

    def __init__(self, acts: Mapping[str, Act]) -> None:
        """Take what each kind of timer does."""
        self.acts = acts
        self.woken = threading.Event()

    def run_due(self) -> int:
        """Carry out everything that is due, the oldest first; return how many."""
        now, ran = clock.now(), 0
        due = Timer.select().where(Timer.done_at.is_null(), Timer.due_at <= now)
        for timer in list(due.order_by(Timer.due_at, Timer.id).limit(_AT_ONCE)):
            ran += self._carry_out(timer, now)
        return ran

    def run_until(self, ended: threading.Event) -> None:
        """Sleep until the next is due or somebody rings, again and again; for a thread."""
        while not ended.is_set():
            self.woken.clear()
            if self.woken.wait(self._turn()):
                # Whoever rang nearly always wants messages sent: these come first.
                ended.wait(YIELD)

    def _turn(self) -> float:
        try:
            with connection():
                self.run_due()
                due = next_due()
        except PeeweeException as error:
            log.warning("The database refused the timers: %s", type(error).__name__)
            return 1.0
        if due is None:
            return LONGEST_SLEEP
        return min(max((due - clock.now()).total_seconds(), 0.0), LONGEST_SLEEP)

    def _carry_out(self, timer: Timer, now: dt.datetime) -> bool:
        try:
            with transaction():
                taken = Timer.update(done_at=now, tries=Timer.tries + 1).where(
                    Timer.id == timer.id, Timer.done_at.is_null(), Timer.due_at == timer.due_at
                )
                if not taken.execute():
                    return False
                self.acts[timer.kind](timer.subject, now)
        except PeeweeException:
            raise
        except Exception:
            log.exception("The timer %s failed.", timer.kind)
            self._put_off(timer, now)
        return True

    def _put_off(self, timer: Timer, now: dt.datetime) -> None:
        """Try again later, on another transaction: what failed has been rolled back."""
        given_up = now if timer.tries + 1 >= MOST_TRIES else None
        if given_up:
            log.error("The timer %s was given up after %s tries.", timer.kind, MOST_TRIES)
        with transaction():
            Timer.update(due_at=now + AGAIN, tries=Timer.tries + 1, done_at=given_up).where(
                Timer.id == timer.id, Timer.done_at.is_null()
            ).execute()
