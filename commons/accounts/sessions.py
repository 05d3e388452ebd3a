"""Signed-in browsers: opened, found by their token, and ended.

The browser holds a random token and the table its SHA-256, so a copied database signs nobody
in, and a session that was ended stays ended whatever cookie comes back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from commons import clock, crypto
from commons.accounts import memberships
from commons.accounts.models import Account, AccountState, Membership, SignInSession
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import NOWHERE, Actor, Grant, Role, require_fresh
from commons.roster.joining.models import JoinRequest, JoinState
from commons.roster.models import Group, RosterEntry

MOST_LIVE = 5
# `seen_at` is written this seldom, so that reading a page is not a write each time.
_SEEN_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Span:
    """How long a session lasts without a request, and how long at most."""

    idle: dt.timedelta
    absolute: dt.timedelta


def _span(idle: dict[str, int], absolute: dict[str, int]) -> Span:
    return Span(dt.timedelta(**idle), dt.timedelta(**absolute))


_STAFF = _span({"minutes": 30}, {"hours": 12})
_ADMINISTRATION = _span({"minutes": 15}, {"hours": 8})
_HELPERS = _span({"hours": 24}, {"days": 14})
# Research/security §4.3 gives the reasons; a role that is not here has staff's span.
SPANS: dict[Role, Span] = {
    Role.PARENT: _span({"days": 7}, {"days": 30}),
    Role.VOLUNTEER: _HELPERS,
    Role.OBSERVER: _HELPERS,
    Role.DISPATCHER: _span({"hours": 12}, {"hours": 12}),
    Role.ADMINISTRATOR: _ADMINISTRATION,
    Role.DISTRICT_ADMINISTRATOR: _ADMINISTRATION,
    Role.COUNSEL: _ADMINISTRATION,
    Role.OPERATOR: _ADMINISTRATION,
}

# What somebody is to a site by standing on its roster.
BY_ROSTER = {
    Group.FAMILY: Role.PARENT,
    Group.VOLUNTEER: Role.VOLUNTEER,
    Group.OBSERVER: Role.OBSERVER,
}


@dataclass(frozen=True)
class Found:
    """A live session with the account it belongs to, and that account as an actor."""

    session: SignInSession
    account: Account
    actor: Actor


def span_for(roles: Iterable[Role]) -> Span:
    """Return the span of the strictest of the roles."""
    spans = [SPANS.get(role, _STAFF) for role in roles] or [_STAFF]
    return Span(min(s.idle for s in spans), min(s.absolute for s in spans))


def grants_of(account: Account) -> frozenset[Grant]:
    """Return the account's grants as they stand now."""
    now = clock.now()
    with connection():
        rows = list(
            Membership.select().where(
                Membership.account == account,
                Membership.until.is_null() | (Membership.until > now),
            )
        )
        held = {Grant(row.role, row.site_id, row.district_id) for row in rows}
        if account.person_id is None:
            return frozenset(held)
        if is_by_signal(account):
            # Whatever else was granted by mistake needs a password and a second factor.
            held = {grant for grant in held if grant.role in BY_ROSTER.values()}
        return frozenset(held | person_grants(account.person_id))


def is_by_signal(account: Account) -> bool:
    """Return whether an account has no sign-in name: its owner signs in by Signal or paper."""
    return bool(account.sign_in_index == Account.sign_in_index.of(account.public_id))


def person_grants(person_id: int) -> frozenset[Grant]:
    """Return what the rosters make of a person now.

    Somebody who asked to join and waits is a parent nowhere: only their own things open.
    """
    with connection():
        entries = RosterEntry.select(RosterEntry.site, RosterEntry.group).where(
            RosterEntry.person == person_id,
            RosterEntry.group.in_(list(BY_ROSTER)),
            RosterEntry.until.is_null(),
        )
        found = {Grant(BY_ROSTER[row.group], row.site_id) for row in entries}
        waits = JoinRequest.select().where(
            JoinRequest.person == person_id, JoinRequest.state == JoinState.WAITING
        )
        if not found and waits.exists():
            found = {Grant(Role.PARENT, NOWHERE)}
    return frozenset(found)


def idle_seconds(found: Found) -> int:
    """Return after how many seconds without a request the session ends, at the earliest."""
    span = span_for(grant.role for grant in found.actor.grants)
    return int((span.idle - _SEEN_EVERY).total_seconds())


