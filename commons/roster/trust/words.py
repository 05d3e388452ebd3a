"""What a person reads about trust: the rungs of the ladder, records, and what is missing."""

from __future__ import annotations

from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.i18n import ngettext
from commons.roster.trust.models import TrustKind
from commons.roster.trust.service import Missing

RUNGS = (
    _l("Level 0: not seen yet"),
    _l("Level 1: seen by the site lead"),
    _l("Level 2: members gave their word, and the lead said yes"),
    _l("Level 3: verified by the district, or trained"),
)

KINDS = {
    TrustKind.SEEN: _l("Seen by the site lead"),
    TrustKind.VOUCHED: _l("The lead said yes to the members' word"),
    TrustKind.VERIFIED: _l("Verified by the district, or trained"),
    TrustKind.FROZEN: _l("Waits for a review"),
}


def next_step(missing: Missing) -> str:
    """Return in words what somebody lacks for the next level; empty at the highest."""
    if missing.frozen:
        return _("They wait for a review. Until it ends they are at level 0.")
    if missing.held:
        return _("Their Signal changed. Until somebody made sure of them they are at level 0.")
    if missing.level == 3:
        return ""
    if missing.level == 2:
        return _("For level 3 the district verifies them, or they finish a training.")
    if missing.words:
        words = ngettext(
            "One more member, from another branch, has to give their word for level 2.",
            "%(num)s members from different branches have to give their word for level 2.",
            missing.words,
        )
    else:
        words = _("For level 2 the site lead has to say yes to the members' word.")
    if missing.level == 0 and not missing.seen:
        return _("For level 1 the site lead has to see them.") + " " + words
    return words
