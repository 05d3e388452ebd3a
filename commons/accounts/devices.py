"""Browsers that signed in before, so that a guesser elsewhere cannot lock their owner out.

The browser keeps one random token; each account that signs in there keeps the hash of the token
together with its own id, so that the table does not say who shares a browser.
"""

from __future__ import annotations

import datetime as dt

from commons import clock, crypto
from commons.accounts.models import Account, KnownDevice
from commons.database import connection, transaction

LASTS = dt.timedelta(days=90)
MOST = 10  # for one account; the one not used for longest is forgotten


def is_known(account: Account | None, token: str) -> bool:
    """Return whether the account signed in from this browser within ninety days."""
    wanted = _hashed(account.public_id if account else "nobody", token)
    with connection():
        found: bool = (
            KnownDevice.select()
            .where(
                KnownDevice.account == (account.id if account else 0),
                KnownDevice.token_hash == wanted,
                KnownDevice.seen_at > clock.now() - LASTS,
            )
            .exists()
        )
    return found


def remember(account: Account, token: str = "") -> str:
    """Keep that the account signed in from this browser; return the token that it shall hold."""
    token, now = token if len(token) >= 43 else crypto.token(), clock.now()
    hashed = _hashed(account.public_id, token)
    with transaction():
        if not KnownDevice.update(seen_at=now).where(KnownDevice.token_hash == hashed).execute():
            KnownDevice.create(account=account, token_hash=hashed, made_at=now, seen_at=now)
            _forget_oldest(account)
    return token


def _forget_oldest(account: Account) -> None:
    mine = KnownDevice.select(KnownDevice.id).where(KnownDevice.account == account)
    newest = mine.order_by(KnownDevice.seen_at.desc(), KnownDevice.id.desc())
    surplus = [row.id for row in newest][MOST:]
    if surplus:
        KnownDevice.delete().where(KnownDevice.id.in_(surplus)).execute()


def _hashed(public_id: str, token: str) -> str:
    return crypto.token_hash(f"{public_id}:{token[:64]}")
