"""How far the people of a site can be trusted: the verbs, and what happens when somebody leaves.

The rules are in `graph` (what counts), `vouching` (who may vouch) and `records` (what is written
down); the level is read in `levels`.
"""

from __future__ import annotations

from dataclasses import dataclass

from commons.permissions import Actor, require
from commons.roster import holds
from commons.roster.joining.service import when_admitted
from commons.roster.models import Person
from commons.roster.service import when_removed
from commons.roster.trust.graph import Graph
from commons.roster.trust.levels import graph_of, in_probation, level, levels, member_since
from commons.roster.trust.models import TrustKind
from commons.roster.trust.records import (
    confirm,
    end_verified,
    freeze,
    freeze_everywhere,
    note_admitted,
    record_seen,
    records_of,
    unfreeze,
    verify,
    would_freeze,
)
from commons.roster.trust.vouching import ended_with, may_give, vouch, withdraw_vouch
from commons.sites.models import Site

__all__ = (
    "Missing",
    "confirm",
    "end_verified",
    "ended_with",
    "freeze",
    "in_probation",
    "level",
    "levels",
    "may_give",
    "member_since",
    "missing",
    "note_admitted",
    "record_seen",
    "records_of",
    "under_review",
    "unfreeze",
    "verify",
    "vouch",
    "withdraw_vouch",
    "would_freeze",
)


@dataclass(frozen=True)
class Missing:
    """What keeps somebody from the next level."""

    level: int
    frozen: bool
    held: bool
    words: int  # how many more vouches from different branches; 0 when only the yes is missing
    lead: bool  # whether this is the site lead, whose own word counts without any record
    seen: bool


def missing(actor: Actor, site: Site, person: Person) -> Missing:
    """Return a person's level and what they lack for the next; never who vouched for them."""
    require(actor, "trust.view", site)
    graph: Graph = graph_of(site)
    return Missing(
        level=graph.level(person.id),
        frozen=graph.holds(person.id, TrustKind.FROZEN),
        held=person.id in graph.held,
        words=max(0, 2 - graph.branches(person.id)),
        lead=person.id == graph.lead,
        seen=graph.holds(person.id, TrustKind.SEEN),
    )


def under_review(actor: Actor, site: Site) -> list[tuple[Person, list[Person]]]:
    """Return who waits for a review, each with those under review whom they vouched for."""
    require(actor, "trust.view", site)
    graph = graph_of(site)
    frozen = {key for key in graph.records if graph.holds(key, TrustKind.FROZEN)}
    people = {one.id: one for one in Person.select().where(Person.id.in_(frozen))}
    return [
        (people[key], [people[one] for one in graph.vouchees.get(key, ()) if one in people])
        for key in sorted(people)
    ]


# The roster knows nothing of trust; whoever leaves it takes their word along all the same.
when_removed.append(ended_with)
when_admitted.append(note_admitted)
holds.when_not_them.append(lambda actor, _site, person: freeze_everywhere(actor, person))
