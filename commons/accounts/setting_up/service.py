"""An invited or recovered account sets itself up: a password, then an authenticator app.

The steps take no account from outside: it is always the one that is signed in. Its session came
from a link that was handed over, and until the last step nothing else opens to it.
"""

from __future__ import annotations

from commons import clock
from commons.accounts import memberships, passwords, sessions, totp
from commons.accounts.models import Account, SignInSession
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l

_OVER = _l("This step is done already. Go on with the next one.")


def choose_password(own: sessions.Found, password: str) -> None:
    """Take the account's first password; raise Invalid if it is easy to guess, else Conflict."""
    account = own.account
    passwords.check(password, (account.reveal("name"), account.reveal("sign_in_name")))
    stored = passwords.hashed(password)
    with transaction():
        _step(account, Account.password_hash.is_null(), password_hash=stored)
        record(own.actor, "account.password_set", memberships.subject(account))


def connect(own: sessions.Found, secret: str, code: str) -> str:
    """Take the second factor with its first code; the account is then set up.

    Returns the session's new token. Raises Invalid for a wrong code, Conflict when there is no
    password yet or the account is set up already.
    """
    account = own.account
    step = totp.matching_step(secret, code, clock.now())
    if step is None:
        memberships.refuse("code", _l("This code does not match. Enter the one that shows now."))
    sealed = Account.sealed(account.public_id, totp_secret=secret)
    with transaction():
        _step(
            account,
            Account.password_hash.is_null(False),
            totp_step=step,
            set_up_since=None,
            **sealed,
        )
        sessions.end_all(account, but=own.session)
        record(own.actor, "account.set_up", memberships.subject(account))
        return sessions.renew(SignInSession.get_by_id(own.session.id))


def _step(account: Account, state: object, **values: object) -> None:
    mine = Account.id == account.id, Account.set_up_since.is_null(False)
    missing = Account.totp_secret.is_null()
    if not Account.update(**values).where(*mine, missing, state).execute():
        raise Conflict(_OVER)
