"""Plain functions that put things into the database, with defaults for what does not matter."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from commons import clock, crypto
from commons.accounts.models import Account, Membership
from commons.database import transaction
from commons.permissions import Actor, Grant, Role
from commons.roster.joining import codes
from commons.roster.joining.models import Invite
from commons.roster.models import (
    Assignment,
    Consent,
    ConsentState,
    ContactMethod,
    Group,
    MethodKind,
    Person,
    RosterEntry,
    Slot,
    SlotKind,
)
from commons.sites.models import (
    District,
    DistrictKind,
    MeetingPoint,
    PointKind,
    Site,
    SiteKind,
    SitePlace,
    SiteState,
    Zone,
)

_counter = itertools.count(1)
AREA_CODES = (213, 310, 323, 424, 562, 626, 661, 714, 747, 818, 909, 949)


def a_number(n: int | None = None) -> str:
    """Return a number that no telephone has: 555-0100 to 555-0199 in several area codes."""
    if n is None:
        # 555-0142 is the example that forms show, 555-0100 the relay's own number.
        n = next(number for number in _counter if number % 100 not in (0, 42))
    return f"+1{AREA_CODES[n // 100 % len(AREA_CODES)]}55501{n % 100:02d}"


def a_district(name: str = "Harbor Unified", **given: Any) -> District:
    """Make a district."""
    values = {"kind": DistrictKind.DISTRICT, "code": f"D{next(_counter)}", "state": "CA"}
    return District.create(name=name, **{**values, **given})


def a_site(
    name: str = "Lincoln Elementary", district: District | None = None, **given: Any
) -> Site:
    """Make a site that is open and has two places and the slots of its core."""
    values = {"kind": SiteKind.ELEMENTARY, "state": SiteState.OPEN, "languages": "en es"}
    site = Site.create(name=name, district=district or a_district(), **{**values, **given})
    for position, key in enumerate(("main_entrance", "side_gate")):
        SitePlace.create(site=site, key=key, position=position)
    return site


def a_zone(site: Site, name: str = "North side", **given: Any) -> Zone:
    """Make a zone of a site."""
    return Zone.create(site=site, name=name, **given)


def a_point(site: Site, name: str = "Harbor Library", **given: Any) -> MeetingPoint:
    """Make a meeting point of a site, a mile north of where the cast's schools would be."""
    values = {"kind": PointKind.LIBRARY, "latitude": 34.0145, "longitude": -118.0}
    return MeetingPoint.create(site=site, name=name, **{**values, **given})


def a_person(
    site: Site,
    group: Group = Group.STAFF,
    *,
    name: str = "Ana Example",
    language: str = "en",
    number: str | None = "",
    consent: ConsentState | None = ConsentState.GIVEN,
    slot: SlotKind | None = None,
) -> Person:
    """Make a person on a site's roster; `number=None` leaves them without a contact method."""
    now, public_id = clock.now(), crypto.public_id()
    sealed = Person.sealed(public_id, name=name)
    person = Person.create(public_id=public_id, language=language, created_at=now, **sealed)
    RosterEntry.create(site=site, person=person, group=group, since=now)
    if number is not None:
        a_method(person, number or a_number())
    if consent is not None:
        a_consent(person, site, consent)
    if slot is not None:
        fill(site, slot, person)
    return person


def a_consent(person: Person, site: Site, state: ConsentState = ConsentState.GIVEN) -> Consent:
    """Write down what a person agreed to at a site."""
    public_id = crypto.public_id()
    return Consent.create(
        public_id=public_id,
        person=person,
        site=site,
        state=state,
        recorded_by="test",
        since=clock.now(),
        **Consent.sealed(public_id, source="test"),
    )


def a_method(person: Person, number: str, aci: str | None = None) -> ContactMethod:
    """Give a person a Signal number, and an account id where it is known."""
    public_id = crypto.public_id()
    return ContactMethod.create(
        public_id=public_id,
        person=person,
        kind=MethodKind.SIGNAL,
        value_index=ContactMethod.value_index.of(number),
        recipient_index=ContactMethod.recipient_index.of(aci) if aci else None,
        **ContactMethod.sealed(public_id, value=number, recipient=aci),
    )


