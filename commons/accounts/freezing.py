"""The second word: said under duress, it freezes the account and looks like a mistake.

Whoever stands behind the person sees the ordinary error. Nothing invented is ever shown, and two
people who work with them are told quietly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from commons import clock
from commons.accounts import links, memberships, passwords, sessions
from commons.accounts.models import Account, AccountState, Membership
from commons.audit import record
from commons.database import connection, transaction
from commons.errors import Conflict, Forbidden
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox
from commons.messaging.replies import Inbound
from commons.messaging.words import words
from commons.permissions import Actor, Role, require, require_fresh
from commons.roster.models import (
    Consent,
    ConsentState,
    ContactMethod,
    MethodKind,
    MethodState,
    Person,
)

LASTS = dt.timedelta(hours=12)
SHORTEST = 8
MOST_PEERS = 2
_PEERS = (Role.SITE_LEAD, Role.ADMINISTRATOR, Role.DISTRICT_ADMINISTRATOR)


def set_word(actor: Actor, account: Account, word: str) -> None:
    """Keep the account's own second word; the actor must be freshly signed in.

    Raises Invalid when it is too short, too long, or the password.
    """
    if actor.account_id != account.id:
        raise Forbidden(_l("Only the owner of an account sets its second word."))
    require_fresh(actor)
    if not SHORTEST <= len(word) <= passwords.LONGEST:
        memberships.refuse(
            "word", _l("Enter a word with at least %(least)s characters.", least=SHORTEST)
        )
    if passwords.matches(account.password_hash, word):
        memberships.refuse("word", _l("This is your password. Choose another word."))
    stored = passwords.hashed(word)
    with transaction():
        Account.update(freeze_hash=stored).where(Account.id == account.id).execute()
        record(actor, "account.second_word_set", memberships.subject(account))


def heard(account: Account | None, typed: str) -> bool:
    """Freeze the account if this is its second word; the same work where there is none."""
    said = passwords.matches(account.freeze_hash if account else None, typed)
    if said and account is not None:
        freeze(account)
    return said


def is_frozen(account: Account) -> bool:
    """Return whether nobody can sign in to the account now."""
    return account.frozen_until is not None and account.frozen_until > clock.now()


def freeze(account: Account) -> bool:
    """Stop the account for twelve hours and tell two peers; False if it is stopped already."""
    now = clock.now()
    with transaction():
        awake = Account.frozen_until.is_null() | (Account.frozen_until <= now)
        stopped = Account.update(frozen_until=now + LASTS).where(Account.id == account.id, awake)
        if not stopped.execute():
            return False
        sessions.end_all(account)
        links.end_all(account)
        record(sessions.actor_for(account), "account.frozen", memberships.subject(account))
        for peer in peers(account):
            person = peer.person
            if person is not None and reachable(person):
                outbox.say(person, words(person.language).say("quiet_help"), "quiet-help")
    return True


def unfreeze(actor: Actor, account: Account) -> None:
    """Let a frozen account sign in again, from the console; two others do it by a recovery.

    Raises Conflict if it is not frozen.
    """
    require(actor, "accounts.reset", memberships.Place())
    with transaction():
        frozen = Account.id == account.id, Account.frozen_until > clock.now()
        if not Account.update(frozen_until=None).where(*frozen).execute():
            raise Conflict(_l("This account is not frozen."))
        record(actor, "account.unfrozen", memberships.subject(account))


def peers(account: Account) -> list[Account]:
    """Return up to two leads or administrators who share a place with the account.

    Those whom Signal reaches come first; the others find it on their home page.
    """
    mine = memberships.live(account)
    sites = [row.site_id for row in mine if row.site_id]
    districts = list(_districts(mine))
    rows = Membership.select(Membership, Account).join(Account)
    rows = rows.where(
        Membership.role.in_(_PEERS),
        Membership.site.in_(sites)
        | (Membership.site.is_null() & Membership.district.in_(districts)),
        Membership.until.is_null(),
        Account.state == AccountState.ACTIVE,
        Account.set_up_since.is_null(),
        Account.id != account.id,
    )
    with connection():
        near = {
            row.account_id: row.account
            for row in rows.order_by(Membership.id)
            if not is_frozen(row.account)
        }
        found = sorted(near.values(), key=lambda one: (not reachable(one.person), one.id))
    return found[:MOST_PEERS]


def _districts(rows: Iterable[Membership]) -> Iterable[int]:
    for row in rows:
        if row.site is not None:
            yield row.site.district_id
        elif row.district_id is not None:
            yield row.district_id


def reachable(person: Person | None) -> bool:
    """Return whether Signal reaches a person who did not stop their messages."""
    if person is None:
        return False
    by_signal = ContactMethod.select().where(
        ContactMethod.person == person,
        ContactMethod.kind == MethodKind.SIGNAL,
        ContactMethod.state != MethodState.REFUSED,
        ContactMethod.held_at.is_null(),
    )
    states = [row.state for row in Consent.select(Consent.state).where(Consent.person == person)]
    stopped = bool(states) and all(state == ConsentState.WITHDRAWN for state in states)
    return by_signal.exists() and not stopped


def freeze_by_word(person: Person, text: str) -> bool:
    """Freeze a person's account if they sent its second word in Signal; return whether they did."""
    text = text.strip()
    if not SHORTEST <= len(text) <= passwords.LONGEST:
        return False
    mine = Account.select().where(Account.person == person, Account.freeze_hash.is_null(False))
    return any([heard(account, text) for account in mine])


def reply(inbound: Inbound) -> str | None:
    """Answer the second word as any words that nobody understood; None for other words."""
    if inbound.meaning == "reaction" or not freeze_by_word(inbound.person, inbound.text):
        return None
    return words(inbound.person.language).say("unknown")
