"""Somebody leaves a site: all that they held there ends in one act, and the act has a proof."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from peewee import Expression

from commons import clock, crypto
from commons.accounts import links, memberships, sessions
from commons.accounts.by_signal.models import RequestState, ReturnCode, SignInRequest
from commons.accounts.memberships import Place
from commons.accounts.models import Account, KnownDevice, Membership, Proposal, ProposalState
from commons.audit import AuditContent, AuditLink, record
from commons.database import connection, transaction
from commons.errors import Conflict, Forbidden, NotFound
from commons.i18n import lazy_gettext as _l
from commons.messaging.models import Message, MessageState, Topic
from commons.permissions import Actor, Role, may, require, require_fresh
from commons.roster import slots
from commons.roster.models import Person, RosterEntry
from commons.roster.service import when_removed
from commons.roster.trust.models import Vouch
from commons.sites.models import Site

KIND = "person.off_boarded"
# What a proof counts, in its order.
COUNTED: dict[str, object] = {
    "slots": _l("Roles on the roster that ended"),
    "entries": _l("Places on the roster that ended"),
    "memberships": _l("Roles for signing in that ended"),
    "sessions": _l("Signed-in devices that were signed out"),
    "links": _l("Sign-in links that no longer work"),
    "codes": _l("Return codes that no longer work"),
    "proposals": _l("Proposals that were taken back"),
    "messages": _l("Messages that were taken back before they went"),
    "vouches": _l("Vouches that ended"),
}


@dataclass(frozen=True)
class Proof:
    """What ended, how much of it, when, by whom and under which number."""

    receipt: str
    at: dt.datetime
    by: str
    subject: str
    counts: dict[str, int] = field(default_factory=dict)


def off_board(actor: Actor, site: Site, person: Person) -> Proof:
    """End all that a person holds at a site, in one transaction, and return the proof.

    Roles in the site's district end too where the actor may end them. Raises Conflict when
    nothing is left to end, Forbidden for an administrator unless the actor may revoke, NotFresh.
    """
    require(actor, "accounts.off-board", site)
    require_fresh(actor)
    with transaction():
        accounts = list(Account.select().where(Account.person == person))
        counts = {"slots": slots.end(site, person), "entries": _end_entries(site, person)}
        counts["memberships"] = _end_memberships(actor, site, accounts)
        if not any(counts.values()):
            raise Conflict(_l("They hold nothing at this site any more."))
        counts |= _shut_doors(person, accounts)
        counts["proposals"] = _end_proposals(actor, site, accounts)
        counts["messages"] = _take_back_messages(site, person)
        counts["vouches"] = _live_vouches(site, person)
        for end in when_removed:
            end(actor, site, person)
        return _proof(actor, site, person, counts)


def _end_entries(site: Site, person: Person) -> int:
    live = RosterEntry.site == site, RosterEntry.person == person, RosterEntry.until.is_null()
    return int(RosterEntry.update(until=clock.now()).where(*live).execute())


def _end_memberships(actor: Actor, site: Site, accounts: list[Account]) -> int:
    places = Membership.site == site
    if may(actor, "accounts.off-board", Place(district_id=site.district_id)):
        places |= Membership.district == site.district_id
    live = Membership.account.in_(accounts), Membership.until.is_null(), places
    held = {row.role for row in Membership.select().where(*live)}
    if Role.ADMINISTRATOR in held and not may(actor, "accounts.revoke", site):
        raise Forbidden(_l("They are an administrator. Another administrator must do this."))
    return int(Membership.update(until=clock.now()).where(*live).execute())


def _shut_doors(person: Person, accounts: list[Account]) -> dict[str, int]:
    """End what lets them in from anywhere; who keeps a role elsewhere signs in again."""
    now = clock.now()
    open_requests = SignInRequest.state.not_in([RequestState.USED, RequestState.REFUSED])
    SignInRequest.update(state=RequestState.REFUSED).where(
        SignInRequest.person == person, open_requests
    ).execute()
    KnownDevice.delete().where(KnownDevice.account.in_(accounts)).execute()
    codes = ReturnCode.update(revoked_at=now).where(
        ReturnCode.account.in_(accounts),
        ReturnCode.revoked_at.is_null(),
    )
    return {
        "sessions": sum(sessions.end_all(account) for account in accounts),
        "links": sum(links.end_all(account) for account in accounts),
        "codes": int(codes.execute()),
    }


def _end_proposals(actor: Actor, site: Site, accounts: list[Account]) -> int:
    here = Proposal.site == site
    about = Proposal.account.in_(accounts)
    by = Proposal.proposed_by.in_([memberships.subject(account) for account in accounts])
    values = {
        "state": ProposalState.DECLINED,
        "decided_by": actor.ref,
        "decided_at": clock.now(),
    }
    waiting = Proposal.state == ProposalState.OPEN, here, about | by
    return int(Proposal.update(values).where(*waiting).execute())


def _take_back_messages(site: Site, person: Person) -> int:
    of_site = Topic.select(Topic.id).where(Topic.site == site)
    waiting: Iterable[Expression] = (
        Message.person == person,
        Message.topic.in_(of_site),
        Message.state.in_([MessageState.HELD, MessageState.QUEUED]),
    )
    values = {"state": MessageState.CANCELLED, "reason": "off-boarded"}
    return int(Message.update(values).where(*waiting).execute())


def _live_vouches(site: Site, person: Person) -> int:
    """Return how many words by or for them end; trust does so whenever somebody leaves."""
    theirs = (Vouch.voucher == person) | (Vouch.person == person)
    live = Vouch.select().where(Vouch.site == site, theirs, Vouch.ended_at.is_null())
    return int(live.count())


def _proof(actor: Actor, site: Site, person: Person, counts: dict[str, int]) -> Proof:
    receipt, subject = crypto.public_id()[:10].upper(), f"person:{person.public_id}"
    details = {"receipt": receipt, "counts": counts}
    link = record(actor, KIND, subject, site=site.id, details=details)
    return Proof(receipt, link.at, actor.ref, subject, counts)


def proofs(actor: Actor, site: Site) -> list[Proof]:
    """Return the proofs of a site, the newest first, as its audit holds them."""
    require(actor, "accounts.off-board", site)
    rows = AuditContent.select(AuditContent, AuditLink).join(AuditLink)
    rows = rows.where(AuditLink.chain == f"site:{site.id}", AuditLink.kind == KIND)
    with connection():
        return [_read(row) for row in rows.order_by(AuditLink.seq.desc())]


def proof(actor: Actor, site: Site, receipt: str) -> Proof:
    """Return one proof by its number; raise NotFound."""
    found = next((one for one in proofs(actor, site) if one.receipt == receipt), None)
    if found is None:
        raise NotFound(_l("There is no proof with this number."))
    return found


def _read(row: AuditContent) -> Proof:
    details = json.loads(row.reveal("content"))["details"]
    return Proof(details["receipt"], row.at, row.actor, row.subject, details["counts"])
