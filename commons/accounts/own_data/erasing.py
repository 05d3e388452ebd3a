"""Erasing somebody: everything at once but the way to tell them, and that minutes later.

One transaction takes what refers to them and queues the last word; the relay's job takes the
person and the number once that word has gone, or after five minutes (research/security §3.6).
What stays says nothing of them: fingerprints in the chains, counts, and a row by which a
restored backup erases them again.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterator
from typing import Any

import commons.accounts.by_signal.models  # noqa: F401 - its tables refer to people
from commons import clock, retention
from commons.accounts.models import Account, AccountState, Membership
from commons.accounts.own_data.gathering import accounts_of
from commons.audit import Acting, AuditContent, record
from commons.database import connection, transaction
from commons.errors import Conflict, Forbidden
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox
from commons.messaging.models import Message, MessageState, MessageText, Topic
from commons.messaging.words import words
from commons.permissions import Actor, Role, require, require_fresh
from commons.roster import service as roster
from commons.roster.models import ContactMethod, Erasure, Person
from commons.sites.models import Site, SiteState

LONGEST = dt.timedelta(minutes=5)
# Within this after an erasure the job clears the pages that the deleted rows lay on.
_JUST_NOW = dt.timedelta(seconds=60)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LEADING = (Role.SITE_LEAD, Role.ADMINISTRATOR)
_ON_THE_WAY = (MessageState.QUEUED, MessageState.SENDING)


class Held(Conflict):
    """A legal hold forbids it."""


class LastLead(Conflict):
    """A school would be left with nobody who leads it; `school` is its name."""

    def __init__(self, school: str) -> None:
        """Say which school, and what to do first."""
        sentence = _l(
            "You are the only one who leads %(school)s. Ask the district to name somebody else "
            "first; then nothing keeps you.",
            school=school,
        )
        super().__init__(sentence)
        self.school = school


def erase_own(actor: Actor, account: Account) -> str:
    """Erase the actor's own account and person, and return the receipt.

    Raises NotFresh; Held under a legal hold; LastLead when an open school has no other lead or
    administrator; Conflict when it was done before.
    """
    require(actor, "account.own")
    if actor.account_id != account.id:
        raise Forbidden(_l("Everybody erases only what is held about themselves."))
    require_fresh(actor)
    return erase(actor, account.person, account)


def erase(by: Acting, person: Person | None, account: Account | None = None) -> str:
    """Erase a person who asked for it themselves, and return the receipt; refuses as above."""
    with transaction():
        accounts = accounts_of(person, account)
        _refuse_under_hold(person, accounts)
        for one in accounts:
            _refuse_last_lead(one)
        receipt = _clear(person, accounts)
        record(by, "person.erased", f"erasure:{receipt}")
        if person is not None:
            outbox.say(person, words(person.language).say("erased", receipt=receipt), "erasure")
            if not _on_the_way(person):
                _delete(person)
    return receipt


def _refuse_under_hold(person: Person | None, accounts: Collection[Account]) -> None:
    covered = {"everything", *(f"account:{one.public_id}" for one in accounts)}
    places: set[int] = set()
    for one in (person, *accounts):
        places |= _sites_of(one) if one is not None else set()
    if person is not None:
        covered.add(f"person:{person.public_id}")
    sites = Site.select(Site.public_id).where(Site.id.in_(list(places)))
    covered |= {f"site:{site.public_id}" for site in sites}
    if covered & set(retention.held_subjects()):
        raise Held(
            _l(
                "A legal hold covers what is held about you. Nothing may be erased until it ends. "
                "The district’s counsel can say more."
            )
        )


def _sites_of(row: Person | Account) -> set[int]:
    """Return the keys of the sites that something about a person or an account belongs to."""
    found: set[int] = set()
    for field, model in _references(row):
        if "site" in model._meta.fields:
            rows = model.select(model.site).where(field == row, model.site.is_null(False))
            found |= {key for (key,) in rows.distinct().tuples()}
    return found


def _refuse_last_lead(account: Account) -> None:
    live = Membership.until.is_null() & Membership.role.in_(_LEADING)
    led = Membership.select(Membership.site).where(live, Membership.account == account)
    for site in Site.select().where(Site.id.in_(led), Site.state == SiteState.OPEN):
        others = Membership.select().join(Account).where(live, Membership.site == site)
        others = others.where(Account.state == AccountState.ACTIVE, Account.id != account.id)
        if not others.exists():
            raise LastLead(site.name)


def _references(row: Person | Account) -> Iterator[tuple[Any, Any]]:
    """Return every column that refers to a table, with its model."""
    yield from type(row)._meta.backrefs.items()


def _clear(person: Person | None, accounts: Collection[Account]) -> str:
    """Delete what refers to somebody but the way to reach them; return the receipt."""
    if person is not None:
        _begin_leaving(person)
        for field, model in _references(person):
            if field.on_delete == "CASCADE" and model is not ContactMethod:
                model.delete().where(field == person).execute()
        _take_back_messages(person)
        AuditContent.delete().where(AuditContent.subject == f"person:{person.public_id}").execute()
    subject = person.public_id if person is not None else next(iter(accounts)).public_id
    gone = Account.delete().where(Account.id.in_([one.id for one in accounts])).execute()
    if person is None and not gone:
        raise Conflict(_ALREADY)
    return _keep_receipt(subject)


_ALREADY = _l("This has been erased already. Nothing more needs to be done.")


def _begin_leaving(person: Person) -> None:
    begun = Person.update(leaving_at=clock.now(), **Person.sealed(person.public_id, name=""))
    if not begun.where(Person.id == person.id, Person.leaving_at.is_null()).execute():
        raise Conflict(_ALREADY)


def _take_back_messages(person: Person) -> None:
    waiting = (MessageState.HELD, MessageState.QUEUED)
    Message.update(state=MessageState.CANCELLED, reason="erased").where(
        Message.person == person, Message.state.in_(waiting)
    ).execute()
    _forget_answers(person)


def _forget_answers(person: Person) -> None:
    # Rows stay, since the relay may hold one in hand and writes its attempts to it.
    answers = Message.select(Message.text).join(Topic).where(Topic.site.is_null())
    MessageText.update(body=None).where(
        MessageText.id.in_(answers.where(Message.person == person))
    ).execute()


def _keep_receipt(subject: str) -> str:
    index = Erasure.subject_index.of(subject)
    known = Erasure.get_or_none(Erasure.subject_index == index)
    if known is not None:
        return str(known.receipt)
    letters = "".join(secrets.choice(_LETTERS) for _time in range(8))
    receipt = f"{letters[:4]}-{letters[4:]}"
    Erasure.create(receipt=receipt, subject_index=index, erased_at=clock.now())
    return receipt


def _on_the_way(person: Person) -> bool:
    mine = Message.person == person, Message.state.in_(_ON_THE_WAY)
    return bool(Message.select().where(*mine).exists())


def _delete(person: Person) -> None:
    _forget_answers(person)
    Message.update(person=None, method=None, timestamp=None).where(
        Message.person == person
    ).execute()
    Person.delete().where(Person.id == person.id).execute()


def finish(now: dt.datetime) -> int:
    """Delete whoever is leaving and has had the last word, or waited for it long enough.

    Returns how many were deleted; afterwards no page of the database file holds them.
    """
    done = 0
    with connection():
        for person in Person.select().where(Person.leaving_at.is_null(False)):
            if now - person.leaving_at >= LONGEST or not _on_the_way(person):
                with transaction():
                    _delete(person)
                done += 1
        if done or Erasure.select().where(Erasure.erased_at > now - _JUST_NOW).exists():
            retention.forget_pages()
    return done


def _forget(person: Person) -> None:
    """Take everything of a person whom somebody who may erases; they are deleted right after."""
    _clear(person, accounts_of(person, None))
    _delete(person)


def erase_unwilling(person: Person) -> None:
    """Erase somebody who was added by another and said no; raise Held under a legal hold.

    Whoever also works here keeps their account, and what belongs to it.
    """
    if not any(one.reveal("sign_in_name") for one in accounts_of(person, None)):
        erase(Actor(f"person:{person.public_id}"), person)


# The roster stands below and knows neither accounts nor messages.
roster.when_forgotten.append(_forget)


def erased() -> list[str]:
    """Return the fingerprints of everybody erased within the life of a backup."""
    with connection():
        return [row.subject_index.data.hex() for row in Erasure.select().order_by(Erasure.id)]


def replay(fingerprints: Collection[str]) -> int:
    """Erase again whoever of these a restored backup brought back; return how many.

    Holds are not asked: they were, when it was done for the first time.
    """
    wanted, done = set(fingerprints), 0
    with connection():
        for person in list(Person.select()):
            if Erasure.subject_index.of(person.public_id).data.hex() in wanted:
                with transaction():
                    Person.update(leaving_at=None).where(Person.id == person.id).execute()
                    _forget(person)
                done += 1
        for account in list(Account.select()):
            if Erasure.subject_index.of(account.public_id).data.hex() in wanted:
                with transaction():
                    _clear(None, [account])
                done += 1
        retention.forget_pages()
    return done
