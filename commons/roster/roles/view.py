"""What a page shows of roles: every one, its people in calling order, and its gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from commons.permissions import Actor, require
from commons.roster import gaps, slots
from commons.roster.gaps import Gap
from commons.roster.holders import Holder, district_holders, site_holders, unended
from commons.roster.kinds import KINDS, Level
from commons.roster.listing import first_name
from commons.roster.models import Group, Person, RosterEntry, SlotKind
from commons.roster.numbers import ending
from commons.roster.reach import Reason
from commons.roster.slots import allow
from commons.sites.models import District, Site, SiteKind, SiteState

MOST_PEOPLE = 500


@dataclass(frozen=True)
class Shown:
    """One holder of a role; `since` only where it lies ahead."""

    assignment_id: str
    name: str
    backup: bool
    since: dt.datetime | None
    until: dt.datetime | None
    origin: str  # whose they are, where they are not the place's own
    reason: Reason | None


@dataclass(frozen=True)
class Role:
    """One role with its holders in calling order."""

    kind: SlotKind
    level: Level
    people: tuple[Shown, ...]
    gap: Gap | None


@dataclass(frozen=True)
class Choice:
    """Somebody who can be given a role."""

    public_id: str
    words: str


def site_roles(actor: Actor, site: Site) -> list[Role]:
    """Return every role of a site, with the people of its district and county office."""
    require(actor, "roster.view", site)
    found = site_holders(site, unended())
    reasons = gaps.reasons_of(found, site)
    return _roles(slots.kinds_for(site), found, gaps.of_site(site), reasons, own=None)


def district_roles(actor: Actor, district: District) -> list[Role]:
    """Return every role of a district or county office itself."""
    allow(actor, district)
    found = district_holders(district, unended())
    reasons = gaps.reasons_of(found, home_site(district))
    kinds = slots.kinds_for(district)
    return _roles(kinds, found, gaps.of_district(district), reasons, own=district)


def _roles(
    kinds: Iterable[SlotKind],
    found: list[Holder],
    open_gaps: Iterable[Gap],
    reasons: dict[int, Reason],
    own: District | None,
) -> list[Role]:
    missing = {gap.kind: gap for gap in open_gaps}
    return [
        Role(
            kind=kind,
            level=KINDS[kind].level,
            people=tuple(_shown(h, reasons, own) for h in found if h.kind == kind),
            gap=missing.get(kind),
        )
        for kind in kinds
    ]


def _shown(holder: Holder, reasons: dict[int, Reason], own: District | None) -> Shown:
    row, office = holder.assignment, holder.district
    return Shown(
        assignment_id=row.public_id,
        name=first_name(holder.person.reveal("name")),
        backup=row.backup,
        since=row.since if holder.ahead else None,
        until=row.until,
        origin=office.name if office is not None and office != own else "",
        reason=reasons.get(holder.person.id),
    )


def district_sites(district: District) -> list[Site]:
    """Return the open sites of a district, its office first, then by name."""
    rows = Site.select().where(Site.district == district, Site.state == SiteState.OPEN)
    return sorted(rows, key=lambda site: (site.kind != SiteKind.OFFICE, site.name, site.id))


def home_site(district: District) -> Site | None:
    """Return the district's own office, or its first open site; None where it has none."""
    return next(iter(district_sites(district)), None)


def choices(site: Site | None) -> list[Choice]:
    """Return whom a site can give a role, without its families, in the order of their names.

    Somebody of a family is given a role on the page of their own.
    """
    if site is None:
        return []
    here = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site, RosterEntry.group != Group.FAMILY, RosterEntry.until.is_null()
    )
    rows = Person.select().where(Person.id.in_(here)).order_by(Person.id).limit(MOST_PEOPLE)
    endings = _endings(list(rows))
    found = [
        Choice(person.public_id, " · ".join(filter(None, (name, endings.get(person.id)))))
        for person in rows
        for name in (first_name(person.reveal("name")),)
    ]
    return sorted(found, key=lambda choice: choice.words)


def _endings(people: list[Person]) -> dict[int, str]:
    found: dict[int, str] = {}
    for person in people:
        for method in person.methods:
            found.setdefault(person.id, ending(method.reveal("value")))
    return found
