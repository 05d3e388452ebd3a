"""Which page comes next between *something is happening* and the words to send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from commons import crypto
from commons.i18n import gettext as _
from commons.permissions import Actor
from commons.sites.models import Site
from rapidresponse.alerts import (
    access,
    choosing,
    service,
    settings,
    steps,
    verifications,
)
from rapidresponse.alerts.audience import CORE
from rapidresponse.alerts.choosing import Grounds
from rapidresponse.alerts.composer import Draft, Intent, heard, pack
from rapidresponse.alerts.models import VersionKind
from rapidresponse.alerts.questions import FIRST, Question, questions, unanswered
from rapidresponse.alerts.steps import Card
from rapidresponse.alerts.texts.unread import Unread, unread
from rapidresponse.alerts.versions import Chain

ENDS = (VersionKind.DEPARTED, VersionKind.ALL_CLEAR)
# Only these let the sender choose anew who hears.
OPEN = (VersionKind.ALERT, VersionKind.UPDATE)


@dataclass(frozen=True)
class Choice:
    """One question a page: its cards, and on the page of people who is left out."""

    heading: str
    cards: list[Card]
    site: Site | None = None
    missing: tuple[tuple[str, str, int], ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class Ready:
    """Everything is chosen: the words can be shown and sent."""

    site: Site
    intent: Intent
    asked: tuple[Question, ...]
    chain: Chain | None = None


def first(actor: Actor, given: Mapping[str, str], now: dt.datetime) -> Choice | Ready:
    """Return the next page of a new alert; a question with one possible answer is skipped."""
    answers = dict(given)
    if steps.SITE not in answers:
        sites = access.sites_to_alert(actor)
        if len(sites) != 1:
            return Choice(_("At which school?"), steps.site_cards(sites))
        answers[steps.SITE] = sites[0].public_id
    site = access.site(actor, answers[steps.SITE], access.SEND)
    access.may_alert(site)
    if answers.get(steps.TYPE) not in FIRST:
        cards = steps.type_cards({steps.SITE: site.public_id})
        return Choice(_("What is happening?"), cards, site)
    intent = _intent(answers, answers[steps.TYPE], VersionKind.ALERT)
    asked = questions(site, intent.type, intent.kind)
    question = _question(asked, answers)
    if question is not None:
        return _ask(question, answers, site)
    if steps.TO not in answers or answers.get(steps.CHANGE) == steps.TO:
        full = service.draft(
            actor,
            site,
            replace(intent, audiences=heard(intent), seen=True, break_glass=""),
            key=crypto.public_id(),
            at=now,
            demonstration=settings.demonstration(),
        )
        return _who(full, answers, site, Grounds())
    return _why(answers, site) or Ready(site, intent, asked)


def following(
    actor: Actor, chain: Chain, kind: VersionKind, answers: Mapping[str, str], now: dt.datetime
) -> Choice | Ready:
    """Return the next page of what follows an alert; it goes to the same people unless widened."""
    site = chain.alert.site
    asked = questions(site, chain.alert.type, kind, chain)
    question = _question(asked, answers)
    if question is not None:
        return _ask(question, answers, site)
    intent = _intent(answers, chain.alert.type, kind)
    record = verifications.usable(actor, chain.alert, now)
    if answers.get(steps.SEEN) == steps.VERIFIED and record is not None:
        intent = replace(intent, verified=record.public_id)
    if kind in OPEN and answers.get(steps.CHANGE) == steps.TO:
        full = service.draft_follow_up(
            actor,
            chain,
            replace(intent, audiences=heard(intent), seen=True, verified="", break_glass=""),
            at=now,
            demonstration=settings.demonstration(),
        )
        certainty = chain.alert.certainty
        grounds = Grounds(chain.told, certainty, record is not None, chain.break_glass)
        return _who(full, answers, site, grounds)
    return _why(answers, site) or Ready(site, intent, asked, chain)


def draft(actor: Actor, ready: Ready, key: str, now: dt.datetime) -> Draft:
    """Return the words to show, as if the statement about what was seen had been made."""
    if ready.chain is None:
        return service.draft(
            actor,
            ready.site,
            ready.intent,
            key=key,
            at=now,
            demonstration=settings.demonstration(),
        )
    intent = ready.intent
    shown = replace(intent, seen=intent.seen or intent.kind in ENDS)
    return service.draft_follow_up(
        actor, ready.chain, shown, at=now, demonstration=settings.demonstration()
    )


def _intent(answers: Mapping[str, str], type_: str, kind: VersionKind) -> Intent:
    words = {name: value for name, value in answers.items() if name in pack().slots}
    audiences = tuple(answers.get(steps.TO, CORE).split())
    seen = answers.get(steps.SEEN) == steps.YES
    reason = answers.get(steps.CANNOT_WAIT, "")
    return Intent(type_, kind, words, audiences, seen, break_glass=reason)


def _question(asked: tuple[Question, ...], answers: Mapping[str, str]) -> Question | None:
    change = answers.get(steps.CHANGE)
    wanted = next((question for question in asked if question.name == change), None)
    return wanted or unanswered(asked, answers)


def _ask(question: Question, answers: Mapping[str, str], site: Site) -> Choice:
    cards = steps.choice_cards(question, answers)
    return Choice(steps.question_words(question.name), cards, site)


def _why(answers: Mapping[str, str], site: Site) -> Choice | None:
    """Return the page that asks why it cannot wait, where that was said and not why."""
    if answers.get(steps.CANNOT_WAIT) != steps.YES:
        return None
    return Choice(_("Why can it not wait?"), choosing.reason_cards(answers), site)


def _who(full: Draft, answers: Mapping[str, str], site: Site, grounds: Grounds) -> Choice:
    cards = choosing.who_cards(full, answers, grounds)
    missing = tuple(steps.left_out(full.missing))
    return Choice(_("Who will hear?"), cards, site, missing, tuple(unread(site, full)))
