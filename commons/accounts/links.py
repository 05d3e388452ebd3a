"""Links that sign in once; only the hash of their token is kept."""

from __future__ import annotations

import datetime as dt

from commons import clock, crypto
from commons.accounts.models import Account, SignInLink
from commons.database import transaction

LONGEST = dt.timedelta(days=7)


def write(account: Account, lasts: dt.timedelta) -> str:
    """Write a link inside the caller's transaction and return its token."""
    token = crypto.token()
    SignInLink.create(
        account=account,
        token_hash=crypto.token_hash(token),
        expires_at=clock.now() + lasts,
    )
    return token


def replace(account: Account) -> str:
    """Return the token of a new link of seven days; those before it are worth nothing."""
    with transaction():
        end_all(account)
        return write(account, LONGEST)


def end_all(account: Account) -> int:
    """Use up the links of an account that could still sign in; return how many."""
    now = clock.now()
    return int(
        SignInLink.update(used_at=now)
        .where(
            SignInLink.account == account,
            SignInLink.used_at.is_null(),
            SignInLink.expires_at > now,
        )
        .execute()
    )
