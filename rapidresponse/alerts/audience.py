"""Who hears a version: one message a person, as the audience that is told most.

The audience is read once, inside the transaction that sends, and frozen as message rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from peewee import SQL

from commons.accounts import holding
from commons.database import database
from commons.i18n import lazy_gettext as _l
from commons.messaging.models import Message, MessageState, MessageText, Topic
from commons.permissions import Role
from commons.roster import agreed
from commons.roster.models import ConsentState, Group, RosterEntry, SlotKind
from commons.roster.reach import REASONS, among, in_slots
from commons.sites import distance
from commons.sites.models import Site, SiteState
from rapidresponse.alerts.models import Alert, AlertVersion

CORE, STAFF, DISTRICT, DISPATCHERS = "A1", "A2", "A3", "A4"
RESPONDERS, NEIGHBOURS, PARTNERS, FAMILIES = "A6", "A7", "A8", "A9"
# Who is told most comes first.
ORDER = (CORE, DISTRICT, DISPATCHERS, STAFF, RESPONDERS, NEIGHBOURS, PARTNERS, FAMILIES)
# Whom an unverified claim may reach.
NARROW = (CORE, DISTRICT, DISPATCHERS)
CORE_SLOTS = (SlotKind.SITE_LEAD, SlotKind.BACKUP_LEAD, SlotKind.SCHOOL_ADMINISTRATOR)
NEAR, MOST_NEIGHBOURS = 2.0, 6  # miles, and schools
# A version's own messages, and those that say that nobody has decided about it.
UNANSWERED = "alert-unanswered"
# Not in force, or taken back: these never reached anybody.
UNREACHED = (MessageState.HELD, MessageState.CANCELLED)
NOT_REVIEWED = "not_reviewed"

WHY_LEFT_OUT = {
    **{reason.value: sentence for reason, sentence in REASONS.items()},
    NOT_REVIEWED: _l("Nobody has reviewed the words in their language."),
}


@dataclass(frozen=True)
class Source:
    """Where the people of an audience stand at a site: their roles, groups, and accounts."""

    slots: tuple[SlotKind, ...] = ()
    groups: tuple[Group, ...] = ()
    accounts: Role | None = None


SOURCES = {
    CORE: Source(CORE_SLOTS),
    DISTRICT: Source(
        (
            SlotKind.DISTRICT_ADMINISTRATOR,
            SlotKind.COMMUNICATIONS_LEAD,
            SlotKind.SECURITY,
            SlotKind.LEGAL_COUNSEL,
        )
    ),
    DISPATCHERS: Source((SlotKind.NETWORK_LIAISON,), accounts=Role.DISPATCHER),
    STAFF: Source(groups=(Group.STAFF,)),
    RESPONDERS: Source(groups=(Group.OBSERVER,)),
    PARTNERS: Source((SlotKind.LEGAL_AID_PARTNER, SlotKind.COMMUNITY_PARTNER), (Group.PARTNER,)),
    FAMILIES: Source(groups=(Group.FAMILY,)),
}


class Member(NamedTuple):
    """Somebody who will hear, as whom, in which language, and by which way."""

    person_id: int
    method_id: int
    audience: str
    language: str


class Missing(NamedTuple):
    """Somebody who is in the audience and cannot be written to, and why."""

    person_id: int
    audience: str
    language: str
    reason: str


@dataclass(frozen=True)
class Gathering:
    """An audience as it is now; `reached` are those whom the chain has written to before."""

    members: tuple[Member, ...]
    missing: tuple[Missing, ...]
    reached: Mapping[int, str]


def gather(
    site: Site, audiences: Sequence[str], reached: Mapping[int, str] | None = None
) -> Gathering:
    """Return who is in these audiences now, and everybody reached before (I6).

    Somebody in several is counted once, in the one that is told most.
    """
    reached = reached or {}
    roles: dict[int, str] = {}
    lent: dict[int, ConsentState] = {}
    # Whoever is told more comes later, and takes the place of what stood there.
    for audience in sorted(audiences, key=ORDER.index, reverse=True):
        roles.update(dict.fromkeys(_in_audience(site, audience, lent), audience))
    for person_id, audience in reached.items():
        now = roles.get(person_id, audience)
        roles[person_id] = min(now, audience, key=ORDER.index)
    found = among(site, sorted(roles), _lent_to(roles, lent))
    return Gathering(
        tuple([Member(key, way, roles[key], language) for key, way, language in found.reachable]),
        tuple(
            Missing(key, roles[key], language, why.value) for key, why, language in found.left_out
        ),
        reached,
    )


def _in_audience(site: Site, audience: str, lent: dict[int, ConsentState]) -> Iterator[int]:
    if audience == NEIGHBOURS:
        yield from _neighbours(site, lent)
        return
    source = SOURCES[audience]
    if source.slots:
        yield from (key for (key,) in in_slots(site, source.slots).tuples())
    if source.groups:
        rows: Any = RosterEntry.select(RosterEntry.person).where(
            RosterEntry.site == site,
            RosterEntry.group.in_(source.groups),
            RosterEntry.until.is_null(),
        )
        yield from (key for (key,) in database.execute(rows).fetchall())
    if source.accounts is not None:
        yield from holding.persons(source.accounts, site)


def near_sites(site: Site) -> list[Site]:
    """Return the open sites within two miles, nearest first, six at most."""
    if site.latitude is None or site.longitude is None:
        return []
    south, north, west, east = distance.box(site, NEAR)
    others = Site.select().where(
        Site.state == SiteState.OPEN,
        Site.id != site.id,
        Site.latitude.between(south, north),
        Site.longitude.between(west, east),
    )
    return [one for _, one in distance.nearest(site, others, within=NEAR, limit=MOST_NEIGHBOURS)]


def _neighbours(site: Site, lent: dict[int, ConsentState]) -> Iterator[int]:
    for other in near_sites(site):
        people = [key for (key,) in in_slots(other, CORE_SLOTS).tuples()]
        for person_id, state in agreed.at(other, people).items():
            lent.setdefault(person_id, state)
        yield from people


def _lent_to(
    roles: Mapping[int, str], lent: Mapping[int, ConsentState]
) -> Mapping[int, ConsentState]:
    """Return what people who are not this site's own have agreed to where they are."""
    guests = [
        person_id
        for person_id, audience in roles.items()
        if audience in (DISPATCHERS, NEIGHBOURS) and person_id not in lent
    ]
    return {**agreed.anywhere(guests), **lent}


