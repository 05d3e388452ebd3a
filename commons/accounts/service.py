"""The verbs of accounts: make, equip, grant, revoke, suspend, and hand out sign-in links."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from peewee import IntegrityError

from commons import clock, crypto, i18n
from commons.accounts import passwords, sessions, totp
from commons.accounts.models import Account, AccountState, Membership, SignInLink, SignInSession
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, Role, Scope, require, require_fresh
from commons.sites.models import District, Site

LONGEST_NAME = 60
LONGEST_LINK = dt.timedelta(days=7)
THEMES = ("", "light", "dark")
_NOT_PEOPLE = (Role.CONSOLE, Role.RELAY)


@dataclass(frozen=True)
class _Reach:
    """A site, a district, or everywhere, as a scope; the key 0 is nobody's."""

    id: int = 0
    district_id: int = 0


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
    sign_in_name, name = plain_name(sign_in_name), checked_name(name)
    if not 3 <= len(sign_in_name) <= 254 or " " in sign_in_name:
        _refuse("sign_in_name", _l("Enter a sign-in name without spaces, like a work e-mail."))
    public_id = crypto.public_id()
    try:
        with transaction():
            account = Account.create(
                public_id=public_id,
                sign_in_index=Account.sign_in_index.of(sign_in_name),
                language=i18n.pick(language),
                created_at=clock.now(),
                **Account.sealed(public_id, name=name, sign_in_name=sign_in_name),
            )
            record(actor, "account.created", _subject(account))
    except IntegrityError:
        raise Conflict(_l("There is already an account with this sign-in name.")) from None
    return account


def checked_name(name: str) -> str:
    """Return a name without stray spaces; raise Invalid when it is empty or too long."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        _refuse("name", _l("Enter a name of up to %(most)s letters.", most=LONGEST_NAME))
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
    stored = passwords.hashed(password)
    with transaction():
        Account.update(password_hash=stored).where(Account.id == account.id).execute()
        sessions.end_all(account, but=keep)
        record(actor, "account.password_set", _subject(account))


def enrol_totp(actor: Actor, account: Account, secret: str, code: str) -> None:
    """Take a secret into use once its first code is right; the actor must be freshly signed in."""
    _require_own(actor, account)
    step = totp.matching_step(secret, code, clock.now())
    if step is None:
        _refuse("code", _l("This code does not match. Enter the one that shows now."))
    with transaction():
        Account.update(
            totp_step=step, **Account.sealed(account.public_id, totp_secret=secret)
        ).where(Account.id == account.id).execute()
        record(actor, "account.totp_enrolled", _subject(account))


def make_sign_in_link(actor: Actor, account: Account, minutes: int = 15) -> str:
    """Return the token of a link that signs in once; only its hash is kept."""
    require(actor, "accounts.link")
    lasts = dt.timedelta(minutes=minutes)
    if not dt.timedelta(0) < lasts <= LONGEST_LINK:
        _refuse("minutes", _l("A sign-in link may last from one minute to seven days."))
    token = crypto.token()
    with transaction():
        SignInLink.create(
            account=account,
            token_hash=crypto.token_hash(token),
            expires_at=clock.now() + lasts,
        )
        record(actor, "account.link_made", _subject(account), details={"minutes": minutes})
    return token


def grant(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> Membership:
    """Give an account a role at a site, in a district, or (with neither) everywhere.

    Raises Conflict when it holds the role there already.
    """
    require(actor, "accounts.grant", _scope(site, district))
    _fresh_if_account(actor)
    if role in _NOT_PEOPLE or (site is not None and district is not None):
        _refuse("role", _l("Choose a role that people have, at one site or in one district."))
    try:
        with transaction():
            row = Membership.create(
                account=account,
                role=role,
                site=site,
                district=district,
                since=clock.now(),
                granted_by=actor.ref,
            )
            _record_role(actor, "account.role_granted", account, role, site, district)
    except IntegrityError:
        raise Conflict(_l("This account already holds this role there.")) from None
    return row


def revoke(
    actor: Actor,
    account: Account,
    role: Role,
    *,
    site: Site | None = None,
    district: District | None = None,
) -> None:
    """Take a role away, from the next request on; raise Conflict when it is not held there."""
    require(actor, "accounts.grant", _scope(site, district))
    _fresh_if_account(actor)
    with transaction():
        changed = (
            Membership.update(until=clock.now())
            .where(
                Membership.account == account,
                Membership.role == role,
                Membership.until.is_null(),
                Membership.site.is_null() if site is None else Membership.site == site,
                Membership.district.is_null()
                if district is None
                else Membership.district == district,
            )
            .execute()
        )
        if not changed:
            raise Conflict(_l("This account does not hold this role there."))
        _record_role(actor, "account.role_revoked", account, role, site, district)


def suspend(actor: Actor, account: Account) -> None:
    """Stop an account from signing in, and end its sessions; raise Conflict if it is stopped."""
    require(actor, "accounts.suspend", _Reach())
    with transaction():
        _move(account, AccountState.ACTIVE, AccountState.SUSPENDED)
        sessions.end_all(account)
        record(actor, "account.suspended", _subject(account))


def restore(actor: Actor, account: Account) -> None:
    """Let a suspended account sign in again; raise Conflict if it is not suspended."""
    require(actor, "accounts.suspend", _Reach())
    with transaction():
        _move(account, AccountState.SUSPENDED, AccountState.ACTIVE)
        record(actor, "account.restored", _subject(account))


def _move(account: Account, old: AccountState, new: AccountState) -> None:
    here = Account.id == account.id, Account.state == old
    if not Account.update(state=new).where(*here).execute():
        raise Conflict(_l("The account has changed meanwhile. Look at it again."))


def _scope(site: Site | None, district: District | None) -> Scope:
    # Never None, which would let a grant at one site reach all of them.
    if site is not None:
        return _Reach(site.id, site.district_id)
    return _Reach(district_id=district.id if district else 0)


def _record_role(
    actor: Actor, kind: str, account: Account, role: Role, site: Site | None, district: object
) -> None:
    details = {"role": role.value, "district": getattr(district, "public_id", None)}
    record(actor, kind, _subject(account), site=site.id if site else None, details=details)


def _require_own(actor: Actor, account: Account, *, fresh: bool = True) -> None:
    if actor.account_id != account.id:
        require(actor, "accounts.reset", _Reach())
    elif fresh:
        require_fresh(actor)


def _fresh_if_account(actor: Actor) -> None:
    if actor.account_id is not None:
        require_fresh(actor)


def _subject(account: Account) -> str:
    return f"account:{account.public_id}"


def _refuse(field: str, sentence: object) -> None:
    raise Invalid(sentence, {field: sentence})
