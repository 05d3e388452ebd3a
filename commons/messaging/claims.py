"""Claiming what is due, and writing back how it ended.

Everything here runs inside the relay's one transaction a turn, so that claims, results and
repeats cost one fsync together. Results are written conditionally on the lease: a writer that
comes late, after its row was given to another try, changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commons import crypto, fields
from commons.messaging import answer_links, consequences, throttle
from commons.messaging.candidates import Candidate, due, outstanding, verdict
from commons.messaging.consequences import Consequence, Past
from commons.messaging.models import Message, MessageState, MessageText
from commons.messaging.outcomes import Kind, Outcome
from commons.messaging.statements import at, moment, run, run_many
from commons.messaging.words import words
from commons.roster import holds
from commons.roster.models import ContactMethod

LEASE = dt.timedelta(seconds=90)
TEXTS_KEPT = 256
# How long a message waits for the gateway to be told that a new key is trusted.
UNTIL_TRUSTED = dt.timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Errand:
    """One message in hand: everything a worker needs, the number still sealed."""

    id: int
    person_id: int
    number: int  # which try this is
    lease: str
    lease_until: dt.datetime
    text: str = field(repr=False)
    method_public_id: str
    value: fields.Sealed
    recipient: fields.Sealed | None

    def address(self) -> str:
        """Return the account id where it is known, which outlives a change of number."""
        return (self.recipient or self.value).open(self.method_public_id)


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of a text, opened once for all its recipients; `body` None when erased."""

    body: str | None = field(repr=False)
    language: str
    below: str | None


@dataclass(frozen=True, slots=True)
class Finished:
    """An errand that has come to an end."""

    errand: Errand
    outcome: Outcome
    began: dt.datetime
    ended: dt.datetime


_CLAIM = """
UPDATE message SET state = 'sending', lease = ?, lease_until = ?, handed_at = ?,
       attempts = attempts + 1
WHERE id IN ({}) AND state = 'queued' RETURNING id
"""
_HISTORY = """
SELECT person_id, priority, handed_at FROM message
WHERE person_id IN ({}) AND handed_at > ?
"""
_TEXTS = "SELECT id, public_id, body, language, below FROM message_text WHERE id IN ({})"
# A receipt may have been faster than the gateway's answer, and may have settled it already.
_SENT = """
UPDATE message SET timestamp = ?, sent_at = ?, handed_at = ?, reason = '',
       state = CASE WHEN state IN ('delivered', 'read') THEN state ELSE 'sent' END
WHERE id = ? AND lease = ? AND (state IN ('sending', 'unknown', 'delivered', 'read')
      OR (state = 'failed' AND reason = 'unknown_outcome'))
"""
_ATTEMPT = """
INSERT INTO attempt (message_id, number, began_at, ended_at, outcome, reason)
VALUES (?, ?, ?, ?, ?, ?)
"""


