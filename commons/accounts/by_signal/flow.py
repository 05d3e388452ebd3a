"""What the relay says to somebody who signs in, and to somebody who wants to be signed out."""

from __future__ import annotations

import logging

from commons import limits
from commons.accounts.by_signal import codes, people, service
from commons.accounts.by_signal.models import RequestState, SignInRequest
from commons.errors import RateLimited
from commons.messaging.conversations.flows import (
    Ask,
    Choice,
    End,
    Flow,
    Next,
    Question,
    Started,
    Talk,
)
from commons.messaging.words import command, read_number, sayings, words
from commons.roster import holds
from commons.roster.models import Person, RosterEntry

log = logging.getLogger(__name__)
NUMBER = "number"
NOT_ME = "none"
_OUTCOMES: dict[RequestState | None, str] = {
    RequestState.APPROVED: "sign_in_done",
    RequestState.REFUSED: "sign_in_refused",
}


def sign_in_flow() -> Flow:
    """Return the flow that begins with a page's code and ends with the number it shows."""
    return Flow(
        "sign-in",
        recognise=_recognise,
        begin=_begin,
        questions={NUMBER: Question(ask=_question, answer=_answer, choices=_choices, read=_read)},
        strangers=True,
    )


def lock_flow() -> Flow:
    """Return the flow that ends every session of whoever says LOCK."""
    return Flow("lock", recognise=command("lock"), begin=_lock)


def _recognise(text: str) -> Started | None:
    """Take whatever has the shape of a code: wrong ones have to be counted."""
    code = codes.read_page_code(text)
    if code is None:
        return None
    row = service.waiting_for(code)
    return Started({"code": code}, (row.language or None) if row else None)


def _begin(talk: Talk) -> Next:
    person = talk.person
    try:
        limits.check("wrong-codes")
        limits.check("wrong-code", person.public_id)
    except RateLimited:
        return End()
    row = service.waiting_for(talk.answers["code"], person)
    if row is None:
        return _wrong(person)
    if holds.is_held(person):
        return End(_say(person, "sign_in_held"))
    if row.invite_id is None and not people.may_sign_in(person):
        return End(_say(person, "sign_in_staff" if _is_staff(person) else "sign_in_unknown"))
    if not service.ask(row, person):
        return _wrong(person)
    return Ask(NUMBER, _asked(row))


def _asked(row: SignInRequest) -> dict[str, str]:
    # Kept as text: the order must be the same when the answer comes.
    right = row.reveal("number")
    others = [number for number in codes.numbers() if number != right][: codes.CHOICES - 1]
    numbers = " ".join(codes.shuffled([right, *others]))
    return {"request": row.public_id, "numbers": numbers, "device": row.device}


def _wrong(person: Person) -> Next:
    """Count a code that is nobody's; at the hundredth in an hour nobody's is looked at."""
    try:
        limits.hit("wrong-code", person.public_id)
        limits.hit("wrong-codes")
        limits.check("wrong-codes")
    except RateLimited:
        log.warning("Too many wrong sign-in codes came: codes are ignored for up to an hour.")
    return End(_say(person, "sign_in_wrong"))


def _question(talk: Talk) -> str:
    phone = talk.answers["device"] == "phone"
    return _say(talk.person, "sign_in_ask_phone" if phone else "sign_in_ask_computer")


def _choices(talk: Talk) -> list[Choice]:
    numbers = talk.answers["numbers"].split()
    none = Choice(NOT_ME, f"= {_say(talk.person, 'sign_in_not_me')}", sayings("no"))
    return [*(Choice(number, f"= {number}") for number in numbers), none]


def _read(talk: Talk) -> str | None:
    """Take the two digits themselves, which many send instead of the number before them."""
    number = str(read_number(talk.text))
    return number if number in talk.answers["numbers"].split() else None


def _answer(talk: Talk, value: str) -> Next:
    came_to = service.answer(talk.answers["request"], talk.person, value)
    return End(_say(talk.person, _OUTCOMES.get(came_to, "sign_in_late")))


def _lock(talk: Talk) -> Next:
    people.lock(talk.person)
    return End(_say(talk.person, "lock_done"))


def _is_staff(person: Person) -> bool:
    live = RosterEntry.select().where(RosterEntry.person == person, RosterEntry.until.is_null())
    return bool(live.exists())


def _say(person: Person, phrase: str) -> str:
    return words(person.language).say(phrase)
