"""Which roles have a gap: nobody fills them, or nobody who does can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.roster.holders import Holder, district_holders, site_holders
from commons.roster.kinds import ORDER, Level, required
from commons.roster.models import Slot, SlotKind
from commons.roster.reach import REASONS, Reason, among
from commons.roster.words import SLOTS
from commons.sites.models import District, DistrictKind, Site, SiteState
from commons.sites.scope import WholeDistrict


@dataclass(frozen=True)
class Gap:
    """A role that must be filled, and why nobody answers for it; no reason: nobody fills it."""

    kind: SlotKind
    reason: Reason | None = None

    @property
    def words(self) -> object:
        """Return the gap in words with its reason, for those who may see the roster."""
        role = SLOTS[self.kind]
        if self.reason is None:
            return role
        return _l("%(role)s: %(why)s", role=role, why=REASONS[self.reason])


def of_site(site: Site) -> list[Gap]:
    """Return the gaps of a site, in calling order.

    A role is no gap while one of its holders can be reached, backups and those of the district
    included: somebody's STOP opens one where they were the last.
    """
    rows = Slot.select(Slot.kind).where(Slot.site == site, Slot.required)
    wanted = sorted((row.kind for row in rows), key=ORDER.__getitem__)
    return _gaps(wanted, site_holders(site), site) if wanted else []


def of_district(district: District) -> list[Gap]:
    """Return which roles of a district or county office itself have a gap."""
    levels = [Level.DISTRICT]
    if district.kind == DistrictKind.COUNTY_OFFICE:
        levels = [Level.COUNTY_OFFICE]
    site = Site.select().where(Site.district == district).order_by(Site.id).first()
    return _gaps(required(*levels), district_holders(district), site)


def _gaps(wanted: Iterable[SlotKind], found: list[Holder], site: Site | None) -> list[Gap]:
    reasons = reasons_of(found, site)
    gaps = []
    for kind in wanted:
        people = [holder.person.id for holder in found if holder.kind == kind]
        if not people:
            gaps.append(Gap(kind))
        elif all(reasons.get(person) for person in people):
            gaps.append(Gap(kind, reasons[people[0]]))
    return gaps


def reasons_of(found: Iterable[Holder], site: Site | None) -> dict[int, Reason]:
    """Return why holders cannot be reached, by the person's key; those who can are left out."""
    if site is None:
        return {}
    people = sorted({holder.person.id for holder in found})
    return {row.person_id: row.reason for row in among(site, people).left_out}


@dataclass(frozen=True)
class Uncovered:
    """A site and its gaps."""

    site: Site
    gaps: list[Gap]


def board(actor: Actor, district: District) -> list[Uncovered]:
    """Return the open sites of a district that have a gap, by name (RO1)."""
    require(actor, "roster.slots-district", WholeDistrict(district.id))
    sites = Site.select().where(Site.district == district, Site.state == SiteState.OPEN)
    found = [Uncovered(site, of_site(site)) for site in sites.order_by(Site.name, Site.id)]
    return [one for one in found if one.gaps]
