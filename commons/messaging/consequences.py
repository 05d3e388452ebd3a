"""What follows from the end of a try: the message's next state, and when. Pure, as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from commons.messaging.models import MessageState
from commons.messaging.outcomes import Kind, Outcome
from commons.roster.models import MethodState

UNREGISTERED_AGAIN = dt.timedelta(minutes=15)
NETWORK_RETRIES = 3
PREKEY_TRIES = 3
UNKNOWN = "unknown_outcome"


@dataclass(frozen=True)
class Past:
    """What a message has gone through: how often each reason ended a try, this one included."""

    reasons: Mapping[str, int]

    def times(self, reason: str) -> int:
        """Return how often a try ended so."""
        return self.reasons.get(reason, 0)


@dataclass(frozen=True)
class Consequence:
    """A message's next state; `wait` None leaves the time it is due at alone."""

    state: MessageState
    reason: str = ""
    wait: dt.timedelta | None = None
    method: MethodState | None = None
    hold: bool = False  # whether nothing more goes there until somebody made sure of them


def decide(outcome: Outcome, past: Past, unknown_wait: dt.timedelta) -> Consequence:
    """Return what becomes of a message whose try ended so."""
    if outcome.kind in (Kind.UNKNOWN, Kind.LIMITED):
        # 429 is no proof that nothing arrived: a receipt may still come.
        return Consequence(MessageState.UNKNOWN, outcome.reason, unknown_wait)
    if outcome.kind in (Kind.RETURNED, Kind.ACCOUNT_GONE, Kind.MISCONFIGURED):
        return Consequence(MessageState.QUEUED)
    if outcome.kind is Kind.SENT:
        return Consequence(MessageState.SENT)
    if outcome.kind is Kind.OUR_FAULT:
        return Consequence(MessageState.FAILED, outcome.reason)
    return _BY_REASON[outcome.reason](outcome, past)


def _stay(_outcome: Outcome, _past: Past) -> Consequence:
    # The whole account waits, so the message keeps its place and its age.
    return Consequence(MessageState.QUEUED)


def _unregistered(_outcome: Outcome, past: Past) -> Consequence:
    # Signal says so too when its look-up of numbers fails, hence once more.
    if past.times("unregistered") <= 1:
        return Consequence(MessageState.QUEUED, wait=UNREGISTERED_AGAIN)
    return Consequence(MessageState.FAILED, "unregistered", method=MethodState.REFUSED)


def _key_changed(_outcome: Outcome, _past: Past) -> Consequence:
    return Consequence(MessageState.FAILED, "key_changed", method=MethodState.FAILING, hold=True)


def _network(_outcome: Outcome, past: Past) -> Consequence:
    times = past.times("network")
    if times <= NETWORK_RETRIES:
        return Consequence(MessageState.QUEUED, wait=dt.timedelta(seconds=2 ** (times - 1)))
    return Consequence(MessageState.FAILED, "network", method=MethodState.FAILING)


def _no_prekeys(outcome: Outcome, past: Past) -> Consequence:
    if past.times("no_prekeys") < PREKEY_TRIES:
        return Consequence(MessageState.QUEUED, wait=dt.timedelta(seconds=outcome.after))
    return Consequence(MessageState.FAILED, "no_prekeys", method=MethodState.FAILING)


def _not_sent(outcome: Outcome, past: Past) -> Consequence:
    if past.times("not_sent") <= 1:
        return Consequence(MessageState.QUEUED, wait=dt.timedelta(seconds=outcome.after))
    merged = {"unregistered": past.times("unregistered") + past.times("not_sent") - 1}
    return _unregistered(outcome, Past(merged))


_BY_REASON: Mapping[str, Callable[[Outcome, Past], Consequence]] = {
    "gateway_unreachable": _stay,
    "gateway_down": _stay,
    "unregistered": _unregistered,
    "key_changed": _key_changed,
    "network": _network,
    "no_prekeys": _no_prekeys,
    "not_sent": _not_sent,
}
