"""What a person's words or reaction lead to: STOP at once, the handlers' answers, or a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commons import crypto, i18n, limits
from commons.errors import RateLimited
from commons.messaging import outbox
from commons.messaging.models import Conversation, Message, MessageState, Reply, Topic
from commons.messaging.words import command, read_reply, words
from commons.roster import guests
from commons.roster.consent import resume_everywhere, stopped_at, withdraw_everywhere
from commons.roster.joining import service as joining
from commons.roster.models import Consent, ConsentState, Person

# How the subject begins of a question whether somebody wants a site's messages.
INVITATION = "invitation:"


@dataclass(frozen=True)
class Inbound:
    """What a person said, as a handler gets it.

    `meaning` is ack, number:N, help, start, other or reaction; `about` is the message of ours
    that they quoted or reacted to; `stopped` says that they want no messages of any site.
    """

    person: Person
    at: dt.datetime
    meaning: str
    text: str
    about: Message | None = None
    stopped: bool = False


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
    what none of them understands is kept for a person to read. Whoever is being erased, and a
    guest who writes too often, is not talked to.
    """
    if person.leaving_at is not None:
        return
    meaning = read_reply(text)
    if meaning == "stop":
        _stop(person, at)
        return
    if guests.is_guest(person) and not allowed("guest-person", person):
        return
    last_stop = stopped_at(person)
    if last_stop is not None and at <= last_stop:
        # Sent before STOP, heard after it: STOP wins.
        return
    starts = meaning == "start" or _is_bare_join(text)
    if starts and resume_everywhere(person, at=at):
        outbox.say(person, _phrase(person, "start_done"), "start")
        return
    stopped = _stopped(person)
    if _handled(Inbound(person, at, meaning, text, about, stopped), handlers):
        return
    if stopped:
        _say_seldom(person, "start_hint", "answer-stopped")
    else:
        leave_to_a_person(Inbound(person, at, meaning, text, about))


def react(
    person: Person, at: dt.datetime, emoji: str, about: Message, handlers: Sequence[Handler]
) -> None:
    """Act on a reaction to a message of ours; nobody is asked to make sense of a stray one."""
    if person.leaving_at is None and not _stopped(person):
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


def _stop(person: Person, at: dt.datetime) -> None:
    changed = withdraw_everywhere(person, at=at) + joining.take_back(person)
    # Answers go on: also the one that says that this was understood.
    of_sites = Topic.select(Topic.id).where(
        Topic.site.is_null(False) | Topic.subject.startswith(INVITATION)
    )
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


def _is_bare_join(text: str) -> bool:
    found = command("join")(text)
    return found is not None and not found.answers


def leave_to_a_person(inbound: Inbound) -> None:
    """Keep words for a person to read, and say so now and then; *help* is answered instead."""
    if inbound.meaning in ("help", "start"):
        _say_seldom(inbound.person, "help", "answer-help")
        return
    keep(inbound)
    _say_seldom(inbound.person, "unknown", "answer-unknown")


def keep(inbound: Inbound, site_id: int | None = None) -> None:
    """Keep words for the people of a site to read; without one, of the site they are about."""
    public_id = crypto.public_id()
    Reply.create(
        public_id=public_id,
        person=inbound.person,
        site=site_id or _site_of(inbound),
        received_at=inbound.at,
        **Reply.sealed(public_id, body=inbound.text),
    )


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
    if allowed(limit, person):
        outbox.say(person, _phrase(person, phrase), phrase.replace("_", "-"))


def allowed(limit: str, person: Person) -> bool:
    """Count something that is done for a person; return False when it is one too many."""
    try:
        limits.hit(limit, person.public_id)
    except RateLimited:
        return False
    return True


def _phrase(person: Person, name: str) -> str:
    return words(person.language).say(name)
