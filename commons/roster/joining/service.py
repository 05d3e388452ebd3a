"""Coming in by a site's invite: the code, who asked, and whom the lead admits by sight."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

from peewee import IntegrityError

from commons import clock, crypto, limits
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import RELAY, Actor, require, require_fresh
from commons.roster import consent as consents
from commons.roster.joining import codes
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.models import Group, Person, RosterEntry
from commons.roster.service import checked_language, checked_name, enter
from commons.sites.models import Site, SiteState

GROUPS = (Group.FAMILY, Group.VOLUNTEER)
MOST_HOURS = 72
MOST_USES = 25
LONGEST_NAME = 24
SOURCE = "joined by Signal"
NO_SUCH_CODE = _l("This code cannot be used. Check it, or ask the school for a new one.")
TOO_LONG_A_NAME = _l("Use a short name, like a first name: at most 24 letters.")
DECIDED = _l("Somebody has decided about this already.")

# What the features above do with a decision, inside its transaction; the roster knows none.
Decided = Callable[[Actor, Site, Person], None]
when_admitted: list[Decided] = []
when_declined: list[Decided] = []


class Asked(enum.StrEnum):
    """What came of asking to join."""

    WAITING = "waiting"  # from now on, until the lead has seen them
    ALREADY_WAITING = "already_waiting"
    ALREADY_HERE = "already_here"  # on the roster in this group; they get its alerts from now on


def make_invite(
    actor: Actor, site: Site, group: Group, *, hours: int = MOST_HOURS, most_uses: int = MOST_USES
) -> Invite:
    """Make a code by which families or volunteers of one site may ask to join.

    It lives at most 72 hours and lets at most 25 ask. Raises Invalid for more, NotFresh,
    Conflict while the site does not use Farolito.
    """
    require(actor, "roster.invite", site)
    require_fresh(actor)
    if site.state != SiteState.OPEN:
        raise Conflict(_l("This site is not open."))
    _check(group, hours, most_uses)
    now, public_id, code = clock.now(), crypto.public_id(), codes.make()
    with transaction():
        invite = Invite.create(
            public_id=public_id,
            site=site,
            group=group,
            code_index=Invite.code_index.of(code),
            most_uses=most_uses,
            made_by=actor.ref,
            made_at=now,
            expires_at=now + dt.timedelta(hours=hours),
            **Invite.sealed(public_id, code=code),
        )
        details = {"group": group, "hours": hours, "most_uses": most_uses}
        record(actor, "invite.made", f"invite:{public_id}", site=site.id, details=details)
    return invite


def _check(group: Group, hours: int, most_uses: int) -> None:
    faults: dict[str, object] = {}
    if group not in GROUPS:
        faults["group"] = _l("Choose families or volunteers. Others are added by name.")
    if not 1 <= hours <= MOST_HOURS:
        faults["hours"] = _l("An invite lives from 1 to 72 hours.")
    if not 1 <= most_uses <= MOST_USES:
        faults["most_uses"] = _l("An invite is for 1 to 25 people.")
    if faults:
        raise Invalid(next(iter(faults.values())), faults)


def find_invite(code: str, *, person: str = "", network: str = "") -> Invite:
    """Return the live invite with this code, typed however people type.

    Whoever asks is named by a person's id or a network, under which wrong tries are counted.
    Raises NotFound with one sentence for every reason, RateLimited after too many wrong tries.
    """
    whose = [("join", person)] * bool(person) + [("join-page", network)] * bool(network)
    for limit, who in whose:
        limits.check(limit, who)
    known = codes.read(code)
    found: Invite | None = None
    if known is not None:
        invites = Invite.select(Invite, Site).join(Site).where(Site.state == SiteState.OPEN)
        is_it = Invite.code_index == Invite.code_index.of(known)
        found = invites.where(is_it, *_live()).first()
    if found is None:
        for limit, who in whose:
            limits.hit(limit, who)
        raise NotFound(NO_SUCH_CODE)
    return found


def _live() -> tuple[Any, ...]:
    # By our own clock: a phone says when it sent something, and may say what it likes.
    return (
        Invite.revoked_at.is_null(),
        Invite.expires_at > clock.now(),
        Invite.uses < Invite.most_uses,
    )


def revoke_invite(actor: Actor, site: Site, invite: Invite) -> int:
    """Burn an invite: its code is dead, and everybody still waiting through it is declined.

    Returns how many those were; raises Conflict if it was revoked before.
    """
    require(actor, "roster.invite", site)
    with transaction():
        burnt = Invite.update(revoked_at=clock.now()).where(
            Invite.id == invite.id, Invite.site == site, Invite.revoked_at.is_null()
        )
        if not burnt.execute():
            raise Conflict(_l("This invite was revoked already."))
        still = JoinRequest.select(JoinRequest, Person).join(Person)
        waiting_now = list(
            still.where(JoinRequest.invite == invite, JoinRequest.state == JoinState.WAITING)
        )
        for request in waiting_now:
            _decide(actor, site, request, JoinState.DECLINED)
        details = {"declined": len(waiting_now)}
        about = f"invite:{invite.public_id}"
        record(actor, "invite.revoked", about, site=site.id, details=details)
    return len(waiting_now)


def chosen_name(text: str) -> str:
    """Return the name that somebody wants to be called by; raise Invalid over 24 characters."""
    name = checked_name(text)
    if len(name) > LONGEST_NAME:
        raise Invalid(TOO_LONG_A_NAME, {"name": TOO_LONG_A_NAME})
    return name


def ask_to_join(invite: Invite, person: Person, name: str, language: str, at: dt.datetime) -> Asked:
    """Let somebody who wrote from their own phone ask to join by an invite, once.

    Name and language are taken only for a guest who has no name yet. Whoever is on the roster
    already makes no second entry: that they ask is their agreement, also after a STOP. Raises
    NotFound when the invite is used up, expired or revoked meanwhile, Invalid for a name or
    language, RateLimited after five requests in a day.
    """
    site = invite.site
    with transaction():
        if not person.reveal("name"):
            _introduce(person, chosen_name(name), checked_language(language))
        if _is_here(site, person, invite.group):
            consents.give_consent(RELAY, person, site, SOURCE)
            return Asked.ALREADY_HERE
        if _waits(site, person):
            return Asked.ALREADY_WAITING
        limits.hit("join-ask", person.public_id)
        try:
            with transaction():
                _use(invite)
                _wait(invite, person, min(at, clock.now()))
        except IntegrityError:
            return Asked.ALREADY_WAITING
    return Asked.WAITING


def _introduce(person: Person, name: str, language: str) -> None:
    Person.update(language=language, **Person.sealed(person.public_id, name=name)).where(
        Person.id == person.id
    ).execute()


def _is_here(site: Site, person: Person, group: Group) -> bool:
    return bool(
        RosterEntry.select()
        .where(
            RosterEntry.site == site,
            RosterEntry.person == person,
            RosterEntry.group == group,
            RosterEntry.until.is_null(),
        )
        .exists()
    )


def _waits(site: Site, person: Person) -> bool:
    mine = JoinRequest.select().where(JoinRequest.site == site, JoinRequest.person == person)
    return bool(mine.where(JoinRequest.state == JoinState.WAITING).exists())


def _use(invite: Invite) -> None:
    """Count one use in one statement, so that no two take the last one."""
    counted = Invite.update(uses=Invite.uses + 1).where(Invite.id == invite.id, *_live())
    if not counted.execute():
        raise NotFound(NO_SUCH_CODE)


def _wait(invite: Invite, person: Person, at: dt.datetime) -> None:
    request = JoinRequest.create(
        site=invite.site_id, person=person, invite=invite, group=invite.group, asked_at=at
    )
    themselves = Actor(f"person:{person.public_id}")
    about = f"join_request:{request.public_id}"
    record(themselves, "join.asked", about, site=invite.site_id, details={"group": invite.group})


def admit(actor: Actor, site: Site, request: JoinRequest) -> Person:
    """Put somebody on the roster whom the lead has seen; what they asked for is their agreement.

    Raises Conflict when it was decided before, NotFresh.
    """
    require(actor, "roster.admit", site)
    require_fresh(actor)
    person = request.person
    with transaction():
        _decide(actor, site, request, JoinState.ADMITTED)
        if not _is_here(site, person, request.group):
            enter(site, person, request.group)
        # Their own yes, from their own phone: it undoes a STOP from there, which no lead can.
        consents.give_consent(RELAY, person, site, SOURCE)
        for act in when_admitted:
            act(actor, site, person)
    return person


def decline(actor: Actor, site: Site, request: JoinRequest) -> None:
    """Refuse somebody whom the lead does not know; raise Conflict when it was decided before."""
    require(actor, "roster.admit", site)
    with transaction():
        _decide(actor, site, request, JoinState.DECLINED)


def take_back(person: Person) -> int:
    """End everything a person waits for, since they said STOP; return how much that was.

    Runs inside the caller's transaction. Without it a lead could admit them after their STOP.
    """
    ended = JoinRequest.update(
        state=JoinState.DECLINED,
        decided_at=clock.now(),
        decided_by=f"person:{person.public_id}",
    ).where(JoinRequest.person == person, JoinRequest.state == JoinState.WAITING)
    return int(ended.execute())


def _decide(actor: Actor, site: Site, request: JoinRequest, to: JoinState) -> None:
    decided = JoinRequest.update(state=to, decided_at=clock.now(), decided_by=actor.ref).where(
        JoinRequest.id == request.id,
        JoinRequest.site == site,
        JoinRequest.state == JoinState.WAITING,
    )
    if not decided.execute():
        raise Conflict(DECIDED)
    person = request.person
    record(actor, f"join.{to.value}", f"person:{person.public_id}", site=site.id)
    if to == JoinState.DECLINED:
        for act in when_declined:
            act(actor, site, person)
