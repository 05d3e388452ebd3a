"""A school with members of every age and level, for the tests of trust."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import clock, crypto
from commons.permissions import Actor
from commons.roster.models import Group, Person, RosterEntry, SlotKind
from commons.roster.trust.models import TrustKind, TrustRecord
from commons.sites.models import Site
from tests import builders

OLD = dt.timedelta(days=60)


@dataclass
class Network:
    """Lincoln: its lead Rosa, and Vera, whom the district verified; both are roots."""

    site: Site
    rosa: Actor
    mara: Actor
    lead: Person
    vera: Person

    @classmethod
    def make(cls, cast: builders.Cast) -> Network:
        site = cast.lincoln
        lead = old_member(site, "Rosa Lead", slot=SlotKind.SITE_LEAD)
        vera = old_member(site, "Vera Verified")
        rosa, mara = builders.actor(cast.rosa), builders.actor(cast.mara)
        network = cls(site, rosa, mara, lead, vera)
        network.verified(vera)
        return network

    def verified(self, person: Person, until: dt.datetime | None = None) -> None:
        write(self.site, person, TrustKind.VERIFIED, until)

    def member(self, name: str = "Ana Member", *, old: bool = True) -> Person:
        return old_member(self.site, name) if old else new_member(self.site, name)

    def at_level_2(self, name: str = "Two Example") -> Person:
        """Somebody for whom both roots gave their word, long enough ago to leave them room."""
        from commons.roster.trust import service

        person = self.member(name)
        for root in (self.lead, self.vera):
            service.vouch(self.rosa, self.site, root, person)
        service.confirm(self.rosa, self.site, person)
        return person


def write(
    site: Site, person: Person, kind: TrustKind, until: dt.datetime | None = None
) -> TrustRecord:
    return TrustRecord.create(
        public_id=crypto.public_id(),
        site=site,
        person=person,
        kind=kind,
        since=clock.now(),
        until=until,
        recorded_by="test",
    )


def new_member(site: Site, name: str, slot: SlotKind | None = None) -> Person:
    return builders.a_person(site, Group.FAMILY, name=name, slot=slot)


def old_member(site: Site, name: str, slot: SlotKind | None = None) -> Person:
    person = new_member(site, name, slot)
    RosterEntry.update(since=clock.now() - OLD).where(RosterEntry.person == person).execute()
    return person
