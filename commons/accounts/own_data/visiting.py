"""The link by which somebody who wrote from Signal opens the page of their own data."""

from __future__ import annotations

import datetime as dt

from commons import clock, crypto
from commons.accounts.models import Account, SignInLink
from commons.accounts.own_data.gathering import address
from commons.audit import record
from commons.database import transaction
from commons.permissions import RELAY

PAGE = "/own-data"
LASTS = dt.timedelta(minutes=15)


def link_for(account: Account) -> str:
    """Return the address that signs an account in once and opens the page of its own data."""
    token = crypto.token()
    with transaction():
        SignInLink.create(
            account=account, token_hash=crypto.token_hash(token), expires_at=clock.now() + LASTS
        )
        record(RELAY, "account.link_made", f"account:{account.public_id}")
    return address(f"/sign-in/{token}?next={PAGE}")
