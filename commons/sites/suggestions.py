"""Suggests meeting points: public places that we know already, spread around a school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import directory, distance, order, points, service
from commons.sites.directory import Place
from commons.sites.models import MeetingPoint, PointKind, Site, SiteKind
from commons.sites.points import Wanted
from commons.sites.sheet import plain
from commons.sites.spread import farthest_first

# Enough to start with; once they are taken, the next twelve make the 24 that are advised for many
# families (research/mutual-aid-and-referrals.md §11.2).
START = 12
LEAST_MILES = 0.1  # nearer than that, two points are one walk
NEAR = (1.0, 1.5, 2.0, 3.0, 5.0)  # how far children live from a small school, and farther
WIDE = (2.0, 3.0, 5.0)  # from a middle or high school
SMALL = frozenset({SiteKind.PRESCHOOL, SiteKind.ELEMENTARY})


@dataclass(frozen=True)
class Suggestion:
    """A place that could become a meeting point, and where it lies from the school."""

    place: Place
    miles: float
    direction: int  # the eighth of the compass, 0 is north


def suggestions(site: Site, limit: int = START) -> list[Suggestion]:
    """Return places around a school, nearest first, that with its own points cover it well.

    They are chosen by farthest-point sampling from the smallest circle that holds enough of
    them, so the same places always give the same answer. None where the school's place is not
    known.
    """
    if site.latitude is None or site.longitude is None:
        return []
    taken = points.live(site)
    names = {plain(point.name) for point in taken}
    candidates = _around(site, limit, names)
    spots = [distance.offset(site, place) for place in candidates]
    # The school itself counts as taken: nobody needs a second point at its gate.
    own = [(0.0, 0.0), *(distance.offset(site, point) for point in taken)]
    chosen = [candidates[at] for at in farthest_first(spots, own, limit, LEAST_MILES)]
    found = [_suggestion(site, place) for place in chosen]
    return sorted(found, key=lambda one: (one.miles, one.place.key))


def _suggestion(site: Site, place: Place) -> Suggestion:
    far = distance.miles(site, place)
    assert far is not None
    return Suggestion(place, far, distance.direction(site, place))


def _around(site: Site, limit: int, names: set[str]) -> list[Place]:
    circles = NEAR if site.kind in SMALL else WIDE
    found = [
        (far, place) for far, place in _known(site, circles[-1]) if plain(place.name) not in names
    ]
    for circle in circles:
        inside = [place for far, place in found if far <= circle]
        if len(inside) >= limit:
            break
    return sorted(inside, key=lambda place: place.key)


def _known(site: Site, within: float) -> list[tuple[float, Place]]:
    schools = [_gate(near.site) for near in service.neighbours(site, within, limit=None)]
    south, north, west, east = distance.box(site, within)
    others = [
        place
        for place in directory.known()
        if south <= place.latitude <= north and west <= place.longitude <= east
    ]
    return distance.nearest(site, [*schools, *others], within=within)


def _gate(school: Site) -> Place:
    assert school.latitude is not None
    assert school.longitude is not None
    return Place(
        key=school.public_id,
        name=school.name[: points.LONGEST],
        kind=PointKind.SCHOOL,
        latitude=school.latitude,
        longitude=school.longitude,
        source=points.PUBLIC_LIST,
    )


def take(actor: Actor, site: Site, keys: Sequence[str]) -> list[MeetingPoint]:
    """Make meeting points of the suggested places with these keys, all or none.

    Raises Invalid for `keys` when nothing was chosen or a place cannot become a point, and
    Conflict when a place is not known any more.
    """
    require(actor, "sites.describe", site)
    if not keys:
        sentence = _l("Choose at least one place.")
        raise Invalid(sentence, {"keys": sentence})
    if site.latitude is None or site.longitude is None:
        raise Invalid(points.NO_PLACE_OF_SCHOOL, {"keys": points.NO_PLACE_OF_SCHOOL})
    known = {place.key: (far, place) for far, place in _known(site, points.FARTHEST_MILES)}
    if not known.keys() >= set(keys):
        raise Conflict(order.MOVED)
    chosen = sorted((known[key] for key in set(keys)), key=lambda pair: (pair[0], pair[1].key))
    try:
        return points.add_all(actor, site, [_wanted(place) for _far, place in chosen])
    except Invalid as refusal:
        raise Invalid(refusal.sentence, {"keys": refusal.sentence}) from None


def _wanted(place: Place) -> Wanted:
    return Wanted(
        name=place.name,
        kind=place.kind,
        latitude=place.latitude,
        longitude=place.longitude,
        source=place.source,
    )
