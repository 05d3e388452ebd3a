"""Who may sign in at a site or in a district, and what waits for a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from commons.accounts import freezing, proposals
from commons.accounts.memberships import place
from commons.accounts.models import Account, AccountState, Membership, Proposal, ProposalKind
from commons.accounts.roles import role_words
from commons.database import connection
from commons.errors import NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, Role, may, require
from commons.sites.models import Site

CONSOLE_WORDS = _l("the console of this installation")


@dataclass(frozen=True)
class Held:
    """A role that an account holds, where, since when, and whether the visitor may end it."""

    role: Role
    words: str
    where: str
    since: dt.datetime
    site_id: str
    district_id: str
    may_end: bool


@dataclass(frozen=True)
class Seat:
    """One account as the list shows it."""

    public_id: str
    name: str
    sign_in_name: str
    state: str  # active, invited, recovering, frozen or suspended
    own: bool
    held: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """A proposal in words, and what the visitor may answer."""

    public_id: str
    words: str
    by: str
    at: dt.datetime
    expires_at: dt.datetime
    may_confirm: bool


def account(public_id: str) -> Account:
    """Return the account with this id; raise NotFound. Who may act on it asks the act itself."""
    with connection():
        found = Account.get_or_none(Account.public_id == public_id)
    if found is None:
        raise NotFound(_l("There is no such account."))
    return found


def seats(actor: Actor, site: Site | None = None) -> list[Seat]:
    """Return who may sign in at a site, or wherever the actor may see it, by name.

    Who reaches the site through its district, or from everywhere, belongs to it as well; families
    and helpers do not: they are on the roster.
    """
    require(actor, "accounts.list", site)
    rows = Membership.select(Membership, Account).join(Account)
    rows = rows.where(
        Membership.until.is_null(), Membership.role.not_in([Role.PARENT, Role.CONSOLE])
    )
    found: dict[int, Seat] = {}
    with connection():
        invited = [each.account for each in proposals.open_proposals() if _sees(actor, each, site)]
        for one in invited:
            found.setdefault(one.id, _seat(actor, one))
        for row in rows.order_by(Membership.id):
            if not _shows(actor, row, site):
                continue
            seat = found.setdefault(row.account_id, _seat(actor, row.account))
            seat.held.append(_held(actor, row))
    return sorted(found.values(), key=lambda seat: (seat.name.casefold(), seat.public_id))


def _shows(actor: Actor, row: Membership, site: Site | None) -> bool:
    if site is None:
        return may(actor, "accounts.list", place(row.site, row.district))
    everywhere = row.site_id is None and row.district_id is None
    return everywhere or row.site_id == site.id or row.district_id == site.district_id


def _sees(actor: Actor, proposal: Proposal, site: Site | None) -> bool:
    if site is not None:
        return bool(proposal.site_id == site.id)
    return all(may(actor, "accounts.list", where) for where in proposals.places(proposal))


def _seat(actor: Actor, one: Account) -> Seat:
    return Seat(
        one.public_id,
        one.reveal("name"),
        one.reveal("sign_in_name"),
        _state(one),
        actor.account_id == one.id,
    )


def _state(one: Account) -> str:
    if one.state == AccountState.SUSPENDED:
        return "suspended"
    if freezing.is_frozen(one):
        return "frozen"
    if one.set_up_since is None:
        return "active"
    return "invited" if one.set_up_since == one.created_at else "recovering"


def _held(actor: Actor, row: Membership) -> Held:
    return Held(
        row.role,
        role_words(row.role),
        _where(row.site, row.district),
        row.since,
        row.site.public_id if row.site else "",
        row.district.public_id if row.district else "",
        may(actor, "accounts.revoke", place(row.site, row.district)),
    )


def _where(site: object, district: object) -> str:
    return str(getattr(site or district, "name", "") or _("everywhere"))


def waiting(actor: Actor, site: Site | None = None) -> list[Waiting]:
    """Return the proposals of a site, or all that the actor covers, the oldest first."""
    require(actor, "accounts.list", site)
    rows = [each for each in proposals.open_proposals() if _sees(actor, each, site)]
    return [_waiting(actor, row) for row in rows]


def _waiting(actor: Actor, row: Proposal) -> Waiting:
    return Waiting(
        row.public_id,
        proposal_words(row),
        str(by_words(row.proposed_by)),
        row.proposed_at,
        row.expires_at,
        proposals.may_confirm(actor, row),
    )


def proposal_words(row: Proposal) -> str:
    """Return what is proposed, in the language in force."""
    name = row.account.reveal("name")
    if row.kind == ProposalKind.RECOVERY:
        return _("%(name)s lost their phone or password and sets up their account anew.", name=name)
    assert row.role is not None
    return _(
        "%(name)s: %(role)s, %(where)s.",
        name=name,
        role=role_words(row.role),
        where=_where(row.site, row.district),
    )


def by_words(ref: str) -> object:
    """Return who a reference names: an account by its name, or the console."""
    found = Account.get_or_none(Account.public_id == ref.removeprefix("account:"))
    return found.reveal("name") if found else CONSOLE_WORDS


def for_me(actor: Actor, site: Site) -> Sequence[Proposal]:
    """Return the proposals about a site, its district or everything that wait for this actor."""
    return [
        row
        for row in proposals.open_proposals()
        if row.site_id in (None, site.id) and proposals.may_confirm(actor, row)
    ]
