"""What takes two: one person proposes a role or a recovery, another confirms it within a week.

The console on the host counts as one of the two while a place has fewer than three district
administrators, and never afterwards (SECURITY.md, changed rows).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import clock, crypto
from commons.accounts import links, memberships, sessions
from commons.accounts.memberships import Place, place, record_role
from commons.accounts.models import (
    Account,
    KnownDevice,
    Membership,
    Proposal,
    ProposalKind,
    ProposalState,
)
from commons.database import connection, transaction
from commons.errors import Conflict, DomainError, Forbidden, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import CONSOLE, Actor, Role, may, require, require_fresh
from commons.sites.models import District, Site

LASTS = dt.timedelta(days=7)
ENOUGH = 3  # district administrators, from which on the console decides nothing
# While a place has no district administrator at all, the console alone gives the first of these.
_FIRST = (Role.DISTRICT_ADMINISTRATOR, Role.SITE_LEAD)


@dataclass(frozen=True)
class Outcome:
    """What became of a proposal; after a recovery also the token of the link to hand over."""

    proposal: Proposal
    token: str | None = None

    @property
    def done(self) -> bool:
        """Return whether it has taken effect."""
        return bool(self.proposal.state == ProposalState.CONFIRMED)


def propose_role(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> Outcome:
    """Propose a role at a site, in a district, or (with neither) everywhere.

    It takes effect at once only where the console may decide alone. Raises Invalid for a role
    that needs no second person, Conflict when it is held or proposed already, NotFresh.
    """
    require(actor, "accounts.grant", place(site, district))
    require_fresh(actor)
    return open_role(actor, account, role, site, district)


def open_role(
    actor: Actor, account: Account, role: Role, site: Site | None, district: District | None
) -> Outcome:
    """Write the proposal of a role; what the actor may propose was decided by the caller."""
    if role not in memberships.BY_TWO or (site is not None and district is not None):
        memberships.refuse("role", _l("Choose a role that staff have, at one site or district."))
    held = Membership.select().where(
        Membership.account == account,
        Membership.role == role,
        Membership.until.is_null(),
        Membership.site == site if site else Membership.site.is_null(),
        Membership.district == district if district else Membership.district.is_null(),
    )
    with transaction():
        if held.exists():
            raise Conflict(memberships.HELD_ALREADY)
        return _open(actor, account, ProposalKind.GRANT, role, site, district)


def propose_recovery(actor: Actor, account: Account) -> Outcome:
    """Propose to let somebody who lost their phone or password set themselves up anew.

    Raises Conflict when that is proposed already, NotFresh.
    """
    memberships.require_over(actor, "accounts.recover", account)
    require_fresh(actor)
    with transaction():
        return _open(actor, account, ProposalKind.RECOVERY, None, None, None)


def _open(
    actor: Actor,
    account: Account,
    kind: ProposalKind,
    role: Role | None,
    site: Site | None,
    district: District | None,
) -> Outcome:
    _refuse_oneself(actor, account)
    now, same = clock.now(), (Proposal.account == account, Proposal.kind == kind)
    open_ones = Proposal.select().where(
        *same, Proposal.state == ProposalState.OPEN, Proposal.expires_at > now
    )
    wanted = (role, site.id if site else None, district.id if district else None)
    if any((row.role, row.site_id, row.district_id) == wanted for row in open_ones):
        raise Conflict(_l("This is proposed already, and waits for a second person."))
    proposal = Proposal.create(
        public_id=crypto.public_id(),
        kind=kind,
        account=account,
        role=role,
        site=site,
        district=district,
        proposed_by=actor.ref,
        proposed_at=now,
        expires_at=now + LASTS,
    )
    _require_console_counts(actor, proposal)
    _record(actor, "proposed", proposal)
    if actor.ref == CONSOLE.ref and _console_alone(proposal):
        return _carry_out(actor, proposal)
    return Outcome(proposal)


def find(public_id: str) -> Proposal:
    """Return the proposal with this id; raise NotFound."""
    with connection():
        found = Proposal.get_or_none(Proposal.public_id == public_id)
    if found is None:
        raise NotFound(_l("There is no such proposal."))
    return found


def confirm(actor: Actor, public_id: str) -> Outcome:
    """Let a proposal of somebody else take effect.

    Raises Forbidden for one's own proposal and for one about oneself, Conflict when it was
    answered, has run out, or its proposer could not propose it any more; NotFresh.
    """
    proposal = find(public_id)
    _require_second(actor, proposal)
    require_fresh(actor)
    with transaction():
        return _carry_out(actor, proposal)


def decline(actor: Actor, public_id: str) -> None:
    """Say no to a proposal, or take back one's own; raise Conflict when it was answered."""
    proposal = find(public_id)
    if proposal.proposed_by != actor.ref:
        _require_over(actor, proposal)
    with transaction():
        _answer(actor, proposal, ProposalState.DECLINED)
        _record(actor, "declined", proposal)


def may_confirm(actor: Actor, proposal: Proposal) -> bool:
    """Return whether this actor could be the second person."""
    try:
        _require_second(actor, proposal)
    except DomainError:
        return False
    return True