def fill(site: Site, kind: SlotKind, person: Person) -> Slot:
    """Put a person into a slot of a site."""
    slot, _ = Slot.get_or_create(site=site, kind=kind, defaults={"required": True})
    Assignment.create(slot=slot, person=person, since=clock.now())
    return slot


def an_invite(site: Site, group: Group = Group.FAMILY, **given: Any) -> Invite:
    """Make a site's invite; its code can be revealed."""
    public_id, code, now = crypto.public_id(), codes.make(), clock.now()
    values = {"most_uses": 25, "made_by": "test", "expires_at": now + dt.timedelta(hours=72)}
    return Invite.create(
        public_id=public_id,
        site=site,
        group=group,
        made_at=now,
        code_index=Invite.code_index.of(code),
        **{**values, **given},
        **Invite.sealed(public_id, code=code),
    )


def a_guest(language: str = "es", number: str | None = None) -> Person:
    """Make somebody who wrote to the relay and whom nobody knows yet."""
    public_id = crypto.public_id()
    person = Person.create(
        public_id=public_id,
        language=language,
        created_at=clock.now(),
        **Person.sealed(public_id, name=""),
    )
    a_method(person, number or a_number())
    return person


def number_of(person: Person) -> str:
    """Return a person's number, as only a test may read it."""
    return ContactMethod.get(ContactMethod.person == person).reveal("value")


def an_account(
    role: Role | None = Role.SITE_LEAD,
    site: Site | None = None,
    *,
    name: str = "Rosa Example",
    district: District | None = None,
) -> Account:
    """Make an account with one role; without a site or district it reaches everywhere."""
    public_id, sign_in_name = crypto.public_id(), f"person{next(_counter)}@farolito.test"
    account = Account.create(
        public_id=public_id,
        created_at=clock.now(),
        sign_in_index=Account.sign_in_index.of(sign_in_name),
        **Account.sealed(public_id, name=name, sign_in_name=sign_in_name),
    )
    if role is not None:
        Membership.create(
            account=account,
            role=role,
            site=site,
            district=district,
            since=clock.now(),
            granted_by="test",
        )
    return account


def actor(account: Account, fresh_at: dt.datetime | None = None) -> Actor:
    """Return the account as an actor, as if it had just signed in."""
    grants = frozenset(
        Grant(row.role, row.site_id, row.district_id)
        for row in Membership.select().where(Membership.account == account)
    )
    ref = f"account:{account.public_id}"
    return Actor(ref, grants, account.id, fresh_at or clock.now())


@dataclass
class Cast:
    """The people every feature is tested with."""

    district: District
    lincoln: Site
    other_school: Site
    rosa: Account  # leads Lincoln
    dev: Account  # Lincoln's front desk
    mara: Account  # administrator of Lincoln
    carmen: Account  # counselor at Lincoln
    amina: Account  # a parent at Lincoln
    luis: Account  # a volunteer at Lincoln
    ines: Account  # leads another school: must see nothing of Lincoln
    noor: Account  # dispatcher of the network
    dana: Account  # district administrator
    stranger: Account  # signed in, with no role anywhere

    @classmethod
    def make(cls) -> Cast:
        """Make two schools in two districts and everybody in them."""
        with transaction():
            return cls._made()

    @classmethod
    def _made(cls) -> Cast:
        district = a_district()
        lincoln = a_site("Lincoln Elementary", district)
        other = a_site("Brookside Middle", a_district("Valley Unified"))
        return cls(
            district=district,
            lincoln=lincoln,
            other_school=other,
            rosa=an_account(Role.SITE_LEAD, lincoln, name="Rosa Example"),
            dev=an_account(Role.FRONT_DESK, lincoln, name="Dev Example"),
            mara=an_account(Role.ADMINISTRATOR, lincoln, name="Mara Example"),
            carmen=an_account(Role.COUNSELOR, lincoln, name="Carmen Example"),
            amina=an_account(Role.PARENT, lincoln, name="Amina Example"),
            luis=an_account(Role.VOLUNTEER, lincoln, name="Luis Example"),
            ines=an_account(Role.SITE_LEAD, other, name="Ines Example"),
            noor=an_account(Role.DISPATCHER, name="Noor Example"),
            dana=an_account(Role.DISTRICT_ADMINISTRATOR, district=district, name="Dana Example"),
            stranger=an_account(None, name="Sam Example"),
        )
