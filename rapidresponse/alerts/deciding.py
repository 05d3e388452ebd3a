"""A second person's YES or NO by Signal, with the number that they were sent."""

from __future__ import annotations

import re
from typing import Any

from commons import clock, limits
from commons.accounts import freezing, holding, sessions
from commons.errors import DomainError, RateLimited
from commons.messaging.models import Message, Topic
from commons.messaging.replies import Inbound
from commons.messaging.words import LONGEST_REPLY, plain, sayings, words
from commons.permissions import Actor
from commons.roster.models import Person
from commons.sites.models import Site
from rapidresponse.alerts import approvals
from rapidresponse.alerts.asking import AGAIN, ASKED
from rapidresponse.alerts.models import Alert, AlertVersion, Approval, ApprovalState

_ANSWER = re.compile(r"(\D+?) ?([0-9]{4})")
_BEFORE = {
    ApprovalState.GIVEN: "approve_was_yes",
    ApprovalState.DECLINED: "approve_was_no",
    ApprovalState.SUPERSEDED: "approve_was_newer",
}


def read(text: str) -> tuple[bool, str] | None:
    """Return whether a message says yes or no, and its number; None for any other words."""
    found = _ANSWER.fullmatch(plain(text)) if len(text) <= LONGEST_REPLY else None
    if found is None:
        return None
    if found[1] in sayings("yes"):
        return True, found[2]
    return (False, found[2]) if found[1] in sayings("no") else None


def decide(inbound: Inbound) -> str | None:
    """Decide what a person was asked to, and return the answer to them; None if not ours.

    Only somebody who was asked, with the number they were sent, once; whoever may no longer
    decide is told so, and so is whoever comes late.
    """
    answer = None if inbound.meaning == "reaction" or inbound.stopped else read(inbound.text)
    asked = _asked(inbound.person) if answer else []
    if answer is None or not asked:
        return None
    try:
        limits.check("approval-code", inbound.person.public_id)
        meant = [one for one in asked if one.code == answer[1]]
        if not meant:
            limits.hit("approval-code", inbound.person.public_id)
            return _say(inbound.person, "approve_wrong")
    except RateLimited:
        return _say(inbound.person, "approve_too_often")
    waiting = [one for one in meant if one.state is ApprovalState.WAITING]
    if not waiting:
        return _say(inbound.person, _BEFORE[meant[0].state])
    return _decide(inbound.person, waiting[0], yes=answer[0])


def _decide(person: Person, approval: Approval, *, yes: bool) -> str:
    alert = approval.version.alert
    actor = _actor(person, alert, approval)
    if actor is None:
        return _say(person, "approve_not_you")
    act = approvals.approve if yes else approvals.decline
    try:
        moved = act(actor, alert, shown=approval.body_hash, via=approvals.SIGNAL)
    except DomainError:
        # Decided, or replaced by newer words, at this very moment.
        now = Approval.get_by_id(approval.id).state
        return _say(person, _BEFORE.get(now, "approve_not_you"))
    return _say(person, "approve_yes_done" if yes else "approve_no_done", count=str(moved))


def _actor(person: Person, alert: Alert, approval: Approval) -> Actor | None:
    """Return the account of a person that may decide this now; their number is the proof."""
    if not freezing.reachable(person):
        return None
    for account in holding.of_person(person):
        actor = sessions.actor_for(account, clock.now())
        if approvals.may_decide(actor, alert, approval):
            return actor
    return None


def _asked(person: Person) -> list[Approval]:
    """Return what a person was asked about, the newest first."""
    topics: Any = (
        Topic.select(Topic.subject)
        .join(Message, on=(Message.topic == Topic.id))
        .where(
            Message.person == person,
            Topic.subject.startswith(f"{ASKED}:") | Topic.subject.startswith(f"{AGAIN}:"),
        )
    )
    ids = [subject.partition(":")[2] for (subject,) in topics.tuples()]
    rows = (
        Approval.select(Approval, AlertVersion, Alert, Site)
        .join(AlertVersion)
        .join(Alert)
        .join(Site)
        .where(Approval.public_id.in_(ids))
    )
    return list(rows.order_by(Approval.id.desc()))


def _say(person: Person, phrase: str, **values: str) -> str:
    return words(person.language).say(phrase, **values)
