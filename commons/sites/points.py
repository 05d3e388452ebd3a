"""Meeting points: public places where people of a school meet; people have no coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import distance, naming, order
from commons.sites.models import MeetingPoint, PointKind, Site, Zone
from commons.sites.sheet import plain, tidy

MOST = 40  # fewer than five families a point would begin to name them
LONGEST = 100
FARTHEST_MILES = 15.0
PUBLIC_LIST = "public list of schools"  # the source of a school's gate, in English for all
SAME_PLACE_MILES = 30 / 1609.344  # thirty meters

NO_PLACE_OF_SCHOOL = _l(
    "Nobody knows yet where this school lies. Ask the operator to import the list of schools."
)
TOO_FAR = _l("This place is more than 15 miles from the school. Choose one nearby.")
NO_PLACE = _l("Enter latitude and longitude as a map shows them, like 34.0522, -118.2437.")


@dataclass(frozen=True)
class Wanted:
    """A meeting point as somebody wants it; `source` says where a suggestion came from."""

    name: str
    kind: PointKind
    latitude: float
    longitude: float
    zone: Zone | None = None
    source: str = ""


def live(site: Site) -> list[MeetingPoint]:
    """Return the meeting points of a site that are in use, in their order."""
    return order.live(MeetingPoint, site)


def find(site: Site, public_id: str) -> MeetingPoint:
    """Return a meeting point of the site that is in use; raise NotFound."""
    for point in live(site):
        if point.public_id == public_id:
            return point
    raise NotFound(_l("There is no such meeting point at this school."))


def add(actor: Actor, site: Site, wanted: Wanted) -> MeetingPoint:
    """Add a meeting point at the end.

    Raises Invalid with a sentence for `name` when it is a home, a person or there already, and
    for `place` when it is farther than 15 miles from the school or within 30 meters of another.
    """
    return add_all(actor, site, [wanted])[0]


def add_all(actor: Actor, site: Site, wanted: Sequence[Wanted]) -> list[MeetingPoint]:
    """Add several meeting points, all or none; raise Invalid as `add` does."""
    require(actor, "sites.describe", site)
    ready = [_checked(site, one) for one in wanted]
    with transaction():
        return [_insert(actor, site, one) for one in ready]


def _insert(actor: Actor, site: Site, wanted: Wanted) -> MeetingPoint:
    # The audit comes first: it locks the site's chain, so that two equal points never cross.
    subject, details = f"site:{site.public_id}", {"name": wanted.name, "kind": wanted.kind.value}
    record(actor, "meeting_point.added", subject, site=site.id, details=details)
    _refuse_double(site, wanted)
    if len(live(site)) >= MOST:
        sentence = _l("A school has at most 40 meeting points. Retire one first.")
        raise Invalid(sentence, {"name": sentence})
    position = order.last(MeetingPoint, site)
    return MeetingPoint.create(site=site, position=position, **_columns(wanted))


def change(actor: Actor, site: Site, point: MeetingPoint, wanted: Wanted) -> None:
    """Rename a meeting point, move it or put it into another zone; raise Invalid as `add` does.

    Raises Conflict when it was retired meanwhile.
    """
    require(actor, "sites.describe", site)
    if tidy(wanted.name) != point.name:
        wanted = replace(wanted, source="")  # no list has this name
    wanted = _checked(site, wanted)
    with transaction():
        _record(actor, site, point, "changed", name=wanted.name, kind=wanted.kind.value)
        _refuse_double(site, wanted, besides=point)
        if not MeetingPoint.update(**_columns(wanted)).where(_mine(site, point)).execute():
            raise Conflict(order.MOVED)


def retire(actor: Actor, site: Site, point: MeetingPoint) -> None:
    """Use a meeting point no more; its row stays, since an offer may point to it."""
    require(actor, "sites.describe", site)
    with transaction():
        _record(actor, site, point, "retired")
        if not MeetingPoint.update(retired_at=clock.now()).where(_mine(site, point)).execute():
            raise Conflict(order.MOVED)


def nearest_first(actor: Actor, site: Site) -> None:
    """Show the meeting points in the order of their distance from the school."""
    require(actor, "sites.describe", site)
    found = distance.nearest(site, live(site), within=math.inf)
    order.reorder(actor, site, MeetingPoint, [point.public_id for _far, point in found])


def _record(actor: Actor, site: Site, point: MeetingPoint, act: str, **details: object) -> None:
    subject = f"meeting_point:{point.public_id}"
    record(actor, f"meeting_point.{act}", subject, site=site.id, details=details)


def _mine(site: Site, point: MeetingPoint) -> object:
    same = (MeetingPoint.id == point.id) & (MeetingPoint.site == site)
    return same & MeetingPoint.retired_at.is_null()


def _columns(wanted: Wanted) -> dict[str, object]:
    return {
        "name": wanted.name,
        "kind": wanted.kind,
        "latitude": wanted.latitude,
        "longitude": wanted.longitude,
        "zone": wanted.zone,
        "source": wanted.source,
    }


def _checked(site: Site, wanted: Wanted) -> Wanted:
    name = tidy(wanted.name)
    if wanted.source != PUBLIC_LIST:  # a school is called what it is called
        name = naming.checked(name, LONGEST, published=bool(wanted.source))
    if wanted.zone is not None and wanted.zone.site_id != site.id:
        raise NotFound(_l("There is no such zone at this school."))
    latitude, longitude = wanted.latitude, wanted.longitude
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise _refused(NO_PLACE)
    # Five decimals are a meter: more would only pretend.
    place = {"latitude": round(latitude, 5), "longitude": round(longitude, 5)}
    tidied = Wanted(name, wanted.kind, zone=wanted.zone, source=wanted.source[:120], **place)
    far = distance.miles(site, tidied)
    if far is None:
        raise _refused(NO_PLACE_OF_SCHOOL)
    if far > FARTHEST_MILES:
        raise _refused(TOO_FAR)
    return tidied


def _refuse_double(site: Site, wanted: Wanted, besides: MeetingPoint | None = None) -> None:
    for point in live(site):
        if point == besides:
            continue
        if plain(point.name) == plain(wanted.name):
            sentence = _l("There is a meeting point of this name already.")
            raise Invalid(sentence, {"name": sentence})
        far = distance.miles(point, wanted)
        if far is not None and far <= SAME_PLACE_MILES:
            raise _refused(
                _l("The meeting point %(name)s is at the same place already.", name=point.name)
            )


def _refused(sentence: object) -> Invalid:
    return Invalid(sentence, {"place": sentence})
