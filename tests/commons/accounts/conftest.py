"""An account that can sign in with password and code, and cheap hashing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from commons import clock
from commons.accounts import passwords, totp
from commons.accounts.models import Account

PASSWORD = "violin harbor umbrella plum"


@dataclass
class Equipped:
    """An account with everything that signing in needs."""

    account: Account
    name: str
    secret: str
    password: str = PASSWORD

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(clock.now())

    def wrong_code(self) -> str:
        return f"{(int(self.code()) + 500_000) % 1_000_000:06d}"


class Counting(PasswordHasher):
    """Counts its comparisons, which are what costs time."""

    compared = 0

    def verify(self, *args: Any, **options: Any) -> Any:
        self.compared += 1
        return super().verify(*args, **options)


@pytest.fixture
def counting() -> Callable[[], Counting]:
    def put_to_use() -> Counting:
        hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
        passwords.use(hasher)
        return hasher

    return put_to_use


@pytest.fixture(autouse=True)
def _cheap_hashing() -> Iterator[None]:
    before = passwords._hasher
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords.use(before)


@pytest.fixture
def equip(db: str) -> Callable[[Account], Equipped]:
    def equip(account: Account) -> Equipped:
        secret = totp.new_secret()
        Account.update(
            password_hash=passwords.hashed(PASSWORD),
            **Account.sealed(account.public_id, totp_secret=secret),
        ).where(Account.id == account.id).execute()
        fresh = Account.get_by_id(account.id)
        return Equipped(fresh, fresh.reveal("sign_in_name"), secret)

    return equip


@pytest.fixture
def rosa(cast: object, equip: Callable[[Account], Equipped]) -> Equipped:
    return equip(cast.rosa)  # type: ignore[attr-defined]
