"""One message to whom somebody else put on a roster: who did, why, and how to say yes or no.

It belongs to no site, since messages of a site need the very agreement that it asks for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from commons import limits
from commons.database import transaction
from commons.errors import Conflict, RateLimited
from commons.messaging import outbox
from commons.messaging.conversations import state
from commons.messaging.models import Message, MessageState, Topic
from commons.messaging.outbox import Recipient
from commons.messaging.replies import INVITATION, Handler, Inbound
from commons.messaging.words import command, read_number, words
from commons.permissions import Role
from commons.roster.joining import invited
from commons.roster.models import Consent, Person
from commons.sites.models import Site

PRIORITY = 90  # after everything else: nobody waits for it
BATCH = 50  # a run every half minute: Signal limits whoever writes to many at once

# Who they were to the site that wrote down an agreement, by the account's reference.
RoleAt = Callable[[str, Site], Role | None]
Forget = Callable[[Person], object]
_BY = {
    Role.SITE_LEAD: "invited_by_site_lead",
    Role.ADMINISTRATOR: "invited_by_administrator",
    Role.DISTRICT_ADMINISTRATOR: "invited_by_administrator",
}
_NOT_GONE = (
    MessageState.HELD,
    MessageState.QUEUED,
    MessageState.CANCELLED,
    MessageState.EXPIRED,
    MessageState.FAILED,
)


def telling(role_at: RoleAt) -> Callable[[dt.datetime], int]:
    """Return the job that asks a batch of the invited; it returns how many it asked."""
    return lambda now: sum(tell(person, role_at, now) for person in invited.to_be_asked(BATCH))


def tell(person: Person, role_at: RoleAt, now: dt.datetime) -> bool:
    """Queue the one message for all sites that nobody asked them about; return whether it was.

    The mark that they were asked stands or falls with the message, so that a crash repeats none.
    Whoever said no to such a question lately is taken to have said no to this one.
    """
    with transaction():
        method = invited.way_to(person)
        if method is None:
            return False
        if invited.has_said_no(method):
            invited.still_no(person, now)
            return False
        try:
            limits.hit("invitation", person.public_id)
        except RateLimited:
            return False
        about = invited.claim(person, now)
        if about:
            text = _question(person, about, role_at)
            outbox.enqueue(
                f"{INVITATION}{about[0].public_id}",
                None,
                {("", person.language): text},
                [Recipient(person.id, method.id, "", person.language, PRIORITY)],
            )
    return bool(about)


def _question(person: Person, about: Sequence[Consent], role_at: RoleAt) -> str:
    said = words(person.language)
    lines = [
        said.say(
            _BY.get(role_at(row.recorded_by, row.site) or Role.CONSOLE, "invited_by_office"),
            school=row.site.name,
        )
        for row in about
    ]
    return "\n".join([*lines, said.say("invited_answer")])


def answering(forget: Forget | None = None) -> Handler:
    """Return the handler of answers to that question.

    `forget` erases somebody who said no and is on no other roster, and tells them so itself;
    without it the purge does, in its time.
    """

    def answer_invitation(inbound: Inbound) -> str | None:
        """Return the answer to a yes or no to our question; None when it is about another."""
        meaning = _meaning(inbound)
        about = invited.asked(inbound.person, inbound.at) if meaning else []
        if not about or not _is_about_it(inbound):
            return None
        if meaning == "yes":
            invited.agree(inbound.person, about)
            return _say(inbound.person, "invited_yes", about)
        return _refused(inbound, about, forget)

    return answer_invitation


def _meaning(inbound: Inbound) -> str | None:
    if inbound.meaning == "reaction":
        return None  # a thumb on a question is no agreement
    if read_number(inbound.text) == 1 or command("yes")(inbound.text):
        return "yes"
    return "no" if command("no")(inbound.text) else None


def _is_about_it(inbound: Inbound) -> bool:
    """Return whether they quote the question, or it is the newest that could be answered."""
    if inbound.about is not None:
        return _subject(inbound.about).startswith(INVITATION)
    if state.current(inbound.person, inbound.at) is not None:
        return False
    newest = (
        Message.select()
        .join(Topic)
        .where(
            Message.person == inbound.person,
            Message.state.not_in(_NOT_GONE),
            Topic.site.is_null(False) | Topic.subject.startswith(INVITATION),
        )
        .order_by(Message.id.desc())
        .first()
    )
    return newest is not None and _subject(newest).startswith(INVITATION)


def _subject(message: Message) -> str:
    topic = Topic.get_or_none(Topic.id == message.topic_id)
    return "" if topic is None else str(topic.subject)


def _refused(inbound: Inbound, about: list[Consent], forget: Forget | None) -> str:
    person = inbound.person
    told = _say(person, "invited_no", about)
    if not invited.refuse(person, about, inbound.at):
        return told
    if forget is None:
        return f"{told} {words(person.language).say('invited_deleted')}"
    try:
        forget(person)
    except Conflict:
        return f"{told} {words(person.language).say('invited_held')}"
    return ""


def _say(person: Person, phrase: str, about: Sequence[Consent]) -> str:
    schools = ", ".join(row.site.name for row in about)
    return words(person.language).say(phrase, school=schools)
