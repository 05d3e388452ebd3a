"""A second person's yes: bound to the words and the audience that were shown."""

from __future__ import annotations

from commons import audit, clock
from commons.database import transaction
from commons.errors import Conflict, Forbidden
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox
from commons.messaging.models import Message, MessageState
from commons.permissions import Actor, may, require, require_fresh
from rapidresponse.alerts import access
from rapidresponse.alerts.composer import MANY
from rapidresponse.alerts.models import Alert, AlertVersion, Approval, ApprovalState

DECLINED = "declined"


def waiting(alert: Alert) -> Approval | None:
    """Return the approval that an alert waits for, with its version, or None."""
    found: Approval | None = (
        Approval.select(Approval, AlertVersion)
        .join(AlertVersion)
        .where(AlertVersion.alert == alert, Approval.state == ApprovalState.WAITING)
        .order_by(AlertVersion.number.desc())
        .first()
    )
    return found


def may_decide(actor: Actor, alert: Alert, approval: Approval) -> bool:
    """Return whether this actor is a second person who may say yes or no here."""
    permission = access.APPROVE_WIDE if _wide(approval) else access.APPROVE
    return actor.ref != approval.version.sent_by and may(actor, permission, alert.site)


def approve(actor: Actor, alert: Alert, *, shown: str) -> int:
    """Let the held messages go and return how many; `shown` is the hash that the page showed.

    Raises Forbidden to the sender, and to all but dispatchers and the district above 300
    people; Conflict when it was decided already or something else had been shown.
    """
    with transaction():
        approval = _decide(actor, alert, shown, ApprovalState.GIVEN)
        released = outbox.release(approval.version.topic_id)
        _record(actor, alert, approval, "alert.approved", released)
    return released


def decline(actor: Actor, alert: Alert, *, shown: str) -> int:
    """Take the held messages back and return how many they were; otherwise as `approve`."""
    with transaction():
        approval = _decide(actor, alert, shown, ApprovalState.DECLINED)
        taken_back = outbox.cancel(approval.version.topic_id, DECLINED, states=(MessageState.HELD,))
        _record(actor, alert, approval, "alert.declined", taken_back)
    return taken_back


def _decide(actor: Actor, alert: Alert, shown: str, state: ApprovalState) -> Approval:
    require(actor, access.APPROVE, alert.site)
    approval = waiting(alert)
    if approval is None:
        raise _decided()
    if actor.ref == approval.version.sent_by:
        raise Forbidden(_l("Somebody else has to say yes to what you sent."))
    if not may_decide(actor, alert, approval):
        raise Forbidden(
            _l("More than 300 people: a dispatcher or the district has to say yes to this.")
        )
    require_fresh(actor)
    moved = (
        Approval.update(state=state, decided_by=actor.ref, decided_at=clock.now())
        .where(
            Approval.id == approval.id,
            Approval.state == ApprovalState.WAITING,
            Approval.body_hash == shown,
        )
        .execute()
    )
    if not moved:
        raise _decided()
    return approval


def _decided() -> Conflict:
    return Conflict(
        _l("This was decided a moment ago, or newer words took its place. Look at it again.")
    )


def _wide(approval: Approval) -> bool:
    people = Message.select().where(Message.topic == approval.version.topic_id)
    return people.count() > MANY


def _record(actor: Actor, alert: Alert, approval: Approval, kind: str, people: int) -> None:
    audit.record(
        actor,
        kind,
        f"alert:{alert.public_id}",
        site=alert.site_id,
        details={
            "version": approval.version.number,
            "hash": approval.body_hash,
            "people": people,
        },
    )
