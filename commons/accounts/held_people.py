"""What of changed Signal keys belongs on a lead's home page now."""

from __future__ import annotations

from collections.abc import Sequence

from commons.accounts.home import Row
from commons.i18n import gettext as _
from commons.i18n import ngettext
from commons.permissions import Actor, may
from commons.roster import holds
from commons.sites.models import Site


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return one row while there are people of whom somebody has yet to make sure."""
    held = holds.held_people(actor, site) if may(actor, "roster.release", site) else []
    if not held:
        return ()
    words = ngettext(
        "One person's Signal changed: nothing is sent to them.",
        "The Signal of %(num)s people changed: nothing is sent to them.",
        len(held),
    )
    url = f"/sites/{site.public_id}/trust"
    return (Row(words, _("Make sure of them"), url, held[0][1]),)
