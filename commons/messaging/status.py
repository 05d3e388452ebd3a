"""How the relay is, as plain data for the status page, the command line and the composer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from commons import clock
from commons.database import connection
from commons.i18n import gettext as _
from commons.i18n import time_words
from commons.messaging.models import AccountState, Message, MessageState, RelayAccount

# A relay that is alive writes every five seconds.
ALIVE = dt.timedelta(seconds=20)
SHOWN = (
    MessageState.HELD,
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.FAILED,
)
RECENT = dt.timedelta(days=1)
# What no waiting mends.
SETUP = ("gateway_too_old", "gateway_misconfigured")


@dataclass(frozen=True)
class Status:
    """The relay and its account now; ages in seconds, None where there is nothing yet."""

    state: AccountState | None
    reason: str
    since: dt.datetime | None
    alive: bool
    heartbeat_age: float | None
    answered_at: dt.datetime | None
    limited_until: dt.datetime | None
    challenge: bool
    counts: dict[MessageState, int]
    oldest_age: float | None

    @property
    def working(self) -> bool:
        """Return whether a message that is queued now would go now."""
        return self.alive and self.state is AccountState.WORKING


def status(*, counted: bool = True) -> Status:
    """Return how the relay is; failed messages are those of the last day.

    The composer, which says only whether messages go, leaves the counting out: it reads every
    message that is kept.
    """
    now = clock.now()
    with connection():
        row = RelayAccount.select().order_by(RelayAccount.seen_at.desc(nulls="LAST")).first()
        counts = _counts(now) if counted else {}
        oldest = _oldest(now) if counted else None
    seen = row.seen_at if row else None
    waiting = Message.due_at.python_value(oldest)
    return Status(
        state=row.state if row else None,
        reason=row.reason if row else "",
        since=row.since if row else None,
        alive=seen is not None and abs(now - seen) <= ALIVE,
        heartbeat_age=None if seen is None else (now - seen).total_seconds(),
        answered_at=row.answered_at if row else None,
        limited_until=row.limited_until if row else None,
        challenge=row is not None and row.challenge is not None,
        counts=counts,
        oldest_age=None if waiting is None else (now - waiting).total_seconds(),
    )


def _oldest(now: dt.datetime) -> Any:
    # The state as the partial index has it, not as a parameter, which would hide the index.
    queued = SQL("state = 'queued'")
    return Message.select(fn.MIN(Message.due_at)).where(queued, Message.due_at <= now).scalar()


def _counts(now: dt.datetime) -> dict[MessageState, int]:
    waiting = [state for state in SHOWN if state is not MessageState.FAILED]
    counts = dict.fromkeys(SHOWN, 0)
    failed: Any = (Message.state == MessageState.FAILED) & (Message.due_at > now - RECENT)
    rows: Any = (
        Message.select(Message.state, fn.COUNT(Message.id))
        .where(Message.state.in_(waiting) | failed)
        .group_by(Message.state)
        .tuples()
    )
    counts.update({MessageState(state): number for state, number in rows})
    return counts


def sentence(found: Status, timezone: str) -> str:
    """Return one sentence for somebody who is about to send, in the language in force."""
    if found.state is None or found.heartbeat_age is None:
        return _("The relay has not been started yet. Messages wait until it is.")
    if not found.alive:
        seconds = dt.timedelta(seconds=found.heartbeat_age)
        since = time_words(clock.now() - seconds, timezone)
        return _("The relay has been silent since %(time)s. Messages wait.", time=since)
    since = time_words(found.since, timezone) if found.since else ""
    if found.state is AccountState.WORKING:
        return _("Signal is working. Messages go at once.")
    if found.reason in SETUP:
        return _("The Signal gateway cannot send: whoever runs it has to look at it.")
    if found.state is AccountState.UNREACHABLE:
        return _("The Signal gateway has not answered since %(time)s. Messages wait.", time=since)
    if found.state is AccountState.GONE:
        return _("Signal has not known our account since %(time)s. Messages wait.", time=since)
    until = time_words(found.limited_until, timezone) if found.limited_until else ""
    return _("Signal limits our account until about %(time)s. Messages wait.", time=until)


def lines(found: Status) -> list[str]:
    """Return the status for a terminal, one fact a line; times are in UTC."""
    told = [sentence(found, "UTC")]
    told += [f"{state.value}: {number}" for state, number in found.counts.items()]
    if found.oldest_age is not None:
        told.append(f"oldest waiting: {found.oldest_age:.0f} s")
    if found.answered_at is not None:
        told.append(f"last answer of the gateway: {found.answered_at:%Y-%m-%d %H:%M:%S} UTC")
    if found.challenge:
        told.append(
            "Signal asks for a CAPTCHA: solve it at "
            "https://signalcaptchas.org/challenge/generate.html"
        )
    return told
