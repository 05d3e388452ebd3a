"""A second person's yes: bound to the words and the audience that were shown."""

from __future__ import annotations

from typing import Any

from commons import audit, clock
from commons.accounts import who
from commons.database import transaction
from commons.errors import Conflict, Forbidden
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox, timers
from commons.messaging.models import MessageState, Topic
from commons.permissions import Actor, may, require, require_fresh
from rapidresponse.alerts import access
from rapidresponse.alerts.audience import UNANSWERED
from rapidresponse.alerts.models import Alert, AlertVersion, Approval, ApprovalState
from rapidresponse.alerts.public_page import service as public_page

DECLINED, DECIDED = "declined", "superseded"
TIMER = "alerts.unanswered"
WEB, SIGNAL = "web", "signal"


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
    allowed = may(actor, approval.permission or access.APPROVE, alert.site)
    return allowed and why_not(actor, alert, approval) is None


def why_not(actor: Actor, alert: Alert, approval: Approval) -> Any:
    """Return why somebody had a hand in this already and cannot be the second person."""
    version = approval.version
    if who.same_person(actor, {version.sent_by}):
        return _l("Somebody else has to say yes to what you sent.")
    if who.same_person(actor, {alert.started_by}):
        return _l("You started this alert. Somebody else has to say yes.")
    looked = version.verification
    if looked is not None and who.same_person(actor, {looked.by}):
        return _l("You wrote down what was found. Somebody else has to say yes.")
    return None


def approve(actor: Actor, alert: Alert, *, shown: str, via: str = WEB) -> int:
    """Let the held messages go and return how many; `shown` is the hash that was shown.

    Raises Forbidden to whoever sent, started or verified it, and to all but dispatchers and the
    district above 300 people and for several schools; Conflict when it was decided already or
    something else had been shown.
    """
    with transaction():
        approval = _decide(actor, alert, shown, ApprovalState.GIVEN, via)
        released = outbox.release(approval.version.topic_id)
        public_page.draw(alert.id)
        _record(actor, alert, approval, "alert.approved", released)
    return released


def decline(actor: Actor, alert: Alert, *, shown: str, via: str = WEB) -> int:
    """Take the held messages back and return how many they were; otherwise as `approve`."""
    with transaction():
        approval = _decide(actor, alert, shown, ApprovalState.DECLINED, via)
        taken_back = outbox.cancel(approval.version.topic_id, DECLINED, states=(MessageState.HELD,))
        _record(actor, alert, approval, "alert.declined", taken_back)
    return taken_back


def settle(approval: Approval) -> None:
    """Stop the clock of an approval, and take back what said that nobody had decided."""
    timers.stop_timer(TIMER, approval.public_id)
    said = Topic.get_or_none(Topic.subject == f"{UNANSWERED}:{approval.version.public_id}")
    if said is not None:
        outbox.cancel(said.id, DECIDED)


def _decide(actor: Actor, alert: Alert, shown: str, state: ApprovalState, via: str) -> Approval:
    require(actor, access.APPROVE, alert.site)
    approval = waiting(alert)
    if approval is None:
        raise _decided()
    hindered = why_not(actor, alert, approval)
    if hindered is not None:
        raise Forbidden(hindered)
    if not may_decide(actor, alert, approval):
        raise Forbidden(
            _l(
                "More than 300 people, or another school: a dispatcher or the district has to say "
                "yes to this."
            )
        )
    require_fresh(actor)
    moved = (
        Approval.update(state=state, decided_by=actor.ref, decided_at=clock.now(), decided_via=via)
        .where(
            Approval.id == approval.id,
            Approval.state == ApprovalState.WAITING,
            Approval.body_hash == shown,
        )
        .execute()
    )
    if not moved:
        raise _decided()
    approval.decided_via = via
    settle(approval)
    return approval


def _decided() -> Conflict:
    return Conflict(
        _l("This was decided a moment ago, or newer words took its place. Look at it again.")
    )


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
            "via": approval.decided_via,
        },
    )
