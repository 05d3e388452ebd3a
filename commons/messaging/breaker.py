"""Whether the relay's Signal account may send now, and what to tell the people who wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from commons import crypto
from commons.messaging.claims import Finished
from commons.messaging.models import AccountState, RelayAccount
from commons.messaging.outcomes import Kind

FIRST_LIMIT = 60.0
LONGEST_LIMIT = 3600.0
LONGEST_PROBE = 60.0
# The heartbeat's grain: seconds between two writes of it.
HEARTBEAT = dt.timedelta(seconds=5)
# While the gateway is away this long, messages without an end of their own are given up.
PATIENCE = dt.timedelta(minutes=10)
_ANSWERS = frozenset({Kind.SENT, Kind.REFUSED, Kind.OUR_FAULT})
NOT_SENT = frozenset({"gateway_unreachable", "gateway_down"})


class Breaker:
    """The account's state; owned by the relay's loop, kept in one row for every screen."""

    def __init__(self, number: str, now: dt.datetime) -> None:
        """Read the account's row, made when it is not there."""
        row = account_row(number, now)
        self.public_id: str = row.public_id
        self.state: AccountState = row.state
        self.since: dt.datetime = row.since
        self.until: dt.datetime | None = row.limited_until
        self.failures: int = row.failures
        self.reason: str = row.reason
        self.challenge = row.reveal("challenge")
        self.seen: dt.datetime | None = None
        self.answered: dt.datetime | None = row.answered_at
        self.next_probe = now
        self.paused = False
        self._changed = False

    def room(self, now: dt.datetime, free: int, in_hand: int) -> int:
        """Return how many messages may be claimed now."""
        if self.state is AccountState.WORKING and not self.failures:
            return max(0, free)
        waiting = self.state is AccountState.LIMITED and not self._limit_is_over(now)
        if waiting or self.state in (AccountState.UNREACHABLE, AccountState.GONE):
            return 0
        # After trouble one message shows whether it is over.
        return 1 if in_hand == 0 else 0

    def _limit_is_over(self, now: dt.datetime) -> bool:
        return self.until is None or self.until <= now

    def learn(self, finished: Iterable[Finished]) -> None:
        """Draw conclusions from what the gateway answered, or did not."""
        for one in finished:
            kind, reason = one.outcome.kind, one.outcome.reason
            if kind is Kind.LIMITED:
                self._limit(one)
            elif kind is Kind.ACCOUNT_GONE:
                self._trouble(AccountState.GONE, one.began, one.ended, reason)
            elif kind is Kind.MISCONFIGURED or (kind is Kind.RETRY and reason in NOT_SENT):
                self._trouble(AccountState.UNREACHABLE, one.began, one.ended, reason)
            elif kind is Kind.SENT or (kind in _ANSWERS and self.state is AccountState.WORKING):
                self._sent(one)
            if kind in _ANSWERS or kind is Kind.LIMITED:
                self.answered = max(self.answered or one.ended, one.ended)

    def _limit(self, one: Finished) -> None:
        # Several answers of one wave are one limit, not several.
        if self.state is not AccountState.LIMITED or one.began >= self.since:
            self.failures = 1 if self.state is AccountState.WORKING else self.failures + 1
            backoff = min(FIRST_LIMIT * 2 ** (self.failures - 1), LONGEST_LIMIT)
            self.until = one.ended + dt.timedelta(seconds=one.outcome.after or backoff)
            self._become(AccountState.LIMITED, one.ended)
        if one.outcome.token:
            self.challenge = one.outcome.token
            self._changed = True

    def _trouble(
        self, state: AccountState, began: dt.datetime, now: dt.datetime, reason: str = ""
    ) -> None:
        if self.state is state and began < self.since:
            return
        if self.state is AccountState.LIMITED and not self._limit_is_over(now):
            return
        self.failures += 1
        seconds = min(2.0 ** (self.failures - 1), LONGEST_PROBE)
        self.next_probe = now + dt.timedelta(seconds=seconds)
        since = self.since if self.state is state else now
        self._become(state, since, reason)

    def _sent(self, one: Finished) -> None:
        troubled = self.failures or self.state is not AccountState.WORKING
        # What began before the trouble says nothing about its end.
        if troubled and one.began >= self.since:
            self._recover(one.ended)

    def probed(self, answers: bool, listed: bool, now: dt.datetime) -> None:
        """Take in whether the gateway answers, and whether it has our account."""
        if answers and listed:
            self.answered = now
            if self.state in (AccountState.UNREACHABLE, AccountState.GONE):
                self._become(AccountState.WORKING, now)
            return
        self._trouble(AccountState.GONE if answers else AccountState.UNREACHABLE, now, now)

    def wants_probe(self, now: dt.datetime) -> bool:
        """Return whether it is time to ask the gateway how it is."""
        away = self.state in (AccountState.UNREACHABLE, AccountState.GONE)
        return away and self.next_probe <= now

    def given_up(self, now: dt.datetime) -> dt.datetime | None:
        """Return since when messages must have waited to be given up; None while there is hope."""
        if self.state is AccountState.UNREACHABLE and self.since <= now - PATIENCE:
            return now - PATIENCE
        return None

    def _recover(self, now: dt.datetime) -> None:
        self.failures, self.until, self.challenge = 0, None, ""
        self._become(AccountState.WORKING, now)

    def _become(self, state: AccountState, now: dt.datetime, reason: str = "") -> None:
        if state is not AccountState.WORKING:
            self.paused = True
        if state is not AccountState.LIMITED:
            self.until = None
        self.state, self.since, self.reason = state, now, reason
        self._changed = True

    def keep(self, now: dt.datetime) -> None:
        """Write what has changed, and every few seconds that the relay is alive."""
        beat = self.seen is None or not dt.timedelta(0) <= now - self.seen < HEARTBEAT
        if not (beat or self._changed):
            return
        sealed = RelayAccount.sealed(self.public_id, challenge=self.challenge or None)
        RelayAccount.update(
            state=self.state,
            reason=self.reason,
            since=self.since,
            limited_until=self.until,
            failures=self.failures,
            seen_at=now,
            answered_at=self.answered,
            **sealed,
        ).where(RelayAccount.public_id == self.public_id).execute()
        self.seen, self._changed = now, False


def account_row(number: str, now: dt.datetime) -> RelayAccount:
    """Return the account's row; make it for an account that is new here."""
    index = RelayAccount.number_index.of(number)
    row = RelayAccount.get_or_none(RelayAccount.number_index == index)
    if row is None:
        public_id = crypto.public_id()
        row = RelayAccount.create(
            public_id=public_id,
            number_index=index,
            since=now,
            **RelayAccount.sealed(public_id, number=number),
        )
    return row
