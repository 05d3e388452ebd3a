"""Asking a second person: by the page, and at once by Signal whoever may answer there."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from commons import clock, i18n
from commons.accounts import freezing, holding, sessions
from commons.messaging import outbox, timers
from commons.messaging.models import MessageText, Topic
from commons.messaging.outbox import Recipient
from commons.messaging.words import words
from commons.roster.models import Person
from rapidresponse.alerts import access, approvals, settings
from rapidresponse.alerts.audience import ORDER, Gathering, Member
from rapidresponse.alerts.composer import Draft, write
from rapidresponse.alerts.models import Alert, AlertVersion, Approval, ApprovalState

ASKED, AGAIN = "approval", "approval-again"
PATIENCE = dt.timedelta(seconds=120)
# An answer that comes later than this decides about words that nobody should send any more.
LASTS = dt.timedelta(hours=6)
_PRIORITY = 0


def ask(alert: Alert, version: AlertVersion, draft: Draft) -> Approval:
    """Open an approval, tell whoever may give it, and set the clock of 120 seconds.

    Inside the transaction that sends: nothing is held without somebody being asked.
    """
    now = version.sent_at
    approval = Approval.create(
        version=version,
        body_hash=draft.body_hash,
        asked_at=now,
        permission=access.APPROVE_WIDE if draft.wide else access.APPROVE,
        code=_free_code(),
    )
    people = second_people(alert, approval)
    languages = {person.language for person in people}
    said = {language: _words(alert, approval, draft, language) for language in sorted(languages)}
    _tell(ASKED, approval, people, said)
    timers.set_timer(approvals.TIMER, approval.public_id, now + PATIENCE)
    return approval


def remind(alert: Alert, approval: Approval) -> int:
    """Ask once more, with the same words and number; return how many are asked."""
    first = Topic.get_or_none(Topic.subject == f"{ASKED}:{approval.public_id}")
    if first is None:
        return 0
    rows = MessageText.select().where(MessageText.topic == first, MessageText.body.is_null(False))
    said = {
        row.language: f"{words(row.language).say('approve_again')}\n\n{row.reveal('body')}"
        for row in rows
    }
    people = [one for one in second_people(alert, approval) if one.language in said]
    _tell(AGAIN, approval, people, said)
    return len(people)


def second_people(alert: Alert, approval: Approval) -> list[Person]:
    """Return the persons whose account may decide about this and whom Signal reaches."""
    found = {}
    for account in holding.permitted(approval.permission or access.APPROVE, alert.site):
        actor, person = sessions.actor_for(account), account.person
        if person is None or not freezing.reachable(person):
            continue
        if approvals.may_decide(actor, alert, approval):
            found[person.id] = person
    return list(found.values())


def _free_code() -> str:
    waiting: Any = Approval.select(Approval.code).where(Approval.state == ApprovalState.WAITING)
    taken = {code for (code,) in waiting.tuples()}
    while True:
        code = f"{secrets.randbelow(10_000):04}"
        if code not in taken:
            return code


def _tell(kind: str, approval: Approval, people: Iterable[Person], said: dict[str, str]) -> None:
    recipients = []
    for person in people:
        way = outbox.way_to(person)
        if way is not None:
            recipients.append(Recipient(person.id, way, "", person.language, _PRIORITY))
    if recipients:
        outbox.enqueue(
            f"{kind}:{approval.public_id}",
            # No site's: whoever may decide is asked by their office, not as one of its people.
            None,
            {("", language): text for language, text in said.items()},
            recipients,
            not_after=clock.now() + LASTS,
        )


def _words(alert: Alert, approval: Approval, draft: Draft, language: str) -> str:
    said = words(language)
    with i18n.use(said.locale):
        first = said.say(
            "approve_ask",
            school=alert.site.name,
            code=f"{alert.code}.v{approval.version.number}",
            count=str(draft.held),
        )
    last = said.say("approve_answer", number=approval.code or "")
    return "\n\n".join([first, *_shown(alert, approval.version, draft, language), last])


def _shown(alert: Alert, version: AlertVersion, draft: Draft, language: str) -> Sequence[str]:
    """Return the held texts as the approver can read them: in their language, else in English."""
    held = {one.audience for one in draft.recipients if one.held}
    wanted = [(audience, language) for audience in ORDER if audience in held]
    other = [(audience, "en") for audience, _ in wanted]
    missing = [key for key in (*wanted, *other) if key not in draft.texts]
    drawn = write(
        alert.site,
        draft.intent,
        Gathering(tuple(Member(0, 0, *key) for key in missing), (), {}),
        code=f"{alert.code}.v{version.number}",
        certainty=draft.certainty,
        at=draft.at,
        demonstration=settings.demonstration(),
    )
    texts = {**drawn.texts, **draft.texts}
    found = []
    for key, english in zip(wanted, other, strict=True):
        sent = [one for one in draft.texts if one[0] == key[0]]
        first = next(one for one in (key, english, *sent) if one in texts)
        best = english if texts[first].fell_back and english in texts else first
        found.append(texts[best].text)
    return found