def open_proposals() -> list[Proposal]:
    """Return every proposal that waits, the oldest first."""
    rows = Proposal.select(Proposal, Account).join(Account)
    rows = rows.where(Proposal.state == ProposalState.OPEN, Proposal.expires_at > clock.now())
    with connection():
        return list(rows.order_by(Proposal.proposed_at, Proposal.id))


def places(proposal: Proposal) -> list[Place]:
    """Return what its two persons must cover: its place, or all places of the account."""
    if proposal.kind == ProposalKind.RECOVERY:
        return memberships.places_of(proposal.account)
    return [place(proposal.site, proposal.district)]


def confirmers(proposal: Proposal) -> list[Account]:
    """Return the accounts that could be the second person now."""
    return [
        account
        for account in memberships.administrators(places(proposal), able=True)
        if may_confirm(sessions.actor_for(account), proposal)
    ]


def _require_over(actor: Actor, proposal: Proposal) -> None:
    for where in places(proposal):
        require(actor, _permission(proposal), where)


def _permission(proposal: Proposal) -> str:
    recovery = proposal.kind == ProposalKind.RECOVERY
    return "accounts.recover" if recovery else "accounts.grant"


def _require_second(actor: Actor, proposal: Proposal) -> None:
    _require_over(actor, proposal)
    if actor.ref == proposal.proposed_by:
        raise Forbidden(_l("You proposed this. Somebody else must confirm it."))
    _refuse_oneself(actor, proposal.account)
    _require_console_counts(actor, proposal)
    _require_proposer(proposal)


def _require_proposer(proposal: Proposal) -> None:
    """Raise Conflict when the first person could not propose this any more."""
    if proposal.proposed_by == CONSOLE.ref:
        _require_console_counts(CONSOLE, proposal)
        return
    account = Account.get_or_none(
        Account.public_id == proposal.proposed_by.removeprefix("account:")
    )
    first = sessions.actor_for(account) if account else Actor(proposal.proposed_by)
    asked = "accounts.recover" if proposal.kind == ProposalKind.RECOVERY else "accounts.invite"
    if not all(may(first, asked, where) for where in places(proposal)):
        raise Conflict(_l("Whoever proposed this may no longer do so. Propose it again."))


def _require_console_counts(actor: Actor, proposal: Proposal) -> None:
    if actor.ref != CONSOLE.ref:
        return
    if len(memberships.administrators(places(proposal), able=True)) >= ENOUGH:
        raise Conflict(
            _l("There are three district administrators. Two of them decide, not the console.")
        )


def _console_alone(proposal: Proposal) -> bool:
    others = memberships.administrators(places(proposal))
    if proposal.kind == ProposalKind.RECOVERY:
        return all(account.id == proposal.account_id for account in others)
    return proposal.role in _FIRST and not others and not _has_lead(proposal)


def _has_lead(proposal: Proposal) -> bool:
    return (
        proposal.role == Role.SITE_LEAD
        and Membership.select()
        .where(
            Membership.role == Role.SITE_LEAD,
            Membership.until.is_null(),
            Membership.site == proposal.site,
        )
        .exists()
    )


def _refuse_oneself(actor: Actor, account: Account) -> None:
    if actor.account_id == account.id:
        raise Forbidden(_l("This is about your own account. Two others must do it."))


def _carry_out(actor: Actor, proposal: Proposal) -> Outcome:
    """Answer the proposal with yes and let it take effect, inside the caller's transaction."""
    _answer(actor, proposal, ProposalState.CONFIRMED)
    _record(actor, "confirmed", proposal)
    if proposal.kind == ProposalKind.RECOVERY:
        return Outcome(proposal, _recover(proposal.account))
    assert proposal.role is not None
    memberships.give_role(
        actor, proposal.account, proposal.role, site=proposal.site, district=proposal.district
    )
    return Outcome(proposal)


def _answer(actor: Actor, proposal: Proposal, state: ProposalState) -> None:
    now = clock.now()
    waits = Proposal.state == ProposalState.OPEN, Proposal.expires_at > now
    values = {"state": state, "decided_by": actor.ref, "decided_at": now}
    if not Proposal.update(values).where(Proposal.id == proposal.id, *waits).execute():
        raise Conflict(_l("This proposal was answered, or its seven days are over."))
    proposal.state = state


def _recover(account: Account) -> str:
    """Empty password and second factor together, never one of them; return a link's token."""
    Account.update(
        password_hash=None, totp_secret=None, set_up_since=clock.now(), frozen_until=None
    ).where(Account.id == account.id).execute()
    sessions.end_all(account)
    KnownDevice.delete().where(KnownDevice.account == account).execute()
    return links.replace(account)


def _record(actor: Actor, what: str, proposal: Proposal) -> None:
    kind = f"account.{'recovery' if proposal.kind == ProposalKind.RECOVERY else 'role'}_{what}"
    about = proposal.account, proposal.role, proposal.site, proposal.district
    record_role(actor, kind, *about)
