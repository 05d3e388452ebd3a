"""What a page shows of the people of a site: enough to tell them apart, no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from commons import i18n
from commons.permissions import Actor, may, require
from commons.roster import consent, slots
from commons.roster.models import ConsentState, ContactMethod, Group, Person, RosterEntry, SlotKind
from commons.roster.numbers import ending
from commons.roster.reach import Reason, among
from commons.sites.models import Site
from commons.sites.paging import Page, page

SIZE = 50


@dataclass(frozen=True)
class Listed:
    """One person in a list: a first name, the last two digits, and why they cannot be reached."""

    public_id: str
    name: str
    ending: str
    language: str
    groups: tuple[Group, ...]
    slots: tuple[SlotKind, ...]
    reason: Reason | None


@dataclass(frozen=True)
class Details(Listed):
    """One person on a page of their own, with the name they chose and what they agreed to."""

    consent: ConsentState | None = None
    source: str = ""
    since: dt.datetime | None = None
    language_code: str = field(default=i18n.DEFAULT)


def first_name(name: str) -> str:
    """Return how a list names somebody."""
    return name.split()[0] if name.split() else ""


def roster_page(
    actor: Actor,
    site: Site,
    group: Group | None = None,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = SIZE,
) -> Page[Listed]:
    """Return one page of the people on a site's roster, in the order in which they came.

    `after` and `before` are the public id of the person at the page's edge.
    """
    require(actor, "roster.view", site)
    here = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site, RosterEntry.until.is_null()
    )
    if group is not None:
        here = here.where(RosterEntry.group == group)
    found = page(
        Person.select().where(Person.id.in_(here)),
        (Person.id,),
        size,
        after=_edge(after),
        before=_edge(before),
    )
    return Page(_listed(site, found.rows), found.has_previous, found.has_next)


def _edge(public_id: str | None) -> Person | None:
    return Person.get_or_none(Person.public_id == public_id) if public_id else None


def details(actor: Actor, site: Site, person: Person) -> Details:
    """Return what a person's page shows; the number itself has to be asked for, with a reason."""
    require(actor, "roster.view", site)
    listed, agreed = _listed(site, [person])[0], consent.of(person, site)
    return Details(
        **{**vars(listed), "name": person.reveal("name")},
        consent=agreed.state if agreed else None,
        # Words that somebody typed about a person are for those who keep the records.
        source=agreed.reveal("source") if agreed and may(actor, "roster.edit", site) else "",
        since=(agreed.withdrawn_at or agreed.since) if agreed else None,
        language_code=person.language,
    )


def _listed(site: Site, persons: list[Person]) -> list[Listed]:
    ids = [person.id for person in persons]
    filled, groups, endings = slots.kinds_of(site), _groups(site, ids), _endings(ids)
    reasons = {row.person_id: row.reason for row in among(site, ids).left_out}
    return [
        Listed(
            public_id=person.public_id,
            name=first_name(person.reveal("name")),
            ending=endings.get(person.id, ""),
            language=i18n.language(person.language).name,
            groups=tuple(groups.get(person.id, ())),
            slots=tuple(filled.get(person.id, ())),
            reason=reasons.get(person.id),
        )
        for person in persons
    ]


def _groups(site: Site, ids: Iterable[int]) -> dict[int, list[Group]]:
    rows: Any = RosterEntry.select(RosterEntry.person, RosterEntry.group)
    rows = rows.where(
        RosterEntry.site == site, RosterEntry.person.in_(ids), RosterEntry.until.is_null()
    )
    found: dict[int, list[Group]] = {}
    for person_id, group in rows.order_by(RosterEntry.id).tuples():
        found.setdefault(person_id, []).append(group)
    return found


def _endings(ids: Iterable[int]) -> dict[int, str]:
    methods = ContactMethod.select().where(ContactMethod.person.in_(ids))
    found: dict[int, str] = {}
    for method in methods.order_by(ContactMethod.position, ContactMethod.id):
        found.setdefault(method.person_id, ending(method.reveal("value")))
    return found
