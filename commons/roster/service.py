"""What is done with the people of a site: add, list, show a number, remove, forget.

Consent, slots and reach have modules of their own; their verbs are named here as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from peewee import IntegrityError, fn

from commons import clock, crypto, i18n, limits
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.retention import held_subjects
from commons.roster import consent as consents
from commons.roster import slots
from commons.roster.consent import give_consent, resume_everywhere, withdraw, withdraw_everywhere
from commons.roster.models import (
    ConsentState,
    ContactMethod,
    Group,
    MethodKind,
    Person,
    RosterEntry,
)
from commons.roster.numbers import e164, ending, spaced
from commons.roster.slots import assign, unassign
from commons.sites.models import Site
from commons.sites.sheet import plain, tidy

__all__ = (
    "add_person",
    "assign",
    "counts",
    "ending",
    "forget_person",
    "give_consent",
    "owner",
    "person_at",
    "remove_person",
    "resume_everywhere",
    "reveal_number",
    "unassign",
    "withdraw",
    "withdraw_everywhere",
)
LONGEST_NAME = 100
# What stands above the roster takes what it holds of a person whom somebody forgets.
when_forgotten: list[Callable[[Person], None]] = []
# What else ends when somebody leaves a site's roster, in the same transaction.
when_removed: list[Callable[[Actor, Site, Person], object]] = []
ENTER_A_NAME = _l("Enter the name that they want to be called by.")
OTHER_NAME = _l(
    "This number already belongs to somebody with another name. Check the name and the number."
)


def checked_name(text: str) -> str:
    """Return a name with single spaces; raise Invalid when there is none, or too much of it."""
    name = tidy(text)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(ENTER_A_NAME, {"name": ENTER_A_NAME})
    return name


def checked_language(text: str) -> str:
    """Return the language that a word means; raise Invalid when we do not speak it."""
    code = i18n.pick(text)
    if code is None:
        sentence = _l("Messages cannot be sent in “%(language)s” yet.", language=text)
        raise Invalid(sentence, {"language": sentence})
    return code


def same_name(one: str, other: str) -> bool:
    """Return whether two names differ in no more than capitals, accents and spaces."""
    return plain(one) == plain(other)


def add_person(
    actor: Actor,
    site: Site,
    *,
    name: str,
    language: str,
    group: Group,
    number: str | None = None,
    source: str = "added by the site",
    consent: ConsentState = ConsentState.INVITED,
) -> Person:
    """Put somebody on a site's roster; a person whom the number already belongs to is that person.

    Raises Invalid for a number, name or language that cannot be used, Conflict when the number
    belongs to somebody with another name, or when they are in this group already.
    """
    require(actor, "roster.edit", site)
    name, language = checked_name(name), checked_language(language)
    number, source = number and e164(number), consents.checked_source(source)
    with transaction():
        person = owner(number) if number else None
        if person is None:
            person = _create(name, language, number)
        elif not same_name(person.reveal("name"), name):
            raise Conflict(OTHER_NAME)
        enter(site, person, group)
        if consents.of(person, site) is None:
            consents.start(person, site, consent, source, actor.ref)
        elif consent == ConsentState.GIVEN:
            consents.give_consent(actor, person, site, source)
        record(
            actor,
            "person.added",
            f"person:{person.public_id}",
            site=site.id,
            details={"group": group},
        )
    return person


def owner(number: str) -> Person | None:
    """Return the person whom a number in E.164 belongs to."""
    return (
        Person.select()
        .join(ContactMethod)
        .where(
            ContactMethod.kind == MethodKind.SIGNAL,
            ContactMethod.value_index == ContactMethod.value_index.of(number),
        )
        .get_or_none()
    )


def _create(name: str, language: str, number: str | None) -> Person:
    public_id = crypto.public_id()
    person = Person.create(
        public_id=public_id,
        language=language,
        created_at=clock.now(),
        **Person.sealed(public_id, name=name),
    )
    if number:
        add_number(person, number)
    return person


def add_number(person: Person, number: str) -> ContactMethod:
    """Give a person a Signal number in E.164; raise Conflict if it is somebody else's."""
    public_id = crypto.public_id()
    position = ContactMethod.select().where(ContactMethod.person == person).count()
    try:
        with transaction():
            return ContactMethod.create(
                public_id=public_id,
                person=person,
                kind=MethodKind.SIGNAL,
                position=position,
                value_index=ContactMethod.value_index.of(number),
                **ContactMethod.sealed(public_id, value=number),
            )
    except IntegrityError:
        raise Conflict(OTHER_NAME) from None


