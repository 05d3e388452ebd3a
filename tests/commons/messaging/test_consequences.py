"""What follows from the end of a try, and when the next may go."""

from __future__ import annotations

import datetime as dt

import pytest

from commons.messaging import outcomes, throttle
from commons.messaging.consequences import Past, decide
from commons.messaging.models import MessageState
from commons.messaging.outcomes import Kind, Outcome
from commons.roster.models import MethodState

WAIT = dt.timedelta(seconds=60)
NOW = dt.datetime(2026, 3, 2, 17, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("outcome", "times", "state", "reason", "seconds"),
    [
        (Outcome(Kind.SENT, timestamp=1), 0, "sent", "", None),
        (outcomes.NO_ANSWER, 1, "unknown", "no_answer", 60),
        (outcomes.LIMITED, 1, "unknown", "limited", 60),
        (outcomes.UNREACHABLE, 500, "queued", "", None),
        (outcomes.DOWN, 500, "queued", "", None),
        (outcomes.GONE, 1, "queued", "", None),
        (outcomes.TOO_OLD, 1, "queued", "", None),
        (outcomes.RETURNED, 0, "queued", "", None),
        (outcomes.FAULT, 1, "failed", "refused_by_gateway", None),
        (outcomes.KEY_CHANGED, 1, "failed", "key_changed", None),
        (outcomes.UNREGISTERED, 1, "queued", "", 900),
        (outcomes.UNREGISTERED, 2, "failed", "unregistered", None),
        (outcomes.NETWORK, 1, "queued", "", 1),
        (outcomes.NETWORK, 3, "queued", "", 4),
        (outcomes.NETWORK, 4, "failed", "network", None),
        (outcomes.NO_PREKEYS, 2, "queued", "", 7200),
        (outcomes.NO_PREKEYS, 3, "failed", "no_prekeys", None),
        (outcomes.NOT_SENT, 1, "queued", "", 60),
        (outcomes.NOT_SENT, 2, "queued", "", 900),
        (outcomes.NOT_SENT, 3, "failed", "unregistered", None),
    ],
)
def test_a_try_leads_to_the_next_state(
    outcome: Outcome, times: int, state: str, reason: str, seconds: int | None
) -> None:
    found = decide(outcome, Past({outcome.reason: times}), WAIT)
    wait = None if found.wait is None else found.wait.total_seconds()
    assert (found.state, found.reason, wait) == (MessageState(state), reason, seconds)


def test_only_a_final_refusal_marks_the_contact() -> None:
    first = decide(outcomes.UNREGISTERED, Past({"unregistered": 1}), WAIT)
    second = decide(outcomes.UNREGISTERED, Past({"unregistered": 2}), WAIT)
    assert (first.method, second.method) == (None, MethodState.REFUSED)


def test_the_seventh_message_waits_until_the_first_is_a_minute_old() -> None:
    history = [NOW - dt.timedelta(seconds=age) for age in (50, 40, 30, 20, 10, 0)]
    assert throttle.may_send(history, NOW, throttle.ALERTS) == NOW + dt.timedelta(seconds=10)
    assert throttle.may_send(history[1:], NOW, throttle.ALERTS) == NOW


def test_answers_do_not_use_up_the_room_of_alerts() -> None:
    assert throttle.limit_for(0) is throttle.ANSWERS
    assert throttle.limit_for(10) is throttle.ALERTS
