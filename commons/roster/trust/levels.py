"""How far somebody is trusted at a site today: levels 0 to 3, read from records and vouches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from peewee import fn

from commons import clock, fields
from commons.database import database
from commons.roster.models import Person, RosterEntry
from commons.roster.trust.graph import Graph
from commons.roster.trust.models import TrustKind
from commons.sites.models import Site

PROBATION = dt.timedelta(days=7)
VOUCH_LIVES = dt.timedelta(days=365)  # as the inventory purges it
# One statement, since a page asks for the level of everybody whom it lists. The lead is who is
# called first of those in the site lead's slot: whoever may fill slots must not make more roots.
_GRAPH = """
SELECT 'record' AS what, person_id, kind AS word, since AS at, 0 AS place FROM trust_record
WHERE site_id = {0} AND ended_at IS NULL AND since <= {0} AND (until IS NULL OR until > {0})
UNION ALL
SELECT 'vouch', person_id, CAST(voucher_id AS TEXT), made_at, 0 FROM vouch
WHERE site_id = {0} AND ended_at IS NULL AND made_at > {0}
UNION ALL
SELECT 'held', m.person_id, '', m.held_at, 0 FROM contact_method m
JOIN roster_entry e ON e.person_id = m.person_id AND e.site_id = {0}
WHERE m.held_at IS NOT NULL
UNION ALL
SELECT 'lead', a.person_id, '', a.since, a.position FROM assignment a
JOIN slot s ON s.id = a.slot_id
WHERE s.site_id = {0} AND s.kind = 'site_lead' AND NOT a.backup
AND a.since <= {0} AND (a.until IS NULL OR a.until > {0})
ORDER BY 1, 5, 4, 3
"""
_AT = fields.UTCDateTimeField()


def graph_of(site: Site, now: dt.datetime | None = None) -> Graph:
    """Return the vouches and records of a site that hold at an instant, in one query."""
    moment = now or clock.now()
    at, oldest = _AT.db_value(moment), _AT.db_value(moment - VOUCH_LIVES)
    values = (site.id, at, at, site.id, oldest, site.id, site.id, at, at)
    graph = Graph()
    for what, person, word, found, _place in database.execute_sql(
        _GRAPH.format(database.param), values
    ).fetchall():
        if what == "record":
            graph.records.setdefault(person, {})[TrustKind(word)] = _AT.python_value(found)
        elif what == "vouch":
            graph.add_vouch(int(word), person, _AT.python_value(found))
        elif what == "held":
            graph.held.add(person)
        elif graph.lead is None:
            graph.lead = person
    return graph


def level(site: Site, person: Person, now: dt.datetime | None = None) -> int:
    """Return how far a person is trusted at a site, 0 to 3.

    0 without a record, while frozen, or while nobody made sure of their changed Signal key; 1 seen
    by the lead; 2 vouched for from two branches with the lead's yes to it; 3 verified.
    """
    return graph_of(site, now).level(person.id)


def levels(
    site: Site, persons: Collection[Person], now: dt.datetime | None = None
) -> dict[int, int]:
    """Return the level of each person, by their key, in one query for all of them."""
    graph = graph_of(site, now)
    return {person.id: graph.level(person.id) for person in persons}


def member_since(site: Site, person: Person) -> dt.datetime | None:
    """Return since when a person has been on the site's roster without leaving; None if not."""
    since = RosterEntry.select(fn.MIN(RosterEntry.since)).where(
        RosterEntry.site == site, RosterEntry.person == person, RosterEntry.until.is_null()
    )
    found: dt.datetime | None = _AT.python_value(since.scalar())
    return found


def in_probation(site: Site, person: Person, now: dt.datetime | None = None) -> bool:
    """Return whether a person was admitted in the last seven days, or is no member at all.

    Meanwhile they get the site's alerts, and no contact of anybody on the board.
    """
    since = member_since(site, person)
    return since is None or (now or clock.now()) < since + PROBATION