def enter(site: Site, person: Person, group: Group) -> None:
    """Put a person into a group of a site, inside the caller's transaction.

    Raises Conflict when they are in it already.
    """
    entry = RosterEntry.get_or_none(
        RosterEntry.site == site, RosterEntry.person == person, RosterEntry.group == group
    )
    if entry is None:
        RosterEntry.create(site=site, person=person, group=group, since=clock.now())
        return
    back = RosterEntry.update(until=None, since=clock.now())
    if not back.where(RosterEntry.id == entry.id, RosterEntry.until.is_null(False)).execute():
        raise Conflict(_l("This person is already on the roster in this group."))


def person_at(site: Site, public_id: str) -> Person:
    """Return a person who is on the site's roster now; raise NotFound for everybody else."""
    here = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site, RosterEntry.until.is_null()
    )
    person = Person.get_or_none(Person.public_id == public_id, Person.id.in_(here))
    if person is None:
        raise NotFound(_l("This person is not on the roster of this site."))
    return person


def counts(site: Site) -> dict[Group, int]:
    """Return how many persons each group of the site has now."""
    rows: Any = RosterEntry.select(RosterEntry.group, fn.COUNT(RosterEntry.id))
    rows = rows.where(RosterEntry.site == site, RosterEntry.until.is_null())
    found = dict(rows.group_by(RosterEntry.group).tuples())
    return {group: found.get(group, 0) for group in Group}


def reveal_number(actor: Actor, site: Site, person: Person, reason: str) -> str:
    """Return a person's number for one look; who looked and why is written down first.

    Raises Invalid without a reason, NotFresh, RateLimited after too many looks, NotFound where
    there is no number.
    """
    require(actor, "roster.reveal", site)
    reason = tidy(reason)
    if len(reason) < 4 or len(reason) > 200:
        sentence = _l("Say in a few words why you need the number.")
        raise Invalid(sentence, {"reason": sentence})
    require_fresh(actor)
    limits.hit("reveal", actor.ref)
    with transaction():
        method = ContactMethod.select().where(ContactMethod.person == person)
        found = method.order_by(ContactMethod.position, ContactMethod.id).first()
        if found is None:
            raise NotFound(_l("There is no number for this person."))
        record(
            actor,
            "number.revealed",
            f"person:{person.public_id}",
            site=site.id,
            details={"reason": reason},
        )
    return spaced(found.reveal("value"))


def remove_person(actor: Actor, site: Site, person: Person) -> None:
    """Take a person off a site's roster and out of its slots; raise Conflict if they had gone."""
    require(actor, "roster.edit", site)
    with transaction():
        gone = RosterEntry.update(until=clock.now()).where(
            RosterEntry.site == site, RosterEntry.person == person, RosterEntry.until.is_null()
        )
        if not gone.execute():
            raise Conflict(_l("This person is no longer on the roster."))
        slots.end(site, person)
        for action in when_removed:
            action(actor, site, person)
        record(actor, "person.removed", f"person:{person.public_id}", site=site.id)


def forget_person(actor: Actor, person: Person) -> None:
    """Erase a person with everything that says who they are, at every site they are on.

    The actor must be allowed to at each of these sites and freshly signed in. Raises Conflict
    under a legal hold.
    """
    sites = list(Site.select().join(RosterEntry).where(RosterEntry.person == person).distinct())
    require(actor, "roster.erase")
    for site in sites:
        require(actor, "roster.erase", site)
    require_fresh(actor)
    covered = {"everything", f"person:{person.public_id}"}
    covered |= {f"site:{site.public_id}" for site in sites}
    if covered & set(held_subjects()):
        raise Conflict(_l("A legal hold covers this person. Nothing may be erased until it ends."))
    with transaction():
        for forget in when_forgotten:
            forget(person)
        for site in sites:
            record(actor, "person.forgotten", f"person:{person.public_id}", site=site.id)
        Person.delete().where(Person.id == person.id).execute()
