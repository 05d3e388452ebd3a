"""What a person reads for the words of sites: kinds, states and postures."""

from __future__ import annotations

from commons.i18n import lazy_gettext as _l
from commons.sites.models import DistrictKind, PostureValue, SiteKind, SiteState

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
