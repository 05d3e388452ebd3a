"""What of the alerts' words belongs on somebody's home page now."""

from __future__ import annotations

from collections.abc import Sequence

from commons import clock
from commons.accounts.home import Row
from commons.i18n import gettext as _
from commons.i18n import ngettext
from commons.permissions import Actor, may
from commons.sites.models import Site, SiteState
from rapidresponse.alerts import settings
from rapidresponse.alerts.texts.service import REVIEW
from rapidresponse.alerts.texts.standing import tongues


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return a row while families of an open site read words that nobody has reviewed."""
    if settings.demonstration() or site.state is not SiteState.OPEN:
        return []
    if not may(actor, REVIEW, site):
        return []
    waiting = sum(one.families > 0 and one.open > 0 for one in tongues(site))
    if not waiting:
        return []
    words = ngettext(
        "%(num)s language of your families has words that nobody has reviewed.",
        "%(num)s languages of your families have words that nobody has reviewed.",
        waiting,
    )
    url = f"/sites/{site.public_id}/alert-texts"
    return [Row(words, _("Review them"), url, clock.now())]
