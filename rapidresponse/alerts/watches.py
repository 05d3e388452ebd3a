"""Roles that must answer an alert: who is asked now, until when, and who comes next.

The pack says which roles those are and how long each has. When its time is over the next
holder of the role is asked, in calling order; when nobody is left, the core is told to call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from commons import audit, crypto
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox, timers
from commons.permissions import Actor, Role, require, require_fresh
from commons.roster.holders import Holder, holders
from commons.roster.models import Person, SlotKind
from commons.roster.reach import among
from commons.sites.models import Site
from rapidresponse.alerts import access, deadlines
from rapidresponse.alerts.composer import pack
from rapidresponse.alerts.models import (
    Acknowledgement,
    Alert,
    AlertState,
    AlertVersion,
    RoleWatch,
    WatchState,
)

ROLE = "alerts.role"
# What finds out who is first in a role must not come between a press and its messages.
FIRST = dt.timedelta(seconds=2)
ASKED, NOBODY = "alert-role", "alert-role-nobody"
_ACCOUNTS = {
    SlotKind.SITE_LEAD.value: Role.SITE_LEAD,
    SlotKind.SCHOOL_ADMINISTRATOR.value: Role.ADMINISTRATOR,
}


def begin(actor: Actor, alert: Alert, version: AlertVersion) -> list[timers.Due]:
    """Write down which roles must answer; return the timers that whoever sends sets with it.

    The relay then finds out who fills them, once the alert itself is on its way: the sender's
    own transaction stays short. The sender's own role has answered by sending.
    """
    now, required = version.sent_at, pack().types[alert.type].required
    mine = {g.role for g in actor.grants if g.site_id == alert.site_id}
    rows = [
        {
            "public_id": crypto.public_id(),
            "alert": alert.id,
            "role": role,
            "state": WatchState.ANSWERED if _ACCOUNTS.get(role) in mine else WatchState.WAITING,
            "step": 0,
            "asked_at": now,
            "due_at": now,
            "answered_at": now if _ACCOUNTS.get(role) in mine else None,
        }
        for role in required
    ]
    if rows:
        RoleWatch.insert_many(rows).execute()
    waiting = (row["public_id"] for row in rows if row["state"] is WatchState.WAITING)
    return [timers.Due(ROLE, str(public_id), now + FIRST) for public_id in waiting]


def answered(alert: Alert, person: Person, now: dt.datetime) -> int:
    """Note that a person has answered, for each role of theirs; return how many had waited."""
    waiting = RoleWatch.select().where(
        RoleWatch.alert == alert,
        RoleWatch.state.in_((WatchState.WAITING, WatchState.NOBODY_LEFT)),
    )
    ended = 0
    for watch in list(waiting):
        if person.id in {holder.person.id for holder in _in_role(alert.site, watch.role)}:
            ended += _move(watch, WatchState.ANSWERED, answered_at=now, person=person)
            timers.stop_timer(ROLE, watch.public_id)
    return ended


def end(alert: Alert) -> None:
    """Stop to wait when an alert is over, inside the transaction that ends it."""
    for watch in list(RoleWatch.select().where(RoleWatch.alert == alert)):
        if watch.state is WatchState.WAITING:
            _move(watch, WatchState.ENDED)
            timers.stop_timer(ROLE, watch.public_id)


def ask_next(public_id: str, now: dt.datetime) -> None:
    """Ask the next holder of a role whose time is over; the core, when nobody is left.

    Whoever is first in a role was sent the alert itself, so they are only waited for.
    """
    watch = (
        RoleWatch.select(RoleWatch, Alert, Site)
        .join(Alert)
        .join(Site)
        .where(RoleWatch.public_id == public_id, RoleWatch.state == WatchState.WAITING)
        .first()
    )
    if watch is None or watch.alert.state is AlertState.CLOSED:
        return
    people = _in_role(watch.alert.site, watch.role)
    left = people[watch.step :]
    if left:
        if watch.step:
            _tell(watch, left[:1])
        _wait_for(watch, people, now, pack().types[watch.alert.type].required[watch.role])
    elif _move(watch, WatchState.NOBODY_LEFT):
        deadlines.tell_core(_latest(watch.alert), f"{NOBODY}:{public_id}", "role_nobody")


def ask_all(actor: Actor, alert: Alert, public_id: str) -> int:
    """Ask everybody in a role now, and return how many; raise Conflict once it has answered."""
    require(actor, access.SEND, alert.site)
    require_fresh(actor)
    with transaction():
        watch = RoleWatch.get_or_none(RoleWatch.public_id == public_id, RoleWatch.alert == alert)
        if watch is None or watch.state in (WatchState.ANSWERED, WatchState.ENDED):
            raise Conflict(_l("This role has answered, or the alert is over."))
        watch.alert = alert
        people = _in_role(alert.site, watch.role)
        told = _tell(watch, people)
        _move(watch, watch.state, step=len(people))
        audit.record(
            actor,
            "alert.role-asked",
            f"alert:{alert.public_id}",
            site=alert.site_id,
            details={"role": watch.role, "people": told},
        )
    return told


def watched(alert: Alert) -> list[RoleWatch]:
    """Return the roles that must answer, in the order in which they are asked."""
    return list(
        RoleWatch.select().where(RoleWatch.alert == alert).order_by(RoleWatch.due_at, RoleWatch.id)
    )


ACTS: dict[str, timers.Act] = {ROLE: ask_next}


def _in_role(site: Site, role: str) -> Sequence[Holder]:
    """Return whoever fills a role and can be reached, in calling order."""
    found = holders(site, SlotKind(role))
    can = {one.person_id for one in among(site, [h.person.id for h in found]).reachable}
    return [holder for holder in found if holder.person.id in can]


def _wait_for(watch: RoleWatch, people: Sequence[Holder], now: dt.datetime, seconds: int) -> None:
    due = now + dt.timedelta(seconds=seconds)
    RoleWatch.update(
        person=people[watch.step].person, step=watch.step + 1, asked_at=now, due_at=due
    ).where(RoleWatch.id == watch.id, RoleWatch.step == watch.step).execute()
    timers.set_timer(ROLE, watch.public_id, due)


def _move(watch: RoleWatch, state: WatchState, **values: object) -> bool:
    moved = RoleWatch.update(state=state, **values).where(
        RoleWatch.id == watch.id, RoleWatch.state == watch.state
    )
    return bool(moved.execute())


def _tell(watch: RoleWatch, people: Sequence[Holder]) -> int:
    """Send the request to people of a role who have not answered the alert; return how many."""
    have = Acknowledgement.select(Acknowledgement.person).where(
        Acknowledgement.alert == watch.alert_id
    )
    done = {row.person_id for row in have}
    version, told = _latest(watch.alert), 0
    for holder in people:
        if holder.person.id not in done:
            language = holder.person.language
            outbox.say(holder.person, deadlines.say(version, "role_next", language), ASKED)
            told += 1
    return told


def _latest(alert: Alert) -> AlertVersion:
    found: AlertVersion = (
        AlertVersion.select()
        .where(AlertVersion.alert == alert)
        .order_by(AlertVersion.number.desc())
        .get()
    )
    found.alert = alert
    return found
