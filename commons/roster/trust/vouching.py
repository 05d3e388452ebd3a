"""Giving one's word for somebody, taking it back, and what ends it (SECURITY.md, R32).

A member gives at most five live vouches and three in thirty days, wherever it is; they have been
on the site's roster for thirty days and are a root or at level 2. No chain is longer than two.
The graph is shown to nobody.
"""

from __future__ import annotations

import datetime as dt

from peewee import IntegrityError

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Forbidden
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from commons.roster.models import Person, RosterEntry
from commons.roster.trust import records
from commons.roster.trust.graph import Graph
from commons.roster.trust.levels import VOUCH_LIVES, graph_of, member_since
from commons.roster.trust.models import TrustKind, Vouch
from commons.sites.models import Site

MOST_LIVE = 5
MOST_A_MONTH = 3
MONTH = dt.timedelta(days=30)
MEMBER_FOR = dt.timedelta(days=30)


def vouch(
    actor: Actor, site: Site, voucher: Person, person: Person, own: Person | None = None
) -> None:
    """Write down that one member gives their word for another.

    `own` is the person behind the actor, as the accounts know them: a member vouches only for
    others and as themselves; whoever keeps the site's records may write down what a member said.
    Raises Conflict, with the rule in words, for a vouch that the rules do not allow.
    """
    _require(actor, site, voucher, own)
    now = clock.now()
    with transaction():
        # Recording holds the site's chain, the update the voucher's row: two vouches at one
        # moment must not both be the last that is allowed.
        _recorded(actor, "trust.vouched", site, person)
        Person.update(language=Person.language).where(Person.id == voucher.id).execute()
        Vouch.update(ended_at=now).where(
            Vouch.voucher == voucher,
            Vouch.ended_at.is_null(),
            Vouch.made_at <= now - VOUCH_LIVES,
        ).execute()
        _check_members(site, voucher, person, now)
        _check_graph(graph_of(site, now), voucher, person)
        _check_counts(voucher, now)
        try:
            with transaction():
                Vouch.create(site=site, voucher=voucher, person=person, made_at=now)
        except IntegrityError:
            raise Conflict(_l("They have given their word for this person already.")) from None


def withdraw_vouch(
    actor: Actor, site: Site, voucher: Person, person: Person, own: Person | None = None
) -> None:
    """Take a word back; raise Conflict if it was not given. It still counts for its month."""
    _require(actor, site, voucher, own)
    with transaction():
        _recorded(actor, "trust.vouch-withdrawn", site, person)
        gone = Vouch.update(ended_at=clock.now()).where(
            Vouch.site == site,
            Vouch.voucher == voucher,
            Vouch.person == person,
            Vouch.ended_at.is_null(),
        )
        if not gone.execute():
            raise Conflict(_l("They have not given their word for this person."))


def ended_with(actor: Actor, site: Site, person: Person) -> None:
    """End every vouch from and for somebody who leaves the site, and their records of trust.

    Whoever needed their word falls to the level that they have without it. What the month's
    limit does not need any more is deleted. Joins the caller's transaction.
    """
    theirs = (Vouch.site == site) & ((Vouch.voucher == person) | (Vouch.person == person))
    now = clock.now()
    with transaction():
        Vouch.delete().where(theirs, Vouch.made_at <= now - MONTH).execute()
        Vouch.update(ended_at=now).where(theirs, Vouch.ended_at.is_null()).execute()
        records.end_all(actor, site, person)


def may_give(site: Site, now: dt.datetime | None = None) -> list[Person]:
    """Return who may give their word at a site as to membership and level, by key.

    The limits of number are not looked at here.
    """
    moment = now or clock.now()
    graph = graph_of(site, moment)
    known = {graph.lead, *graph.records} - graph.held - {None}
    long_enough = RosterEntry.select(RosterEntry.person).where(
        RosterEntry.site == site,
        RosterEntry.until.is_null(),
        RosterEntry.since <= moment - MEMBER_FOR,
    )
    some = [key for key in known if key is not None and graph.counts(key)]
    return list(
        Person.select().where(Person.id.in_(some), Person.id.in_(long_enough)).order_by(Person.id)
    )


def _require(actor: Actor, site: Site, voucher: Person, own: Person | None) -> None:
    if may(actor, "trust.record", site):
        return
    require(actor, "trust.vouch", site)
    if own is None or own.id != voucher.id:
        raise Forbidden(_l("You can only give your own word."))


def _check_members(site: Site, voucher: Person, person: Person, now: dt.datetime) -> None:
    if voucher.id == person.id:
        raise Conflict(_l("Nobody can give their word for themselves."))
    since = member_since(site, voucher)
    if since is None or since > now - MEMBER_FOR:
        raise Conflict(_l("Only somebody who has been here for 30 days can give their word."))
    if member_since(site, person) is None:
        raise Conflict(records.NOT_ON_ROSTER)


def _check_graph(graph: Graph, voucher: Person, person: Person) -> None:
    if {voucher.id, person.id} & graph.held:
        raise Conflict(_l("Their Signal changed. Make sure first that it is still them."))
    if graph.holds(person.id, TrustKind.FROZEN):
        raise Conflict(_l("They wait for a review. Finish it first."))
    if not graph.counts(voucher.id):
        raise Conflict(_l("Only somebody at level 2 or higher can give their word."))
    if graph.is_root(person.id):
        raise Conflict(_l("They need nobody's word: they lead the site or are verified."))
    if graph.too_deep(voucher.id, person.id):
        raise Conflict(
            _l("This word would stand too far from the site lead. Ask somebody closer to the lead.")
        )


def _check_counts(voucher: Person, now: dt.datetime) -> None:
    given = Vouch.select().where(Vouch.voucher == voucher)
    if given.where(Vouch.ended_at.is_null()).count() >= MOST_LIVE:
        raise Conflict(_l("They have given their word for 5 people, and nobody can for more."))
    if given.where(Vouch.made_at > now - MONTH).count() >= MOST_A_MONTH:
        raise Conflict(_l("They have given their word 3 times in 30 days. Ask somebody else."))


def _recorded(actor: Actor, kind: str, site: Site, person: Person) -> None:
    # Who vouched is left out: the graph is shown to nobody, and the chain is read by some.
    record(actor, kind, f"person:{person.public_id}", site=site.id)
