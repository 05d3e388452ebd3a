"""Finding what was left behind: dead relays' messages, lost answers, and what is too late."""

from __future__ import annotations

import datetime as dt

from commons.messaging.claims import LEASE
from commons.messaging.statements import at, run

# Every statement names the states as its partial index does: SQLite cannot prove by itself that
# one state lies among two, and would read the whole table each second.
_LEFT_BEHIND = """
INSERT INTO attempt (message_id, number, began_at, ended_at, outcome, reason)
SELECT id, attempts, handed_at, lease_until, 'unknown', 'relay_died'
FROM message WHERE state IN ('sending', 'unknown') AND state = 'sending'
"""
_TO_UNKNOWN = """
UPDATE message SET state = 'unknown', due_at = ?
WHERE state IN ('sending', 'unknown') AND state = 'sending'
"""
# In this order: what becomes a repeat here must not be failed as one.
_SECOND_UNKNOWN = """
UPDATE message SET state = 'failed', reason = 'unknown_outcome'
WHERE state IN ('sending', 'unknown') AND state = 'unknown' AND repeat AND due_at <= ?
"""
_FIRST_UNKNOWN = """
UPDATE message SET state = 'queued', reason = '', repeat = ?
WHERE state IN ('sending', 'unknown') AND state = 'unknown' AND NOT repeat AND due_at <= ?
"""
_TOO_LATE = """
UPDATE message SET state = CASE WHEN repeat THEN 'failed' ELSE 'expired' END,
       reason = CASE WHEN repeat THEN 'unknown_outcome' ELSE 'too_late' END
WHERE state = 'queued' AND not_after <= ?
"""
_GIVE_UP = """
UPDATE message SET state = 'failed', reason = 'gateway_unreachable'
WHERE state = 'queued' AND not_after IS NULL AND due_at <= ?
"""


def take_over(now: dt.datetime, unknown_wait: dt.timedelta) -> int:
    """Put what a dead relay left in hand in doubt; return how many messages that is."""
    run(_LEFT_BEHIND)
    return int(run(_TO_UNKNOWN, at(now + unknown_wait)).rowcount)


def recover(now: dt.datetime, unknown_wait: dt.timedelta) -> int:
    """Move on what has waited long enough: lost leases, lost answers, what is too late."""
    # A lease that ends too far ahead was given before the clock went back.
    expired, span = " AND (lease_until <= ? OR lease_until > ?)", (at(now), at(now + LEASE))
    run(_LEFT_BEHIND + expired, *span)
    moved = run(_TO_UNKNOWN + expired, at(now + unknown_wait), *span).rowcount
    moved += run(_SECOND_UNKNOWN, at(now)).rowcount
    moved += run(_FIRST_UNKNOWN, True, at(now)).rowcount
    return int(moved + run(_TOO_LATE, at(now)).rowcount)


def give_up(since: dt.datetime) -> int:
    """Fail what has been due since before then and says no time of its own."""
    return int(run(_GIVE_UP, at(since)).rowcount)