def reached_by(alert: Alert, *, untried: bool = True) -> dict[int, str]:
    """Return everybody whom a version of the chain was queued or sent to, and as whom.

    `untried=False` leaves out those for whom nobody has tried to send anything yet.
    """
    waiting = (Message.state == MessageState.QUEUED) & ~Message.repeat
    rows: Any = (
        Message.select(Message.person, MessageText.audience)
        .join(MessageText, on=(MessageText.id == Message.text))
        .where(
            Message.topic.in_(_topics(alert)),
            Message.state.not_in(UNREACHED),
            Message.person.is_null(False),
            SQL("1 = 1") if untried else ~waiting,
        )
        .distinct()
        .tuples()
    )
    found: dict[int, str] = {}
    for person_id, audience in rows:
        found[person_id] = min(found.get(person_id, audience), audience, key=ORDER.index)
    return found


def told_of(reached: Mapping[int, str]) -> tuple[str, ...]:
    """Return the audiences in which somebody has been reached, those who are told most first."""
    found = set(reached.values())
    return tuple(audience for audience in ORDER if audience in found)


def _topics(alert: Alert) -> list[int]:
    """Return the topics of a chain: each version's, and what said that nobody has decided."""
    rows: Any = AlertVersion.select(AlertVersion.topic, AlertVersion.public_id)
    found = list(rows.where(AlertVersion.alert == alert).tuples())
    subjects = [f"{UNANSWERED}:{public_id}" for _, public_id in found]
    said: Any = Topic.select(Topic.id).where(Topic.subject.in_(subjects)).tuples()
    return [topic for topic, _ in found] + [topic for (topic,) in said]
