"""As whom somebody acted at a site: what may be said of them where names may not."""

from __future__ import annotations

from commons.accounts.models import Account, Membership
from commons.permissions import Grant, Role
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
