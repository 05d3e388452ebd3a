"""What of the alerts belongs on somebody's home page now."""

from __future__ import annotations

from collections.abc import Sequence

from commons import clock
from commons.accounts.home import Row
from commons.i18n import gettext as _
from commons.i18n import ngettext
from commons.permissions import Actor, may
from commons.sites.models import Site
from rapidresponse.alerts import access, approvals, breaking, endings, story, versions
from rapidresponse.alerts.answers.calls import Call
from rapidresponse.alerts.answers.calls import alerts_with_calls as calls_for_help
from rapidresponse.alerts.models import AfterReview, Alert


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return a row for each live alert of the site, and for what skipped the queue there."""
    found = [_help(alert, calls) for alert, calls in calls_for_help(actor, site)]
    found += [_row(actor, alert) for alert in access.live_alerts(actor, site)]
    found += [_afterwards(review) for review in breaking.open_reviews(actor, site)]
    if not may(actor, access.VIEW, site):
        found += [_look(alert) for alert in access.unverified_alerts(actor, site)]
    return found


def _afterwards(review: AfterReview) -> Row:
    alert = review.version.alert
    words = _("%(name)s went out without a second person.", name=story.title(alert))
    return Row(words, _("Look at it"), f"/alerts/{alert.public_id}/review", review.asked_at)


def _look(alert: Alert) -> Row:
    words = _("%(name)s: nobody has looked yet.", name=story.title(alert))
    url = f"/alerts/{alert.public_id}/verify"
    return Row(words, _("Say what you found"), url, alert.started_at, urgent=True)


def _help(alert: Alert, calls: Sequence[Call]) -> Row:
    words = ngettext(
        "%(code)s: %(num)s person needs help.",
        "%(code)s: %(num)s people need help.",
        len(calls),
        code=alert.code,
    )
    return Row(words, _("See who it is"), f"/alerts/{alert.public_id}", calls[0].at, urgent=True)


def _row(actor: Actor, alert: Alert) -> Row:
    name, url = story.title(alert), f"/alerts/{alert.public_id}"
    approval = approvals.waiting(alert)
    if approval is not None and approvals.may_decide(actor, alert, approval):
        words = _("%(name)s waits for a second person.", name=name)
        return Row(words, _("Say yes or no"), url, approval.asked_at, urgent=True)
    latest = versions.versions_of(alert)[-1]
    if endings.is_late(alert, latest, clock.now()):
        words = _("%(name)s is not confirmed over, and the next update is late.", name=name)
        return Row(words, _("Send an update"), url, latest.sent_at, urgent=True)
    return Row(_("%(name)s is going on.", name=name), _("Open"), url, latest.sent_at)
