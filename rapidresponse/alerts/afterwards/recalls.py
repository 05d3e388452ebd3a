"""Taking back what has not gone; what has arrived needs a correction instead (research AL9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import audit, clock
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox
from commons.messaging.models import Message, MessageState
from commons.permissions import Actor, require, require_fresh
from rapidresponse.alerts import access, versions, watches
from rapidresponse.alerts.audience import reached_by
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion
from rapidresponse.alerts.public_page import service as public_page

RECALLED = "recalled"
_WAITING = (MessageState.HELD, MessageState.QUEUED)


@dataclass(frozen=True)
class Recall:
    """How many messages were taken back, and how many people have it or may have it."""

    taken_back: int
    gone: int


def still_waiting(version: AlertVersion) -> int:
    """Return how many messages of a version have not gone, so that they can be taken back."""
    waiting = Message.select().where(Message.topic == version.topic_id, Message.state.in_(_WAITING))
    return int(waiting.count())


def recall(actor: Actor, alert: Alert, *, number: int) -> Recall:
    """Take back what has not gone of the newest version, and return what became of it.

    Whoever has it keeps it: the alert goes on for them, and the public page says what families
    have. When nobody has got anything of it, the alert is closed. Raises Conflict when a newer
    version exists or nothing waits any more.
    """
    require(actor, access.RECALL, alert.site)
    require_fresh(actor)
    with transaction():
        now, latest = clock.now(), versions.versions_of(alert)[-1]
        if latest.number != number:
            raise versions.moved_on()
        versions.supersede(alert, now)
        taken = outbox.cancel(latest.topic_id, RECALLED)
        _mark(actor, latest, now)
        gone = len(reached_by(alert))
        if not gone:
            versions.move(alert, AlertState.CLOSED, alert.certainty, now)
            watches.end(alert)
        public_page.draw(alert.id)
        audit.record(
            actor,
            "alert.recalled",
            f"alert:{alert.public_id}",
            site=alert.site_id,
            details={"version": number, "taken_back": taken, "gone": gone},
        )
    return Recall(taken, gone)


def _mark(actor: Actor, version: AlertVersion, now: dt.datetime) -> None:
    marked = (
        AlertVersion.update(recalled_by=actor.ref, recalled_at=now)
        .where(AlertVersion.id == version.id, AlertVersion.recalled_at.is_null())
        .execute()
    )
    if not marked:
        raise Conflict(_l("This version was taken back before."))
