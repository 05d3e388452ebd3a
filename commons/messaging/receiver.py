"""Inbound things: stored sealed before anything else is done, then worked through in order."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

from commons import clock, crypto
from commons.database import connection, transaction
from commons.messaging import envelopes, receipts, replies, senders, strangers
from commons.messaging.envelopes import Deletion, Heard, KeyChange, Reaction, Receipt, Words
from commons.messaging.models import Envelope, EnvelopeState, Message, Reply
from commons.messaging.replies import Handler
from commons.messaging.statements import at, run
from commons.messaging.strangers import Doorkeeper
from commons.roster import holds
from commons.roster.models import ContactMethod

log = logging.getLogger(__name__)
TRIES = 3
BATCH = 100
# A receipt can be here before the answer to its send, a stranger before the list of contacts.
PAUSE = 2.0
PATIENCE = 12.0
# Seconds for which an account id that the contacts do not have is not looked for again.
LOOKED_UP = 600.0
MOST_LOOKED_UP = 10_000

_INSERT = """
INSERT INTO envelope (public_id, digest, received_at, state, tries, body)
VALUES (?, ?, ?, 'stored', 0, ?) ON CONFLICT (digest) DO NOTHING
"""
_STORED = "SELECT id FROM envelope WHERE state = 'stored' ORDER BY id LIMIT ?"


def store(raw: bytes | dict[str, Any]) -> bool:
    """Keep an inbound thing, sealed; return whether it is new. Nothing else happens here."""
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else json.dumps(raw)
    try:
        document = envelopes.unwrapped(json.loads(text))
        key = json.dumps(envelopes.identity(document), sort_keys=True, default=str)
    except (ValueError, RecursionError):
        key = text
    public_id = crypto.public_id()
    with transaction():
        kept = run(
            _INSERT,
            public_id,
            crypto.ring().blind(key, "envelope.digest").hex(),
            at(clock.now()),
            Envelope.body.db_value(Envelope.sealed(public_id, body=text)["body"]),
        )
        return bool(kept.rowcount > 0)


class Receiver:
    """Works through what was stored; owned by the relay's loop."""

    def __init__(
        self,
        handlers: Sequence[Handler] = (),
        ask_contacts: Callable[[str], None] = lambda _aci: None,
        may_begin: Doorkeeper = strangers.nobody,
    ) -> None:
        """Take the reply handlers, whom to ask about an account id, and what strangers may say."""
        self.handlers = handlers
        self.may_begin = may_begin
        self.ask_contacts = ask_contacts
        self._later: dict[int, tuple[float, float]] = {}
        self._looked_up: dict[str, float] = {}

    def process(self) -> bool:
        """Work through a batch in one transaction; return whether more waits, or was caused."""
        done = 0
        with connection():
            ids = self._next()
            if ids:
                with transaction():
                    done = sum(self._one(envelope_id) for envelope_id in ids)
        return done > 0 or len(ids) >= BATCH

    def _next(self) -> list[int]:
        moment = clock.monotonic()
        asleep = {key for key, (until, _) in self._later.items() if until > moment}
        # By plain SQL: every turn of the relay asks, and nearly always there is nothing.
        rows = run(_STORED, BATCH + len(asleep)).fetchall()
        return [key for (key,) in rows if key not in asleep][:BATCH]

    def _one(self, envelope_id: int) -> bool:
        """Work through one envelope and return whether it is done.

        A poisoned one is tried again later, then set aside.
        """
        row = Envelope.get_by_id(envelope_id)
        try:
            with transaction():
                done = self._act_on(row)
        except Exception as error:
            log.warning("Envelope %s could not be read: %s", envelope_id, type(error).__name__)
            self._set_aside(row)
            return False
        done = done or self._patience_is_over(envelope_id)
        if done:
            self._later.pop(envelope_id, None)
            _finish(envelope_id, EnvelopeState.DONE)
        return done

    def _set_aside(self, row: Envelope) -> None:
        Envelope.update(tries=Envelope.tries + 1).where(Envelope.id == row.id).execute()
        if row.tries + 1 >= TRIES:
            self._later.pop(row.id, None)
            _finish(row.id, EnvelopeState.FAILED)
        else:
            self._put_off(row.id)

    def _patience_is_over(self, envelope_id: int) -> bool:
        return clock.monotonic() >= self._put_off(envelope_id)

    def _put_off(self, envelope_id: int) -> float:
        """Look at an envelope again in a while; return until when it is worth while."""
        moment = clock.monotonic()
        _, deadline = self._later.get(envelope_id, (0.0, moment + PATIENCE))
        self._later[envelope_id] = (moment + PAUSE, deadline)
        return deadline

    def wake(self, looked_up: Collection[str] = ()) -> None:
        """Look again now at what was put off; these account ids were looked for in vain or not."""
        if len(self._looked_up) > MOST_LOOKED_UP:
            self._looked_up.clear()
        self._looked_up.update(dict.fromkeys(looked_up, clock.monotonic()))
        self._later = {key: (0.0, deadline) for key, (_, deadline) in self._later.items()}

    def _act_on(self, row: Envelope) -> bool:
        """Act on an envelope; return False to look at it again a little later."""
        document = envelopes.unwrapped(json.loads(row.reveal("body")))
        heard = envelopes.read(document)
        if isinstance(heard.content, envelopes.Nothing):
            return True
        method = senders.identify(heard)
        if method is not None:
            return self._from_person(heard, method)
        if heard.number is None and heard.aci is not None and not self._was_looked_up(heard.aci):
            self.ask_contacts(heard.aci)
            return False
        if isinstance(heard.content, Receipt) and heard.number is None and heard.aci is not None:
            return receipts.apply(heard.content, None, clock.now(), heard.aci)
        method = strangers.welcome(heard, self.may_begin)
        return True if method is None else self._from_person(heard, method)

    def _was_looked_up(self, aci: str) -> bool:
        return clock.monotonic() - self._looked_up.get(aci, -math.inf) < LOOKED_UP

    def _from_person(self, heard: Heard, method: ContactMethod) -> bool:
        content, person = heard.content, method.person
        if isinstance(content, Receipt):
            return receipts.apply(content, method, clock.now())
        if isinstance(content, KeyChange):
            senders.fails(method.id)
            holds.hold(method.id, heard.at)
            return True
        senders.works(method.id)
        if isinstance(content, Words):
            about = _message(person.id, content.quoted)
            replies.hear(person, heard.at, content.text, about, self.handlers)
        elif isinstance(content, Reaction):
            target = _message(person.id, content.target)
            if target is not None:
                replies.react(person, heard.at, content.emoji, target, self.handlers)
        elif isinstance(content, Deletion):
            _take_back(person.id, clock.from_milliseconds(content.target))
        return True


def _message(person_id: int, timestamp: int | None) -> Message | None:
    if timestamp is None:
        return None
    found: Message | None = Message.get_or_none(
        Message.timestamp == timestamp, Message.person == person_id
    )
    return found


def _take_back(person_id: int, sent: dt.datetime) -> None:
    """Delete words that their author deleted."""
    Reply.delete().where(Reply.person == person_id, Reply.received_at == sent).execute()


def _finish(envelope_id: int, state: EnvelopeState) -> None:
    Envelope.update(state=state, body=None).where(
        Envelope.id == envelope_id, Envelope.state == EnvelopeState.STORED
    ).execute()
