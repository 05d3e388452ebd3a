"""What somebody other than the sender found when they looked, and what it allows.

A record that confirms, made within half an hour, lets a sender tell staff what they have not seen
themselves. One that found something else keeps the alert from going wide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from commons import audit, clock, crypto
from commons.accounts import who
from commons.database import transaction
from commons.errors import Conflict, Forbidden, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from rapidresponse.alerts import access
from rapidresponse.alerts.audience import NARROW
from rapidresponse.alerts.models import (
    Alert,
    AlertState,
    AlertVersion,
    Outcome,
    Verification,
    VersionKind,
)

# What somebody saw longer ago than this says nothing about now.
STILL_COUNTS = dt.timedelta(minutes=30)
OTHERWISE = (
    Outcome.OTHER_AGENCY,
    Outcome.NOT_ENFORCEMENT,
    Outcome.UNFOUNDED,
    Outcome.LEFT_BEFORE,
)
OUTCOMES = {
    Outcome.CONFIRMED: _l("It is as the alert says"),
    Outcome.OTHER_AGENCY: _l("They are officers of another agency, on other business"),
    Outcome.NOT_ENFORCEMENT: _l("The people seen are not officers"),
    Outcome.UNFOUNDED: _l("Nobody is there"),
    Outcome.LEFT_BEFORE: _l("They had left before I looked"),
    Outcome.UNABLE: _l("I could not look"),
}
TOO_OLD = _l(
    "That was more than 30 minutes ago. Look again, or ask somebody on site to look and to write "
    "down what they find."
)
YOURS = _l("Somebody else has to look: you sent this alert.")


def senders(alert: Alert) -> set[str]:
    """Return who started the alert or sent any version of it."""
    sent: Any = AlertVersion.select(AlertVersion.sent_by).where(AlertVersion.alert == alert)
    return {alert.started_by, *(ref for (ref,) in sent.tuples())}


def may_verify(actor: Actor, alert: Alert) -> bool:
    """Return whether this actor is somebody else, who may say what they found."""
    return may(actor, access.VERIFY, alert.site) and not who.same_person(actor, senders(alert))


def verify(
    actor: Actor, alert: Alert, outcome: Outcome, *, seen_themselves: bool, seen_at: dt.datetime
) -> Verification:
    """Write down what somebody found who did not send the alert.

    Raises Forbidden to whoever sent it, Invalid for a look that is older than half an hour,
    Conflict once the alert is over.
    """
    require(actor, access.VERIFY, alert.site)
    now = clock.now()
    recent(seen_at, now)
    with transaction():
        if who.same_person(actor, senders(alert)):
            raise Forbidden(YOURS)
        if Alert.get_by_id(alert.id).state is AlertState.CLOSED:
            raise Conflict(_l("This alert is over. What you see now begins another one."))
        row = Verification.create(
            public_id=crypto.public_id(),
            alert=alert,
            outcome=outcome,
            seen_themselves=seen_themselves,
            by=actor.ref,
            seen_at=seen_at,
            at=now,
        )
        details = {"outcome": outcome.value, "themselves": seen_themselves}
        subject = f"alert:{alert.public_id}"
        audit.record(actor, "alert.verified", subject, site=alert.site_id, details=details)
    return row


def recent(seen_at: dt.datetime, now: dt.datetime) -> None:
    """Raise Invalid when somebody saw it too long ago, or has yet to see it."""
    if seen_at < now - STILL_COUNTS:
        raise Invalid(fields={"seen_when": TOO_OLD})
    if seen_at > now + dt.timedelta(minutes=1):
        raise Invalid(fields={"seen_when": _l("This time lies ahead. When did you see it?")})


def records(alert: Alert) -> list[Verification]:
    """Return what people found, the newest first."""
    rows = Verification.select().where(Verification.alert == alert)
    return list(rows.order_by(Verification.id.desc()))


def newest(alert: Alert) -> Verification | None:
    """Return the newest record that settles something; *could not look* settles nothing."""
    settled = (one for one in records(alert) if one.outcome is not Outcome.UNABLE)
    return next(settled, None)


def usable(actor: Actor, alert: Alert, now: dt.datetime) -> Verification | None:
    """Return the record on which this actor may go wide now: somebody else's, and recent."""
    found = newest(alert)
    if found is None or found.outcome is not Outcome.CONFIRMED:
        return None
    if found.seen_at < now - STILL_COUNTS or who.same_person(actor, {found.by}):
        return None
    return found


def require_usable(actor: Actor, alert: Alert, named: str, now: dt.datetime) -> Verification:
    """Return the record that a sender named; raise Forbidden when it does not carry them."""
    found = usable(actor, alert, now)
    if found is None or found.public_id != named:
        raise Forbidden(
            _l(
                "Nobody else has confirmed this within the last 30 minutes. Ask somebody on site "
                "to look and to write down what they find."
            )
        )
    return found


def found_otherwise(alert: Alert) -> bool:
    """Return whether the newest record says that it is not as the alert says."""
    found = newest(alert)
    return found is not None and found.outcome in OTHERWISE


def require_nothing_otherwise(alert: Alert, told: Sequence[str], audiences: Sequence[str]) -> None:
    """Raise Forbidden where somebody looked, found something else, and more would hear it.

    Those who were told before hear a correction first; after it they may hear updates again.
    """
    found = newest(alert)
    wide = set(audiences) - set(NARROW)
    if found is None or found.outcome not in OTHERWISE or not wide:
        return
    corrected = AlertVersion.select().where(
        AlertVersion.alert == alert,
        AlertVersion.kind == VersionKind.CORRECTION,
        AlertVersion.sent_at >= found.at,
    )
    if wide - set(told) or not corrected.exists():
        raise Forbidden(
            _l(
                "Somebody looked and found something else, so this goes no further. Send a "
                "correction to those who were told."
            )
        )