def actor_for(account: Account, fresh_at: dt.datetime | None = None) -> Actor:
    """Return the account as an actor with the grants it holds now."""
    return Actor(f"account:{account.public_id}", grants_of(account), account.id, fresh_at)


def open_session(account: Account, device: str = "", longest: dt.timedelta | None = None) -> str:
    """Open a session and return its token; the oldest beyond five ends.

    `longest` shortens it, on a device that others use too.
    """
    token, now = crypto.token(), clock.now()
    lasts = span_for(grant.role for grant in grants_of(account)).absolute
    with transaction():
        SignInSession.create(
            account=account,
            token_hash=crypto.token_hash(token),
            device=device[:40],
            made_at=now,
            seen_at=now,
            fresh_at=now,
            ends_at=now + min(lasts, longest or lasts),
        )
        _end_oldest(account)
    return token


def _end_oldest(account: Account) -> None:
    newest_first = SignInSession.made_at.desc(), SignInSession.id.desc()
    live = _live(account).order_by(*newest_first)
    surplus = [row.id for row in live][MOST_LIVE:]
    if surplus:
        _end(SignInSession.id.in_(surplus))


def find(token: str) -> Found | None:
    """Return the live session with this token, or None; a session idle too long is ended."""
    now = clock.now()
    with connection():
        session = (
            SignInSession.select(SignInSession, Account)
            .join(Account)
            .where(
                SignInSession.token_hash == crypto.token_hash(token),
                SignInSession.ended_at.is_null(),
                SignInSession.ends_at > now,
                Account.state == AccountState.ACTIVE,
                Account.frozen_until.is_null() | (Account.frozen_until <= now),
            )
            .first()
        )
        if session is None:
            return None
        actor = actor_for(session.account, session.fresh_at)
        if now - session.seen_at >= span_for(grant.role for grant in actor.grants).idle:
            _end(SignInSession.id == session.id)
            return None
        _see(session, now)
    if session.account.set_up_since is not None:
        # Not even what it holds already, until it has a password and a second factor again.
        actor = dataclasses.replace(actor, grants=frozenset())
    return Found(session, session.account, actor)


def _see(session: SignInSession, now: dt.datetime) -> None:
    if now - session.seen_at < _SEEN_EVERY:
        return
    with transaction():
        SignInSession.update(seen_at=now).where(
            SignInSession.id == session.id, SignInSession.seen_at == session.seen_at
        ).execute()


def renew(session: SignInSession) -> str:
    """Make the session fresh under a new token and return it; the old token is worth nothing.

    Raises NotFound when the session has ended meanwhile.
    """
    token, now = crypto.token(), clock.now()
    with transaction():
        changed = (
            SignInSession.update(token_hash=crypto.token_hash(token), fresh_at=now, seen_at=now)
            .where(
                SignInSession.id == session.id,
                SignInSession.token_hash == session.token_hash,
                SignInSession.ended_at.is_null(),
            )
            .execute()
        )
    if not changed:
        raise NotFound(_l("This session has ended. Sign in again."))
    return token


def end(account: Account, public_id: str) -> None:
    """End one of the account's own sessions; raise NotFound if there is no such live one."""
    mine = SignInSession.account == account
    if not _end(mine, SignInSession.public_id == public_id):
        raise NotFound(_l("This session has already ended."))


def end_all(account: Account, but: SignInSession | None = None) -> int:
    """End the account's sessions, all or all but one; return how many."""
    mine = SignInSession.account == account
    return _end(mine, SignInSession.id != but.id) if but is not None else _end(mine)


def end_for(actor: Actor, account: Account) -> int:
    """End all sessions of somebody else's account, for whoever sees to it; return how many."""
    memberships.require_over(actor, "accounts.revoke", account)
    require_fresh(actor)
    with transaction():
        ended = end_all(account)
        record(actor, "account.sessions_ended", memberships.subject(account))
    return ended


def listed(account: Account) -> list[SignInSession]:
    """Return the account's live sessions, the one used last first."""
    with connection():
        return list(_live(account).order_by(SignInSession.seen_at.desc(), SignInSession.id.desc()))


def _is_live() -> tuple[object, ...]:
    return SignInSession.ended_at.is_null(), SignInSession.ends_at > clock.now()


def _live(account: Account) -> Any:
    return SignInSession.select().where(SignInSession.account == account, *_is_live())


def _end(*which: object) -> int:
    with transaction():
        return int(
            SignInSession.update(ended_at=clock.now())
            .where(SignInSession.ended_at.is_null(), *which)
            .execute()
        )
