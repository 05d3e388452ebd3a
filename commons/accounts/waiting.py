"""That people wait to be admitted, on the home page of those who may admit them."""

from __future__ import annotations

from collections.abc import Sequence

from commons.accounts.home import Row
from commons.i18n import gettext as _
from commons.i18n import ngettext
from commons.permissions import Actor
from commons.roster.joining import listing
from commons.sites.models import Site


def needing_me(actor: Actor, site: Site) -> Sequence[Row]:
    """Return one row with how many wait to be admitted to the site; none when nobody does."""
    since = listing.since_when(actor, site)
    if not since:
        return []
    words = ngettext(
        "One person waits to be admitted.", "%(num)s people wait to be admitted.", len(since)
    )
    return [Row(words, _("See who"), f"/sites/{site.public_id}/joining", since[0])]
