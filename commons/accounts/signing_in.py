"""Signing in: by password with a code, or by a link that works once.

Every failure has the same words and costs the same work, so that nobody learns from an answer
which accounts exist or which of three things was wrong.
"""

from __future__ import annotations

from commons import clock, crypto, limits
from commons.accounts import devices, freezing, passwords, sessions, totp
from commons.accounts.models import Account, AccountState, SignInLink, SignInSession
from commons.accounts.service import account_named, plain_name
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, Invalid, RateLimited
from commons.i18n import lazy_gettext as _l

NOT_RIGHT = _l("The sign-in name, password or code is not right. Check all three.")


def sign_in(
    name: str,
    password: str,
    code: str,
    device: str = "",
    network: str = "unknown",
    browser: str = "",
) -> str:
    """Return the token of a new session; `browser` is the token of a browser known before.

    Raises Invalid, in the same words for every reason, and RateLimited after too many tries. Each
    try is counted before it is looked at, so that tries at once are counted too.
    """
    account, key = account_named(name), crypto.token_hash(plain_name(name))
    bucket: tuple[str, ...] = ("password", key)
    if devices.is_known(account, browser):
        bucket = ("password-known", key, crypto.token_hash(browser))
    else:
        _count_network(network)
    limits.hit(*bucket)
    frozen = freezing.heard(account, password)
    if account is None or not _proven(account, password, code) or frozen:
        if account is None:
            _pretend(password, code)
        raise Invalid(NOT_RIGHT, {"sign_in_name": NOT_RIGHT})
    limits.forgive(*bucket)
    return _opened(account, device, "password")


def _proven(account: Account, password: str, code: str) -> bool:
    """Return whether password and code are both right; a right code is used up by it."""
    secret = account.reveal("totp_secret") or None
    known = passwords.matches(account.password_hash, password)
    step = totp.matching_step(secret, code, clock.now())
    if not known or account.state != AccountState.ACTIVE or freezing.is_frozen(account):
        return False
    try:
        limits.hit("totp", account.public_id)
    except RateLimited:
        # Saying so here would tell a guesser that the password is right.
        return False
    if step is None or not totp.use_up(account, step):
        return False
    limits.forgive("totp", account.public_id)
    _rehash(account, password)
    return True


def _pretend(password: str, code: str) -> None:
    passwords.matches(None, password)
    totp.matching_step(None, code, clock.now())


def _rehash(account: Account, password: str) -> None:
    if not passwords.is_outdated(account.password_hash or ""):
        return
    stored = passwords.hashed(password)
    with transaction():
        Account.update(password_hash=stored).where(
            Account.id == account.id, Account.password_hash == account.password_hash
        ).execute()


def sign_in_with_link(token: str, device: str = "", network: str = "unknown") -> str:
    """Use the link up and return the token of a new session.

    Raises Conflict when the link was used, is too old, or never was.
    """
    _count_network(network)
    now, mine = clock.now(), SignInLink.token_hash == crypto.token_hash(token)
    with transaction():
        used = (
            SignInLink.update(used_at=now)
            .where(mine, SignInLink.used_at.is_null(), SignInLink.expires_at > now)
            .execute()
        )
        link = SignInLink.select(SignInLink, Account).join(Account).where(mine).first()
        open_to = link is not None and link.account.state == AccountState.ACTIVE
        if not used or not open_to or freezing.is_frozen(link.account):
            raise Conflict(_l("This sign-in link was used or is too old. Ask for a new one."))
        return _opened(link.account, device, "link")


def link_is_open(token: str) -> bool:
    """Return whether the link would still sign in; uses nothing up."""
    with connection():
        return (
            SignInLink.select()
            .where(
                SignInLink.token_hash == crypto.token_hash(token),
                SignInLink.used_at.is_null(),
                SignInLink.expires_at > clock.now(),
            )
            .exists()
        )


def prove_again(account: Account, session: SignInSession, password: str, code: str) -> str:
    """Make the session fresh and return its new token; raise Invalid or RateLimited.

    An account that has a password and no second factor yet needs no code.
    """
    # By the session: a guesser elsewhere must not keep the owner from an act in an emergency.
    bucket = ("password-known", account.public_id, session.public_id)
    limits.hit(*bucket)
    if freezing.heard(account, password):
        proven = False
    elif account.totp_secret is None:
        proven = passwords.matches(account.password_hash, password)
    else:
        proven = _proven(account, password, code)
    if not proven:
        sentence = _l("The password or the code is not right. Check both.")
        raise Invalid(sentence, {"password": sentence})
    limits.forgive(*bucket)
    return sessions.renew(session)


def _count_network(network: str) -> None:
    # The day in the key: nobody's tries can be linked from one day to the next.
    limits.hit("sign-in-page", clock.now().date().isoformat(), network)


def _opened(account: Account, device: str, way: str) -> str:
    with transaction():
        token = sessions.open_session(account, device)
        actor = sessions.actor_for(account)
        record(actor, "account.signed_in", f"account:{account.public_id}", details={"way": way})
    return token
