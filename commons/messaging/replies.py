"""What a person's words or reaction lead to: STOP at once, the handlers' answers, or a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons import crypto, i18n, limits
from commons.errors import RateLimited
from commons.messaging import outbox
from commons.messaging.models import Conversation, Message, MessageState, Reply, Topic
from commons.messaging.words import read_reply, words
from commons.roster.models import Consent, ConsentState, Person
from commons.roster.service import resume_everywhere, withdraw_everywhere


@dataclass(frozen=True)
class Inbound:
    """What a person said, as a handler gets it.

    `meaning` is ack, number:N, help, start, other or reaction; `about` is the message of ours
    that they quoted or reacted to.
    """

    person: Person
    at: dt.datetime
    meaning: str
    text: str
    about: Message | None = None


# Returns the answer in the person's language, the empty string for none, None for not mine.
Handler = Callable[[Inbound], str | None]


def hear(
    person: Person,
    at: dt.datetime,
    text: str,
    about: Message | None,
    handlers: Sequence[Handler],
) -> None:
    """Act on words from a person, inside the caller's transaction.

    STOP comes first, in any language and whatever question is open. Then each handler is asked;
    what none of them understands is kept for a person to read.
    """
    meaning = read_reply(text)
    if meaning == "stop":
        _stop(person)
        return
    if _stopped(person) and meaning != "start":
        _say_seldom(person, "start_hint", "answer-stopped")
        return
    inbound = Inbound(person, at, meaning, text, about)
    if meaning == "start" and resume_everywhere(person):
        outbox.say(person, _phrase(person, "start_done"), "start")
    elif not _handled(inbound, handlers):
        _leave_to_a_person(inbound)


def react(
    person: Person, at: dt.datetime, emoji: str, about: Message, handlers: Sequence[Handler]
) -> None:
    """Act on a reaction to a message of ours; nobody is asked to make sense of a stray one."""
    if not _stopped(person):
        _handled(Inbound(person, at, "reaction", emoji, about), handlers)


def _handled(inbound: Inbound, handlers: Sequence[Handler]) -> bool:
    with i18n.use(inbound.person.language):
        for handler in handlers:
            answer = handler(inbound)
            if answer is not None:
                if answer:
                    outbox.say(inbound.person, answer, "answer")
                return True
    return False


def _stop(person: Person) -> None:
    changed = withdraw_everywhere(person, by="signal")
    # Answers go on: also the one that says that this was understood.
    of_sites = Topic.select(Topic.id).where(Topic.site.is_null(False))
    Message.update(state=MessageState.CANCELLED, reason="consent").where(
        Message.person == person,
        Message.topic.in_(of_sites),
        Message.state.in_([MessageState.HELD, MessageState.QUEUED]),
    ).execute()
    Conversation.delete().where(Conversation.person == person).execute()
    if changed:
        outbox.say(person, _phrase(person, "stop_done"), "stop")
    else:
        _say_seldom(person, "start_hint", "answer-stopped")


def _stopped(person: Person) -> bool:
    """Return whether a person withdrew their consent everywhere."""
    states = [row.state for row in Consent.select(Consent.state).where(Consent.person == person)]
    return bool(states) and all(state == ConsentState.WITHDRAWN for state in states)


def _leave_to_a_person(inbound: Inbound) -> None:
    person = inbound.person
    if inbound.meaning in ("help", "start"):
        _say_seldom(person, "help", "answer-help")
        return
    public_id = crypto.public_id()
    Reply.create(
        public_id=public_id,
        person=person,
        site=_site_of(inbound),
        received_at=inbound.at,
        **Reply.sealed(public_id, body=inbound.text),
    )
    _say_seldom(person, "unknown", "answer-unknown")


def _site_of(inbound: Inbound) -> int | None:
    """Return the site whose people should read this: that of the message it answers."""
    topics = Topic.select(Topic.site).join(Message).where(Topic.site.is_null(False))
    if inbound.about is not None:
        topics = topics.where(Message.id == inbound.about.id)
    else:
        topics = topics.where(Message.person == inbound.person)
    newest = topics.order_by(Message.id.desc()).first()
    return None if newest is None else newest.site_id


def _say_seldom(person: Person, phrase: str, limit: str) -> None:
    try:
        limits.hit(limit, person.public_id)
    except RateLimited:
        return
    outbox.say(person, _phrase(person, phrase), phrase.replace("_", "-"))


def _phrase(person: Person, name: str) -> str:
    return words(person.language).say(name)
