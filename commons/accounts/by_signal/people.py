"""The accounts of people on a roster: made when they first come, without anything to type."""

from __future__ import annotations

from commons import clock, crypto, i18n
from commons.accounts import sessions
from commons.accounts.by_signal.models import RequestState, ReturnCode, SignInRequest
from commons.accounts.models import Account
from commons.audit import record
from commons.database import is_sqlite, transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.roster import holds
from commons.roster.models import Person
from commons.sites.models import Site

# As of `accounts.service`, which would load the hashing of passwords into the relay.
LONGEST_NAME = 60
NOT_BY_SIGNAL = _l("They sign in with their sign-in name and password, not by Signal.")


def account_of(person: Person) -> Account | None:
    """Return the account with which a person signs in without a password, or None.

    A work account of the same person is another one: Signal never opens what needs a password.
    """
    rows = Account.select().where(Account.person == person).order_by(Account.id)
    return next((account for account in rows if sessions.is_by_signal(account)), None)


def account_for(person: Person) -> Account:
    """Return the account with which a person signs in without a password; make it at need."""
    with transaction():
        _hold(person)
        return account_of(person) or _make(person)


def _hold(person: Person) -> None:
    # Two browsers at once must not make two accounts; SQLite admits one writer anyway.
    if not is_sqlite():
        list(Person.select(Person.id).where(Person.id == person.id).for_update())


def _make(person: Person) -> Account:
    public_id = crypto.public_id()
    name = person.reveal("name")[:LONGEST_NAME]
    account = Account.create(
        public_id=public_id,
        person=person,
        sign_in_index=Account.sign_in_index.of(public_id),
        language=i18n.pick(person.language),
        created_at=clock.now(),
        **Account.sealed(public_id, name=name, sign_in_name=""),
    )
    record(Actor(_ref(person)), "account.created", f"account:{public_id}")
    return account


def may_sign_in(person: Person) -> bool:
    """Return whether anything would open to a person who signs in without a password."""
    return bool(sessions.person_grants(person.id))


def lock(person: Person) -> int:
    """End every session of a person at their own word, on paper too; return how many."""
    with transaction():
        ended = sum(map(sessions.end_all, Account.select().where(Account.person == person)))
        _close(person)
        record(Actor(_ref(person)), "account.locked", _ref(person), details={"ended": ended})
    return ended


def lock_for(actor: Actor, site: Site, person: Person) -> int:
    """End every session that a person has by Signal or paper; return how many.

    For the site's lead, when a phone is lost. A work account is not theirs to end.
    """
    require(actor, "accounts.sheet", site)
    with transaction():
        account = account_of(person)
        ended = sessions.end_all(account) if account else 0
        _close(person)
        details = {"ended": ended}
        record(actor, "account.locked", _ref(person), site=site.id, details=details)
    return ended


def _close(person: Person) -> None:
    """Take back codes on paper, and whatever page waits for an answer."""
    revoke_codes(person)
    SignInRequest.update(state=RequestState.REFUSED).where(
        SignInRequest.person == person,
        SignInRequest.state.in_([RequestState.ASKED, RequestState.APPROVED]),
    ).execute()


def revoke_codes(person: Person) -> None:
    """Take back every code on paper that a person holds."""
    theirs = Account.select(Account.id).where(Account.person == person)
    ReturnCode.update(revoked_at=clock.now()).where(
        ReturnCode.account.in_(theirs), ReturnCode.revoked_at.is_null()
    ).execute()


def checked_account(person: Person) -> Account:
    """Return `account_for`; raise Conflict for somebody to whom nothing would open."""
    if not may_sign_in(person):
        raise Conflict(NOT_BY_SIGNAL)
    return account_for(person)


def _shut_out(_actor: Actor, _site: Site, person: Person) -> None:
    """End what a number opened that belongs to somebody else now."""
    account = account_of(person)
    if account is not None:
        sessions.end_all(account)
    _close(person)


holds.when_not_them.append(_shut_out)


def _ref(person: Person) -> str:
    return f"person:{person.public_id}"
