"""What a person reads for the words of sites: kinds, states and postures."""

from __future__ import annotations

from commons.i18n import gettext
from commons.i18n import lazy_gettext as _l
from commons.sites.models import (
    BellEvent,
    DistrictKind,
    PointKind,
    PostureValue,
    SiteKind,
    SiteState,
)

POSTURES = {
    PostureValue.NORMAL: _l("Normal"),
    PostureValue.HOLD: _l("Hold"),
    PostureValue.SECURE: _l("Secure"),
    PostureValue.SHELTER: _l("Shelter"),
    PostureValue.CONTROLLED_RELEASE: _l("Controlled release"),
}

POSTURE_MEANINGS = {
    PostureValue.NORMAL: _l("The school day runs as usual."),
    PostureValue.HOLD: _l("Everyone stays in their rooms, and the halls are kept clear."),
    PostureValue.SECURE: _l("Everyone is inside, the outer doors are locked, and lessons go on."),
    PostureValue.SHELTER: _l("Everyone is inside in a safer place, until the school says more."),
    PostureValue.CONTROLLED_RELEASE: _l(
        "Children go home one after another, each with an adult whom the school knows."
    ),
}

SITE_KINDS = {
    SiteKind.PRESCHOOL: _l("Preschool"),
    SiteKind.ELEMENTARY: _l("Elementary school"),
    SiteKind.MIDDLE: _l("Middle school"),
    SiteKind.HIGH: _l("High school"),
    SiteKind.SPAN: _l("School for all grades"),
    SiteKind.ADULT: _l("Adult school"),
    SiteKind.ALTERNATIVE: _l("Alternative school"),
    SiteKind.SPECIAL: _l("Special education school"),
    SiteKind.OFFICE: _l("Office"),
    SiteKind.OTHER: _l("Other school"),
}

SITE_STATES = {
    SiteState.LISTED: _l("Does not use Farolito"),
    SiteState.OPEN: _l("Uses Farolito"),
    SiteState.CLOSED: _l("No longer a school"),
}

DISTRICT_KINDS = {
    DistrictKind.DISTRICT: _l("District"),
    DistrictKind.COUNTY_OFFICE: _l("County office of education"),
    DistrictKind.CHARTER_NETWORK: _l("Charter network"),
}

POINT_KINDS = {
    PointKind.SCHOOL: _l("School gate"),
    PointKind.LIBRARY: _l("Library"),
    PointKind.PARK: _l("Park"),
    PointKind.COMMUNITY_CENTER: _l("Community center"),
    PointKind.WORSHIP: _l("Place of worship"),
    PointKind.STORE: _l("Store"),
    PointKind.BUS_STOP: _l("Bus stop"),
    PointKind.CORNER: _l("Street corner"),
    PointKind.OTHER: _l("Another public place"),
}

BELL_EVENTS = {
    BellEvent.DOORS: _l("Doors open"),
    BellEvent.START: _l("School starts"),
    BellEvent.DISMISSAL: _l("School ends"),
    BellEvent.AFTER_SCHOOL: _l("After-school program ends"),
}

# By the eighth of the compass, from north over east.
DIRECTIONS = (
    _l("%(miles)s miles north", miles="%(miles)s"),
    _l("%(miles)s miles northeast", miles="%(miles)s"),
    _l("%(miles)s miles east", miles="%(miles)s"),
    _l("%(miles)s miles southeast", miles="%(miles)s"),
    _l("%(miles)s miles south", miles="%(miles)s"),
    _l("%(miles)s miles southwest", miles="%(miles)s"),
    _l("%(miles)s miles west", miles="%(miles)s"),
    _l("%(miles)s miles northwest", miles="%(miles)s"),
)


def far_words(miles: float, direction: int) -> str:
    """Return where a place lies from the school, such as `0.8 miles north`."""
    if miles < 0.05:
        return gettext("at the school")
    return str(DIRECTIONS[direction]) % {"miles": f"{miles:.1f}"}
