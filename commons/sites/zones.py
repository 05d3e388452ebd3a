"""Zones: coarse parts of a school's surroundings, by the names that families use."""

from __future__ import annotations

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import naming, order
from commons.sites.models import MeetingPoint, Site, Zone
from commons.sites.sheet import plain

MOST = 12  # more, and a zone would hold so few families that it names them
LONGEST = 60


def live(site: Site) -> list[Zone]:
    """Return the zones of a site that are in use, in their order."""
    return order.live(Zone, site)


def find(site: Site, public_id: str) -> Zone:
    """Return a zone of the site that is in use; raise NotFound."""
    for zone in live(site):
        if zone.public_id == public_id:
            return zone
    raise NotFound(_l("There is no such zone at this school."))


def add(actor: Actor, site: Site, name: str) -> Zone:
    """Add a zone at the end.

    Raises Invalid when the name is that of a home, a person or another zone, or when the site
    has twelve.
    """
    require(actor, "sites.describe", site)
    name = naming.checked(name, LONGEST)
    with transaction():
        record(actor, "zone.added", f"site:{site.public_id}", site=site.id, details={"name": name})
        _refuse_double(site, name)
        if len(live(site)) >= MOST:
            sentence = _l("A school has at most 12 zones. Retire one first.")
            raise Invalid(sentence, {"name": sentence})
        return Zone.create(site=site, name=name, position=order.last(Zone, site))


def rename(actor: Actor, site: Site, zone: Zone, name: str) -> None:
    """Give a zone another name; raise Invalid as `add` does, Conflict when it was retired."""
    require(actor, "sites.describe", site)
    name = naming.checked(name, LONGEST)
    with transaction():
        _record(actor, site, zone, "renamed", name=name)
        _refuse_double(site, name, besides=zone)
        mine = (Zone.id == zone.id) & (Zone.site == site) & Zone.retired_at.is_null()
        if not Zone.update(name=name).where(mine).execute():
            raise Conflict(order.MOVED)


def retire(actor: Actor, site: Site, zone: Zone) -> None:
    """Use a zone no more; its row stays, and its meeting points stand without a zone."""
    require(actor, "sites.describe", site)
    with transaction():
        _record(actor, site, zone, "retired")
        mine = (Zone.id == zone.id) & (Zone.site == site) & Zone.retired_at.is_null()
        if not Zone.update(retired_at=clock.now()).where(mine).execute():
            raise Conflict(order.MOVED)
        # A point that is retired too keeps the zone it had: that is its history.
        inside = (MeetingPoint.zone == zone) & MeetingPoint.retired_at.is_null()
        MeetingPoint.update(zone=None).where(inside).execute()


def _record(actor: Actor, site: Site, zone: Zone, act: str, **details: object) -> None:
    # First in its transaction: it locks the site's chain, so that two acts never cross.
    record(actor, f"zone.{act}", f"zone:{zone.public_id}", site=site.id, details=details)


def _refuse_double(site: Site, name: str, besides: Zone | None = None) -> None:
    for zone in live(site):
        if zone != besides and plain(zone.name) == plain(name):
            sentence = _l("There is a zone of this name already.")
            raise Invalid(sentence, {"name": sentence})
