"""Agents are inside: what goes out at once without a second person, and is looked at afterwards."""

from __future__ import annotations

from commons import audit, clock, limits
from commons.accounts import who
from commons.database import transaction
from commons.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from commons.sites.models import Site
from rapidresponse.alerts import access
from rapidresponse.alerts.composer import Intent, pack
from rapidresponse.alerts.models import AfterReview, Alert, AlertVersion, Verdict, VersionKind

# Why it cannot wait, as the sender chooses it.
REASONS = {
    "inside": _l("Agents are in the corridors or rooms."),
    "forced": _l("They forced their way in."),
    "taking": _l("They are about to take somebody."),
    "nobody": _l("Nobody else can look or be asked now."),
}
_OPEN = (VersionKind.ALERT, VersionKind.UPDATE)
LONGEST = 500


def may_break(intent: Intent) -> bool:
    """Return whether this kind of alert may go out unverified when it cannot wait."""
    return intent.kind in _OPEN and bool(pack().types[intent.type].break_glass)


def check(intent: Intent) -> None:
    """Raise Invalid where something else than agents inside is said not to be able to wait."""
    if intent.break_glass and (not may_break(intent) or intent.break_glass not in REASONS):
        raise Invalid(
            _l("Only agents inside the school cannot wait. Choose why, or send it to the core.")
        )


def count(actor: Actor, intent: Intent) -> None:
    """Count a version that skipped the queue; raise RateLimited for the fourth within a day."""
    if not intent.break_glass:
        return
    try:
        limits.hit("break-glass", actor.ref)
    except RateLimited as error:
        raise RateLimited(
            _l(
                "You have sent three alerts today that could not wait. Send this one to the site "
                "core, and let somebody else look."
            ),
            error.retry_after,
        ) from None


def open_reviews(actor: Actor, site: Site) -> list[AfterReview]:
    """Return what somebody other than the sender has yet to look at, the oldest first."""
    if not may(actor, access.REVIEW, site):
        return []
    rows = (
        AfterReview.select(AfterReview, AlertVersion, Alert)
        .join(AlertVersion)
        .join(Alert)
        .where(Alert.site == site, AfterReview.decided_at.is_null())
        .order_by(AfterReview.id)
    )
    return [row for row in rows if not who.same_person(actor, {row.version.sent_by})]


def open_review(actor: Actor, alert: Alert) -> AfterReview | None:
    """Return what this actor may look at in an alert now, or None."""
    found = (one for one in open_reviews(actor, alert.site) if one.version.alert_id == alert.id)
    return next(found, None)


def reviews_of(alert: Alert) -> list[AfterReview]:
    """Return the reviews of an alert, decided or not, the oldest first."""
    rows = AfterReview.select(AfterReview, AlertVersion).join(AlertVersion)
    return list(rows.where(AlertVersion.alert == alert).order_by(AfterReview.id))


def review(actor: Actor, alert: Alert, public_id: str, verdict: Verdict, words: str) -> None:
    """Say afterwards whether it was right, and what is to be done otherwise next time.

    Raises Forbidden to the sender, Conflict when somebody has said so before.
    """
    require(actor, access.REVIEW, alert.site)
    found = next((one for one in reviews_of(alert) if one.public_id == public_id), None)
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    if who.same_person(actor, {found.version.sent_by}):
        raise Forbidden(_l("Somebody else has to look at what you sent."))
    words = words.strip()
    if verdict is Verdict.WRONG and not words:
        raise Invalid(fields={"words": _l("Write what is to be done otherwise next time.")})
    if len(words) > LONGEST:
        raise Invalid(fields={"words": _l("Use at most %(most)s characters.", most=LONGEST)})
    with transaction():
        sealed = AfterReview.sealed(found.public_id, words=words) if words else {}
        decided = AfterReview.update(
            verdict=verdict, decided_by=actor.ref, decided_at=clock.now(), **sealed
        ).where(AfterReview.id == found.id, AfterReview.decided_at.is_null())
        if not decided.execute():
            raise Conflict(_l("Somebody has looked at this already."))
        details = {"verdict": verdict.value, "version": found.version.number}
        subject = f"alert:{alert.public_id}"
        audit.record(actor, "alert.reviewed", subject, site=alert.site_id, details=details)
