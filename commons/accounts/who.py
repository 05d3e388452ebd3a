"""As whom somebody acted at a site: what may be said of them where names may not."""

from __future__ import annotations

from collections.abc import Collection

from commons.accounts.models import Account, Membership
from commons.permissions import Actor, Grant, Role
from commons.sites.models import Site


def role_at(ref: str, site: Site) -> Role | None:
    """Return the role by which an account, named as in the audit, reaches a site now, or None.

    The nearest one: a role at the site before one of its district. None for the console, too.
    """
    kind, _, public_id = ref.partition(":")
    if kind != "account":
        return None
    rows = (
        Membership.select()
        .join(Account)
        .where(Account.public_id == public_id, Membership.until.is_null())
    )
    grants = [Grant(row.role, row.site_id, row.district_id) for row in rows]
    reaching = [grant for grant in grants if grant.covers(site)]
    nearest = min(reaching, key=lambda grant: (grant.site_id is None, grant.role), default=None)
    return nearest.role if nearest else None


def same_person(actor: Actor, refs: Collection[str]) -> bool:
    """Return whether an actor is one of these, by this account or by another of theirs."""
    if actor.ref in refs:
        return True
    ids = [ref.partition(":")[2] for ref in refs if ref.startswith("account:")]
    if actor.account_id is None or not ids:
        return False
    mine = Account.select(Account.person).where(
        Account.id == actor.account_id, Account.person.is_null(False)
    )
    return bool(
        Account.select().where(Account.public_id.in_(ids), Account.person.in_(mine)).exists()
    )
