"""Two minutes without a second person's answer: the site hears so, and they are asked again.

What is said claims nothing: that a message waits, and how the school runs (I1). The message
itself still waits, and a yes still lets it go.
"""

from __future__ import annotations

import datetime as dt

from commons import audit
from commons.messaging import outbox
from commons.permissions import RELAY
from commons.sites.models import Site
from rapidresponse.alerts import asking, settings
from rapidresponse.alerts.audience import CORE, STAFF, UNANSWERED, gather
from rapidresponse.alerts.composer import Intent, write
from rapidresponse.alerts.models import Alert, AlertVersion, Approval, ApprovalState
from rapidresponse.alerts.questions import POSTURE, posture_of
from rapidresponse.alerts.versions import LATEST


def act(public_id: str, now: dt.datetime) -> bool:
    """Carry out the rule for one approval, once; return False when somebody has decided."""
    approval = (
        Approval.select(Approval, AlertVersion, Alert, Site)
        .join(AlertVersion)
        .join(Alert)
        .join(Site)
        .where(Approval.public_id == public_id)
        .first()
    )
    if approval is None:
        return False
    marked = Approval.update(unanswered_at=now).where(
        Approval.id == approval.id,
        Approval.state == ApprovalState.WAITING,
        Approval.unanswered_at.is_null(),
    )
    if not marked.execute():
        return False
    alert = approval.version.alert
    told, asked = _tell(alert, approval.version, now), asking.remind(alert, approval)
    audit.record(
        RELAY,
        "alert.unanswered",
        f"alert:{alert.public_id}",
        site=alert.site_id,
        details={"version": approval.version.number, "told": told, "asked_again": asked},
    )
    return True


def _tell(alert: Alert, version: AlertVersion, now: dt.datetime) -> int:
    """Tell core and staff what nobody has decided, and return how many."""
    words = {POSTURE: posture_of(alert.site)}
    draft = write(
        alert.site,
        Intent(alert.type, words=words, audiences=(CORE, STAFF), unanswered=True),
        gather(alert.site, (CORE, STAFF)),
        code=f"{alert.code}.v{version.number}",
        certainty=version.certainty,
        at=now,
        demonstration=settings.demonstration(),
    )
    if draft.recipients:
        outbox.enqueue(
            f"{UNANSWERED}:{version.public_id}",
            alert.site_id,
            {key: rendered.text for key, rendered in draft.texts.items()},
            draft.recipients,
            not_after=now + LATEST,
        )
    return draft.count
