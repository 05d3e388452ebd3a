"""MY DATA in Signal: read what is held, get a page with everything, or erase it and leave."""

from __future__ import annotations

from collections.abc import Sequence

from commons.accounts.by_signal import people
from commons.accounts.models import Account
from commons.accounts.own_data import erasing
from commons.accounts.own_data.gathering import address, gather
from commons.accounts.own_data.visiting import PAGE, link_for
from commons.accounts.sessions import is_by_signal
from commons.messaging.conversations.flows import (
    Ask,
    Choice,
    End,
    Flow,
    Next,
    Question,
    Started,
    Talk,
    ToPerson,
)
from commons.messaging.words import command, words
from commons.permissions import RELAY
from commons.roster import holds
from commons.roster.models import ContactMethod, MethodKind, Person, RosterEntry
from commons.roster.numbers import ending
from commons.sites.models import Site

MOST_SCHOOLS = 5
WHAT, SURE = "what", "sure"
READ, GET_PAGE, ERASE, KEEP = "read", "page", "erase", "keep"
_my_data, _leave = command("my_data"), command("leave")


def my_data_flow() -> Flow:
    """Return the flow; LEAVE begins it at its last question."""
    return Flow(
        name="my_data",
        recognise=_recognise,
        begin=_begin,
        questions={
            WHAT: Question(ask=lambda talk: _say(talk, "my_data_ask"), answer=_do, choices=_offers),
            SURE: Question(
                ask=lambda talk: _say(talk, "erase_sure"), answer=_decide, choices=_last_offers
            ),
        },
    )


def _recognise(text: str) -> Started | None:
    started = _leave(text)
    if started is not None:
        return Started({"leave": "yes"}, started.language)
    found: Started | None = _my_data(text)
    return found


def _begin(talk: Talk) -> Next:
    # After a change of key it may be somebody else's telephone: a person looks first.
    if holds.is_held(talk.person):
        return ToPerson()
    return Ask(SURE if talk.answers.get("leave") else WHAT)


def _offers(talk: Talk) -> Sequence[Choice]:
    found = [READ, GET_PAGE, ERASE]
    if not (people.may_sign_in(talk.person) or _has_work_account(talk.person)):
        found.remove(GET_PAGE)
    return [Choice(one, _say(talk, f"my_data_{one}")) for one in found]


def _last_offers(talk: Talk) -> Sequence[Choice]:
    return [Choice(ERASE, _say(talk, "erase_yes")), Choice(KEEP, _say(talk, "erase_no"))]


def _do(talk: Talk, value: str) -> Next:
    if value == ERASE:
        return Ask(SURE)
    if value == GET_PAGE:
        return End(page_words(talk.person))
    return End(summary(talk.person))


def _decide(talk: Talk, value: str) -> Next:
    if value != ERASE:
        return End(_say(talk, "erase_kept"))
    try:
        erasing.erase(RELAY, talk.person)
    except erasing.Held:
        return End(_say(talk, "erase_held"))
    except erasing.LastLead as refusal:
        return End(_say(talk, "erase_lead", school=refusal.school))
    # The receipt is on its way already, as the last word of all.
    return End()


def page_words(person: Person) -> str:
    """Return the words with the link to the page; a work account signs in as it always does."""
    spoken = words(person.language)
    if not people.may_sign_in(person):
        return spoken.say("my_data_sign_in", link=address(PAGE))
    return spoken.say("my_data_link", link=link_for(people.account_for(person)))


def summary(person: Person) -> str:
    """Return in a few lines what is held about a person; no name and no number (I2)."""
    spoken = words(person.language)
    signal = ContactMethod.kind == MethodKind.SIGNAL
    method = ContactMethod.select().where(ContactMethod.person == person, signal).first()
    value = method.reveal("value") if method else ""
    first = (
        spoken.say("my_data_held", ending=ending(value))
        if value.startswith("+")
        else spoken.say("my_data_hidden")
    )
    return "\n".join([first, *_schools(person), _counts(person)])


def _schools(person: Person) -> list[str]:
    spoken = words(person.language)
    rows = RosterEntry.select(RosterEntry, Site).join(Site)
    rows = rows.where(RosterEntry.person == person, RosterEntry.until.is_null())
    found = list(rows.order_by(RosterEntry.id))
    lines = [
        spoken.say("my_data_school", school=row.site.name, since=row.since.date().isoformat())
        for row in found[:MOST_SCHOOLS]
    ]
    if len(found) > MOST_SCHOOLS:
        lines.append(spoken.say("my_data_more", count=str(len(found) - MOST_SCHOOLS)))
    return lines


def _counts(person: Person) -> str:
    numbers = {section.key: len(section.rows) for section in gather(person, None)}
    keys = ("messages", "replies", "looks")
    counts = {key: str(numbers.get(key, 0)) for key in keys}
    return words(person.language).say("my_data_counts", **counts)


def _has_work_account(person: Person) -> bool:
    rows = Account.select().where(Account.person == person)
    return not all(map(is_by_signal, rows))


def _say(talk: Talk, phrase: str, **values: str) -> str:
    return words(talk.person.language).say(phrase, **values)
