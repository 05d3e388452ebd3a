"""What is due to be sent, and what speaks against it at the last moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from commons.messaging.consequences import UNKNOWN
from commons.messaging.models import MessageState
from commons.messaging.statements import at, moment, run
from commons.roster import holds
from commons.roster.models import ConsentState, MethodState

# The grain in which lost answers are settled.
UNTIL_SETTLED = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A queued row as the claim reads it, with all that may speak against sending it."""

    id: int
    person_id: int | None
    text_id: int
    priority: int
    attempts: int
    repeat: bool
    late: bool
    cancelled: bool
    site_id: int | None
    consent: str | None
    method_public_id: str | None
    value: bytes | None
    recipient: bytes | None
    method_state: str | None
    held: bool  # their Signal key changed, and nobody has made sure of them
    trusting: bool  # somebody has, and the gateway is about to be told


# Audiences whose people need not be the site's own: its district, dispatchers, schools nearby and
# partners. Nobody asked them there, so they hear by what they agreed to where they are; a STOP at
# any place stands.
GUESTS = ("A3", "A4", "A7", "A8")
# The limit inside, so that a planner without statistics joins a few rows and not whole tables.
_CANDIDATES = """
SELECT m.id, m.person_id, m.text_id, m.priority, m.attempts, m.repeat,
       m.not_after IS NOT NULL AND m.not_after <= ?, t.cancelled_at IS NOT NULL, t.site_id,
       COALESCE(c.state, CASE WHEN x.audience IN ('A3', 'A4', 'A7', 'A8') THEN
           (SELECT CASE WHEN MAX(e.state) = 'withdrawn' THEN 'withdrawn' ELSE MIN(e.state) END
            FROM consent e WHERE e.person_id = m.person_id) END), a.public_id, a.value,
       CASE WHEN a.checked_at IS NOT NULL THEN a.recipient END, a.state,
       a.held_at IS NOT NULL, a.trust_at IS NOT NULL AND a.trust_at > ?
FROM (SELECT * FROM message WHERE state = 'queued' AND due_at <= ?
      ORDER BY priority, id LIMIT ?) m
JOIN topic t ON t.id = m.topic_id
JOIN message_text x ON x.id = m.text_id
LEFT JOIN contact_method a ON a.id = m.method_id
LEFT JOIN consent c ON c.person_id = m.person_id AND c.site_id = t.site_id
ORDER BY m.priority, m.id
"""


def due(now: dt.datetime, most: int) -> list[Candidate]:
    """Return what is queued and due, most urgent and oldest first."""
    patience = at(now - holds.PATIENCE)
    rows = run(_CANDIDATES, at(now), patience, at(now), most).fetchall()
    return [Candidate(*row) for row in rows]


def verdict(candidate: Candidate, text: str | None) -> tuple[MessageState, str] | None:
    """Return the state and reason with which a queued row ends unsent; None when it may go."""
    if candidate.site_id is not None and candidate.consent != ConsentState.GIVEN:
        return MessageState.CANCELLED, "consent"
    if candidate.cancelled or candidate.late:
        if candidate.repeat:
            return MessageState.FAILED, UNKNOWN
        if candidate.cancelled:
            return MessageState.CANCELLED, "taken_back"
        return MessageState.EXPIRED, "too_late"
    if candidate.method_public_id is None:
        return MessageState.FAILED, "no_method"
    if candidate.method_state == MethodState.REFUSED:
        return MessageState.FAILED, "unregistered"
    if candidate.held:
        return MessageState.FAILED, "key_changed"
    return None if text is not None else (MessageState.FAILED, "no_text")


# What a person may still get of a site: its answer was lost, or it is tried again in a while.
_OUTSTANDING = """
SELECT m.person_id, t.site_id, m.id, m.priority, m.due_at
FROM message m JOIN topic t ON t.id = m.topic_id
WHERE m.person_id IN ({}) AND t.site_id IS NOT NULL AND t.cancelled_at IS NULL
      AND ((m.state IN ('sending', 'unknown') AND NOT m.repeat)
           OR (m.state = 'queued' AND m.due_at > ? AND m.due_at <= ?))
"""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A message that a person may still get, and the soonest moment at which that is settled."""

    person_id: int
    site_id: int
    id: int
    priority: int
    due: dt.datetime

    def goes_before(self, candidate: Candidate) -> bool:
        """Return whether it is older, as urgent, and from the same school to the same person."""
        mine = (self.person_id, self.site_id) == (candidate.person_id, candidate.site_id)
        return mine and self.id < candidate.id and self.priority <= candidate.priority


def outstanding(
    candidates: Iterable[Candidate], now: dt.datetime, wait: dt.timedelta
) -> list[Outstanding]:
    """Return what these must not overtake: nobody hears of the end and then of the beginning.

    What is tried again only after more than the wait for a receipt holds nothing up.
    """
    persons = {c.person_id for c in candidates if c.site_id is not None and c.person_id}
    if not persons:
        return []
    sql = _OUTSTANDING.format(", ".join("?" * len(persons)))
    rows = run(sql, *persons, at(now), at(now + wait)).fetchall()
    soonest = now + UNTIL_SETTLED
    return [
        Outstanding(person, site, key, priority, max(moment(until) or soonest, soonest))
        for person, site, key, priority, until in rows
    ]
