"""The verbs of accounts: make, equip, suspend, and hand out sign-in links."""

from __future__ import annotations

import datetime as dt
import unicodedata

from peewee import IntegrityError

from commons import clock, crypto, i18n
from commons.accounts import links, passwords, sessions, totp
from commons.accounts.memberships import Place, refuse, require_over, subject
from commons.accounts.models import Account, AccountState, SignInSession
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require, require_fresh
from commons.roster.models import Person

LONGEST_NAME = 60
THEMES = ("", "light", "dark")


def plain_name(sign_in_name: str) -> str:
    """Return a sign-in name as it is kept: case and stray spaces do not matter."""
    return unicodedata.normalize("NFKC", sign_in_name).strip().casefold()


def find_account(sign_in_name: str) -> Account:
    """Return the account with this sign-in name; raise NotFound. For the host, not for the web."""
    account = account_named(sign_in_name)
    if account is None:
        raise NotFound(_l("There is no account with this sign-in name."))
    return account


def account_named(sign_in_name: str) -> Account | None:
    """Return the account with this sign-in name, or None."""
    index = Account.sign_in_index.of(plain_name(sign_in_name))
    with connection():
        return Account.get_or_none(Account.sign_in_index == index)


def create_account(
    actor: Actor, *, sign_in_name: str, name: str, language: str | None = None
) -> Account:
    """Make an account without roles and without a password; it signs in by link at first.

    Raises Conflict when the sign-in name is taken, Invalid when a name cannot be used.
    """
    require(actor, "accounts.create")
    return write_account(actor, sign_in_name, name, language)


def write_account(
    actor: Actor,
    sign_in_name: str,
    name: str,
    language: str | None = None,
    *,
    person: Person | None = None,
    invited: bool = False,
) -> Account:
    """Write a new account, once the caller has made sure that the actor may.

    An invited one must set itself up first. Raises Conflict and Invalid as `create_account` does.
    """
    sign_in_name, name = plain_name(sign_in_name), checked_name(name)
    if not 3 <= len(sign_in_name) <= 254 or " " in sign_in_name:
        refuse("sign_in_name", _l("Enter a sign-in name without spaces, like a work e-mail."))
    public_id, now = crypto.public_id(), clock.now()
    try:
        with transaction():
            account = Account.create(
                public_id=public_id,
                person=person,
                sign_in_index=Account.sign_in_index.of(sign_in_name),
                language=i18n.pick(language),
                created_at=now,
                set_up_since=now if invited else None,
                **Account.sealed(public_id, name=name, sign_in_name=sign_in_name),
            )
            record(actor, "account.invited" if invited else "account.created", subject(account))
    except IntegrityError:
        raise Conflict(_l("There is already an account with this sign-in name.")) from None
    return account


def checked_name(name: str) -> str:
    """Return a name without stray spaces; raise Invalid when it is empty or too long."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        refuse("name", _l("Enter a name of up to %(most)s letters.", most=LONGEST_NAME))
    return name


def save_preferences(
    actor: Actor, account: Account, *, name: str, language: str | None, theme: str
) -> None:
    """Save what the account's owner is called and how pages look to them."""
    _require_own(actor, account, fresh=False)
    name = checked_name(name)
    with transaction():
        Account.update(
            language=i18n.pick(language),
            theme=theme if theme in THEMES else "",
            **Account.sealed(account.public_id, name=name),
        ).where(Account.id == account.id).execute()


def set_password(
    actor: Actor, account: Account, password: str, keep: SignInSession | None = None
) -> None:
    """Set a new password and end every other session; the actor must be freshly signed in.

    Raises Invalid with the reason when the password is too short or easy to guess.
    """
    _require_own(actor, account)
    passwords.check(password, (account.reveal("name"), account.reveal("sign_in_name")))
    if passwords.matches(account.freeze_hash, password):
        refuse("password", _l("This is your second word. Choose another password."))
    stored = passwords.hashed(password)
    with transaction():
        Account.update(password_hash=stored).where(Account.id == account.id).execute()
        sessions.end_all(account, but=keep)
        record(actor, "account.password_set", subject(account))


def enrol_totp(actor: Actor, account: Account, secret: str, code: str) -> None:
    """Take a secret into use once its first code is right; the actor must be freshly signed in."""
    _require_own(actor, account)
    step = totp.matching_step(secret, code, clock.now())
    if step is None:
        refuse("code", _l("This code does not match. Enter the one that shows now."))
    with transaction():
        Account.update(
            totp_step=step, **Account.sealed(account.public_id, totp_secret=secret)
        ).where(Account.id == account.id).execute()
        record(actor, "account.totp_enrolled", subject(account))


def make_sign_in_link(actor: Actor, account: Account, minutes: int = 15) -> str:
    """Return the token of a link that signs in once; only its hash is kept."""
    require(actor, "accounts.link")
    lasts = dt.timedelta(minutes=minutes)
    if not dt.timedelta(0) < lasts <= links.LONGEST:
        refuse("minutes", _l("A sign-in link may last from one minute to seven days."))
    with transaction():
        token = links.write(account, lasts)
        record(actor, "account.link_made", subject(account), details={"minutes": minutes})
    return token


def suspend(actor: Actor, account: Account) -> None:
    """Stop an account from signing in, and end its sessions; raise Conflict if it is stopped."""
    require_over(actor, "accounts.suspend", account)
    require_fresh(actor)
    with transaction():
        _move(account, AccountState.ACTIVE, AccountState.SUSPENDED)
        sessions.end_all(account)
        record(actor, "account.suspended", subject(account))


def restore(actor: Actor, account: Account) -> None:
    """Let a suspended account sign in again; raise Conflict if it is not suspended."""
    require_over(actor, "accounts.suspend", account)
    require_fresh(actor)
    with transaction():
        _move(account, AccountState.SUSPENDED, AccountState.ACTIVE)
        record(actor, "account.restored", subject(account))


def _move(account: Account, old: AccountState, new: AccountState) -> None:
    here = Account.id == account.id, Account.state == old
    if not Account.update(state=new).where(*here).execute():
        raise Conflict(_l("The account has changed meanwhile. Look at it again."))


def _require_own(actor: Actor, account: Account, *, fresh: bool = True) -> None:
    if actor.account_id != account.id:
        require(actor, "accounts.reset", Place())
    elif fresh:
        require_fresh(actor)
