"""What a sender must bring before more than a few hear: their own eyes, a record, or a reason."""

from __future__ import annotations

from commons import clock
from commons.errors import Forbidden, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor
from rapidresponse.alerts import breaking, verifications
from rapidresponse.alerts.composer import Intent, barred, heard
from rapidresponse.alerts.models import Certainty
from rapidresponse.alerts.versions import Chain


def check(actor: Actor, intent: Intent, certainty: Certainty, chain: Chain | None = None) -> None:
    """Raise Forbidden or Invalid where a new claim would go further than it may (I1).

    What a sender relies on must be recent, and a record somebody else's.
    """
    now = clock.now()
    breaking.check(intent)
    if set(intent.audiences) - set(heard(intent)):
        raise Invalid(
            _l("This kind of alert is not for everybody you chose. Choose again who will hear.")
        )
    if intent.seen and intent.seen_at is not None:
        verifications.recent(intent.seen_at, now)
    if chain is not None:
        if intent.verified:
            verifications.require_usable(actor, chain.alert, intent.verified, now)
        verifications.require_nothing_otherwise(chain.alert, chain.told, intent.audiences)
    if barred(intent, certainty, break_glass=chain is not None and chain.break_glass):
        raise not_seen()


def not_seen() -> Forbidden:
    """Return what to raise when an unverified text would reach more than a few."""
    return Forbidden(
        _l(
            "Staff and families hear this only once somebody has seen it on site. "
            "Send it to the site core first."
        )
    )
