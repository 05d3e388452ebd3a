"""The second factor: codes of six digits that change every thirty seconds (RFC 6238)."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pyotp

from commons import crypto
from commons.accounts.models import Account
from commons.database import transaction

PERIOD = 30
WINDOW = 1  # a clock may be off by one period, either way
ISSUER = "Farolito"
# Compared with when an account has no secret, so that the answer takes as long.
_NOBODY = pyotp.random_base32()


def new_secret() -> str:
    """Return a new secret in base32."""
    return pyotp.random_base32()


def address(secret: str, sign_in_name: str) -> str:
    """Return the otpauth address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=sign_in_name, issuer_name=ISSUER)


def matching_step(secret: str | None, code: str, now: dt.datetime) -> int | None:
    """Return the time step that a code belongs to, or None; does the same work for no secret."""
    generator, given = pyotp.TOTP(secret or _NOBODY), _digits(code)
    step = int(now.timestamp()) // PERIOD
    found = None
    for candidate in range(step - WINDOW, step + WINDOW + 1):
        if pyotp.utils.strings_equal(generator.generate_otp(candidate), given):
            found = candidate
    return found if secret else None


def use_up(account: Account, step: int) -> bool:
    """Mark a step as used; False if it, or a later one, was used before."""
    with transaction():
        changed = (
            Account.update(totp_step=step)
            .where(Account.id == account.id, Account.totp_step < step)
            .execute()
        )
    return bool(changed)


def wrapped(account: Account, secret: str) -> str:
    """Return a secret sealed for the account's form, while its first code is awaited."""
    return crypto.ring().seal(secret, _pending(account)).hex()


def unwrapped(account: Account, text: str) -> str | None:
    """Return the secret from the account's own form; None if the text is anything else."""
    try:
        return crypto.ring().open(bytes.fromhex(text), _pending(account))
    except (ValueError, IndexError, crypto.Unreadable):
        return None


def _pending(account: Account) -> str:
    return f"account.totp_pending.{account.public_id}"


def _digits(code: str) -> str:
    # Some keyboards write Arabic or Persian digits; authenticators put a space in the middle.
    return "".join(str(unicodedata.decimal(sign)) for sign in code if sign.isdecimal())
