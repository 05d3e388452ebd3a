"""Who holds which role where: given, taken, and asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import IntegrityError

from commons import clock
from commons.accounts.models import (
    Account,
    AccountState,
    Membership,
    Proposal,
    ProposalKind,
    ProposalState,
)
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, Grant, Role, Scope, require, require_fresh
from commons.sites.models import District, Site

# A site's administrator gives these alone; what reaches many people or their data takes two.
ALONE = frozenset({Role.FRONT_DESK, Role.VOLUNTEER, Role.OBSERVER})
SITE_ROLES = (
    Role.SITE_LEAD,
    Role.COUNSELOR,
    Role.ADMINISTRATOR,
    Role.FRONT_DESK,
    Role.VOLUNTEER,
    Role.OBSERVER,
)
DISTRICT_ROLES = (Role.DISTRICT_ADMINISTRATOR, Role.DISPATCHER, Role.COUNSEL, Role.OPERATOR)
BY_TWO = frozenset({*SITE_ROLES, *DISTRICT_ROLES}) - ALONE
_NOT_PEOPLE = (Role.CONSOLE, Role.RELAY)


@dataclass(frozen=True)
class Place:
    """A site, a district, or everywhere, as a scope; the key 0 is nobody's."""

    id: int = 0
    district_id: int = 0


def place(site: Site | None = None, district: District | None = None) -> Place:
    """Return where a role holds; never None, which would let a grant at one site reach all."""
    if site is not None:
        return Place(site.id, site.district_id)
    return Place(district_id=district.id if district else 0)


def live(account: Account) -> list[Membership]:
    """Return the roles that the account holds, with their sites."""
    rows = Membership.select().where(Membership.account == account, Membership.until.is_null())
    with connection():
        return list(rows.order_by(Membership.id))


def places_of(account: Account) -> list[Place]:
    """Return the places that decide who sees to an account; everywhere at once if it has none.

    A role that one person gives counts only where there is no other: else an administrator far
    away could invite somebody as a volunteer, and their own district could no longer stop them.
    """
    held = live(account)
    weighty = [row for row in held if row.role in BY_TWO]
    return _places(weighty or held or _asked(account))


def every_place_of(account: Account) -> list[Place]:
    """Return everywhere the account has a role or waits for one; everywhere at once if nowhere."""
    return _places([*live(account), *_asked(account)])


def _asked(account: Account) -> list[Proposal]:
    rows = Proposal.select().where(
        Proposal.account == account,
        Proposal.kind == ProposalKind.GRANT,
        Proposal.state == ProposalState.OPEN,
        Proposal.expires_at > clock.now(),
    )
    with connection():
        return list(rows)


def _places(rows: Sequence[Membership | Proposal]) -> list[Place]:
    with connection():
        return list({place(row.site, row.district) for row in rows}) or [Place()]


def require_over(actor: Actor, permission: str, account: Account) -> None:
    """Raise Forbidden or NotFound unless the actor holds this over the account's places."""
    for where in places_of(account):
        require(actor, permission, where)


def administrators(places: Sequence[Scope], *, able: bool = False) -> list[Account]:
    """Return the active district administrators who cover all the places.

    `able` leaves out those who were invited and cannot sign in yet.
    """
    rows = Membership.select(Membership, Account).join(Account)
    rows = rows.where(
        Membership.role == Role.DISTRICT_ADMINISTRATOR,
        Membership.until.is_null(),
        Account.state == AccountState.ACTIVE,
    )
    if able:
        rows = rows.where(Account.set_up_since.is_null())
    found = {
        row.account_id: row.account
        for row in rows
        if all(Grant(row.role, row.site_id, row.district_id).covers(each) for each in places)
    }
    return list(found.values())


def give_role(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> Membership:
    """Write that an account holds a role at a site, in a district, or (with neither) everywhere.

    Whether it may was decided by the caller: two persons (`proposals`), or a site's administrator
    alone. Raises Conflict when it holds the role there already.
    """
    if role in _NOT_PEOPLE or (site is not None and district is not None):
        refuse("role", _l("Choose a role that people have, at one site or in one district."))
    try:
        with transaction():
            row = Membership.create(
                account=account,
                role=role,
                site=site,
                district=district,
                since=clock.now(),
                granted_by=actor.ref,
            )
            record_role(actor, "account.role_granted", account, role, site, district)
    except IntegrityError:
        raise Conflict(HELD_ALREADY) from None
    return row


HELD_ALREADY = _l("This account already holds this role there.")


def revoke(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> None:
    """Take a role away, from the next request on; raise Conflict when it is not held there.

    One person is enough: taking away must be quick.
    """
    require(actor, "accounts.revoke", place(site, district))
    require_fresh(actor)
    with transaction():
        changed = (
            Membership.update(until=clock.now())
            .where(
                Membership.account == account,
                Membership.role == role,
                Membership.until.is_null(),
                Membership.site.is_null() if site is None else Membership.site == site,
                Membership.district.is_null()
                if district is None
                else Membership.district == district,
            )
            .execute()
        )
        if not changed:
            raise Conflict(_l("This account does not hold this role there."))
        record_role(actor, "account.role_revoked", account, role, site, district)


def record_role(
    actor: Actor,
    kind: str,
    account: Account,
    role: Role | None,
    site: Site | None,
    district: District | None,
) -> None:
    """Append to the site's chain, or the installation's, what happened to a role."""
    details = {
        "role": role.value if role else None,
        "district": district.public_id if district else None,
    }
    record(actor, kind, subject(account), site=site.id if site else None, details=details)


def subject(account: Account) -> str:
    """Return what the audit calls an account."""
    return f"account:{account.public_id}"


def refuse(field: str, sentence: object) -> None:
    """Raise Invalid with the sentence above the form and beside its field."""
    raise Invalid(sentence, {field: sentence})