class Claims:
    """The relay's hold on the queue; `unknown_wait` is how long a receipt may take to come."""

    def __init__(self, unknown_wait: dt.timedelta) -> None:
        self.unknown_wait = unknown_wait
        self._texts: dict[int, Kept] = {}

    def claim(self, now: dt.datetime, room: int, busy: Collection[int]) -> tuple[list[Errand], int]:
        """Take up to `room` due messages, most urgent first; also return how many were dropped.

        Persons who are `busy` wait, so that texts reach nobody in the wrong order.
        """
        if room <= 0:
            return [], 0
        candidates = due(now, room + len(busy))
        self._open_texts({candidate.text_id for candidate in candidates})
        dropped = self._drop(candidates)
        free = self._one_each([c for c in candidates if c.id not in dropped], busy)
        chosen = self._throttled(free, now)[:room]
        lease, until = crypto.public_id(), now + LEASE
        mine = _take(chosen, lease, until, now)
        return [self._errand(c, lease, until) for c in chosen if c.id in mine], len(dropped)

    def _drop(self, candidates: Iterable[Candidate]) -> set[int]:
        dropped = set()
        for candidate in candidates:
            found = verdict(candidate, self._texts[candidate.text_id].body)
            if found is not None:
                _finish(candidate.id, *found)
                dropped.add(candidate.id)
        return dropped

    def _one_each(self, candidates: Iterable[Candidate], busy: Collection[int]) -> list[Candidate]:
        taken, chosen = set(busy), []
        for candidate in candidates:
            if candidate.person_id not in taken:
                taken.add(candidate.person_id or 0)
                chosen.append(candidate)
        return chosen

    def _throttled(self, candidates: list[Candidate], now: dt.datetime) -> list[Candidate]:
        history = _history({c.person_id or 0 for c in candidates}, now)
        older = outstanding(candidates, now, self.unknown_wait)
        chosen = []
        for candidate in candidates:
            limit = throttle.limit_for(candidate.priority)
            past = history.get((candidate.person_id or 0, limit is throttle.ANSWERS), ())
            later = throttle.may_send(past, now, limit)
            later = max(later, *(o.due for o in older if o.goes_before(candidate)), now)
            if candidate.trusting:
                later = max(later, now + UNTIL_TRUSTED)
            if later <= now:
                chosen.append(candidate)
            else:
                run("UPDATE message SET due_at = ? WHERE id = ?", at(later), candidate.id)
        return chosen

    def _errand(self, candidate: Candidate, lease: str, until: dt.datetime) -> Errand:
        kept = self._texts[candidate.text_id]
        text, said = kept.body or "", words(kept.language)
        if candidate.repeat:
            text = f"{said.say('repeat')} {text}"
        if kept.below == answer_links.ANSWER and (link := answer_links.address(candidate.id)):
            # On a line of its own: beside words that run from the right it would turn around.
            text = f"{text}\n{said.say('answer_here')}\n{link}"
        return Errand(
            id=candidate.id,
            person_id=candidate.person_id or 0,
            number=candidate.attempts + 1,
            lease=lease,
            lease_until=until,
            text=text,
            method_public_id=candidate.method_public_id or "",
            value=_sealed(ContactMethod.value, candidate.value or b""),
            recipient=_sealed(ContactMethod.recipient, candidate.recipient)
            if candidate.recipient
            else None,
        )

    def _open_texts(self, wanted: set[int]) -> None:
        """Open the words, once for all their recipients; None where they are erased."""
        if len(self._texts | dict.fromkeys(wanted)) > TEXTS_KEPT:
            self._texts.clear()
        new = wanted - self._texts.keys()
        if new:
            rows = run(_TEXTS.format(", ".join("?" * len(new))), *new).fetchall()
            for key, public_id, body, language, below in rows:
                self._texts[key] = Kept(_opened(public_id, body), language, below)

    def record(self, finished: Sequence[Finished]) -> None:
        """Write back how errands ended, each with its attempt."""
        tried = [one for one in finished if one.outcome.kind is not Kind.RETURNED]
        run_many(
            _SENT,
            [
                (f.outcome.timestamp, at(f.ended), at(f.began), f.errand.id, f.errand.lease)
                for f in tried
                if f.outcome.kind is Kind.SENT
            ],
        )
        for one in finished:
            if one.outcome.kind is Kind.RETURNED:
                _give_back(one.errand)
            elif one.outcome.kind is not Kind.SENT:
                self._record_trouble(one)
        run_many(
            _ATTEMPT,
            [
                (
                    f.errand.id,
                    f.errand.number,
                    at(f.began),
                    at(f.ended),
                    f.outcome.kind.value,
                    f.outcome.reason,
                )
                for f in tried
            ],
        )

    def _record_trouble(self, one: Finished) -> None:
        found = consequences.decide(
            one.outcome, _past(one.errand.id, one.outcome.reason), self.unknown_wait
        )
        values: dict[str, Any] = {
            "state": found.state,
            "reason": found.reason,
            "handed_at": one.began,
        }
        if found.wait is not None:
            values["due_at"] = one.ended + found.wait
        changed = Message.update(**values).where(
            Message.id == one.errand.id,
            Message.lease == one.errand.lease,
            Message.state.in_([MessageState.SENDING, MessageState.UNKNOWN]),
        )
        if changed.execute() and found.method is not None:
            _mark_method(one.errand.id, found, one.began)


def _take(
    chosen: Collection[Candidate], lease: str, until: dt.datetime, now: dt.datetime
) -> set[int]:
    """Claim the rows, and return those that nobody took back at the same moment."""
    if not chosen:
        return set()
    sql = _CLAIM.format(", ".join("?" * len(chosen)))
    ids = [candidate.id for candidate in chosen]
    return {row[0] for row in run(sql, lease, at(until), at(now), *ids).fetchall()}


def _finish(message_id: int, state: MessageState, reason: str) -> None:
    Message.update(state=state, reason=reason).where(
        Message.id == message_id, Message.state == MessageState.QUEUED
    ).execute()


def _history(persons: Collection[int], now: dt.datetime) -> dict[tuple[int, bool], list[Any]]:
    found: dict[tuple[int, bool], list[Any]] = {}
    if persons:
        sql = _HISTORY.format(", ".join("?" * len(persons)))
        for person, priority, handed in run(sql, *persons, at(now - throttle.LONGEST)):
            answers = throttle.limit_for(priority) is throttle.ANSWERS
            found.setdefault((person, answers), []).append(moment(handed))
    return found


def _give_back(errand: Errand) -> None:
    """Return a row that nobody tried; the try that its claim counted is taken off again."""
    Message.update(state=MessageState.QUEUED, lease=None, attempts=Message.attempts - 1).where(
        Message.id == errand.id,
        Message.lease == errand.lease,
        Message.state == MessageState.SENDING,
    ).execute()


def _past(message_id: int, reason: str) -> Past:
    rows = run("SELECT reason FROM attempt WHERE message_id = ?", message_id).fetchall()
    return Past(Counter([*(row[0] for row in rows), reason]))


def _mark_method(message_id: int, found: Consequence, tried_at: dt.datetime) -> None:
    method = Message.get_by_id(message_id).method_id
    if method is not None:
        ContactMethod.update(state=found.method).where(ContactMethod.id == method).execute()
        if found.hold:
            holds.hold(method, tried_at)


def _opened(public_id: str, body: bytes | None) -> str | None:
    if body is None:
        return None
    try:
        return _sealed(MessageText.body, body).open(public_id) or None
    except crypto.Unreadable:
        return None


def _sealed(column: fields.SealedField, data: bytes) -> fields.Sealed:
    return fields.Sealed(bytes(data), column.context)
