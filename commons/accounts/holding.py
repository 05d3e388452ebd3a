"""Which accounts may do something at a site now, and who of them is tied to a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from commons import clock
from commons.accounts.models import Account, AccountState, Membership
from commons.permissions import Grant, Role, table
from commons.roster.models import Person
from commons.sites.models import Site


def able() -> Any:
    """Return the condition under which an account may act: not suspended, frozen or half made."""
    thawed = Account.frozen_until.is_null() | (Account.frozen_until <= clock.now())
    return (Account.state == AccountState.ACTIVE) & Account.set_up_since.is_null() & thawed


def accounts(roles: Iterable[Role], site: Site) -> list[Account]:
    """Return the accounts that can sign in and hold one of these roles over the site."""
    rows = (
        Membership.select(Membership, Account)
        .join(Account)
        .where(Membership.role.in_(list(roles)), Membership.until.is_null(), able())
        .order_by(Account.id)
    )
    found = {
        row.account_id: row.account
        for row in rows
        if Grant(row.role, row.site_id, row.district_id).covers(site)
    }
    return list(found.values())


def permitted(permission: str, site: Site) -> list[Account]:
    """Return the accounts that can sign in and hold the permission at the site."""
    return accounts(table().roles[permission], site)


def persons(role: Role, site: Site) -> list[int]:
    """Return the keys of the persons whose accounts hold a role over the site."""
    return [one.person_id for one in accounts((role,), site) if one.person_id is not None]


def of_person(person: Person) -> list[Account]:
    """Return the accounts of a person that can sign in."""
    return list(Account.select().where(Account.person == person, able()).order_by(Account.id))
