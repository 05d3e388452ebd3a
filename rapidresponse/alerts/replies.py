"""What an answer from a phone means for alerts: received, safe, need help, or *which alert?*"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from commons import clock, i18n
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.messaging.conversations import state
from commons.messaging.models import Message, Reply, Topic
from commons.messaging.replies import Inbound
from commons.messaging.words import read_code, read_number, read_reply, words
from commons.permissions import Actor, require
from commons.roster.models import Person
from commons.sites.models import Site
from rapidresponse.alerts import access
from rapidresponse.alerts.answers import records
from rapidresponse.alerts.audience import UNANSWERED
from rapidresponse.alerts.deadlines import ASIDE
from rapidresponse.alerts.models import AckKind, Alert, AlertState, AlertVersion
from rapidresponse.alerts.versions import SUBJECT

WHICH = "which-alert"
# After an all-clear a bare answer still means it, for a while.
LATE = dt.timedelta(hours=24)
MOST_ASKED = 9
_KINDS = {"ack": AckKind.RECEIVED, "safe": AckKind.SAFE, "help_me": AckKind.NEED_HELP}
_THANKS = {
    AckKind.RECEIVED: "ack_thanks",
    AckKind.SAFE: "safe_thanks",
    AckKind.NEED_HELP: "help_thanks",
}


def acknowledge(inbound: Inbound) -> str | None:
    """Record what a person answers to an alert and return our answer; None if not ours.

    A quote or reaction decides; then an open question; then a code; then the one live alert;
    else we ask, but never before somebody gets help: that is noted at each alert they may mean.
    The empty string means: recorded, and nothing needs to be said.
    """
    kind = _kind(inbound)
    # Whoever said STOP and needs help is heard all the same.
    if inbound.meaning in ("start", "help") or (inbound.stopped and kind is not AckKind.NEED_HELP):
        return None
    if inbound.about is not None:
        return _about(inbound, kind or AckKind.RECEIVED)
    if inbound.meaning == "reaction":
        return None
    chosen = _chosen(inbound)
    if chosen is not None:
        return _record(chosen[0], inbound, "reply", chosen[1])
    return _bare(inbound, kind) if kind is not None else None


def _kind(inbound: Inbound) -> AckKind | None:
    if inbound.meaning == "reaction":
        asks = read_reply(inbound.text) == "help_me"
        return AckKind.NEED_HELP if asks else AckKind.RECEIVED
    return _KINDS.get(inbound.meaning)


def _bare(inbound: Inbound, kind: AckKind) -> str | None:
    found = _meant(inbound)
    if len(found) > 1 and kind is not AckKind.NEED_HELP:
        return _which(inbound.person, found, inbound.at, kind)
    said = [_record(alert, inbound, "reply", kind) for alert in found]
    return said[0] if said else None


def _about(inbound: Inbound, kind: AckKind) -> str | None:
    version = _version_of(inbound.about)
    if version is None:
        return None
    reaction = inbound.meaning == "reaction"
    via = "reaction" if reaction else "quote"
    answer = _record(version.alert, inbound, via, kind, version)
    if reaction and kind is not AckKind.NEED_HELP:
        # A phone shows its own reaction: an answer to it would only take the line from others.
        return ""
    # Whoever quotes us and asks something has received it, and needs a person as well.
    return None if inbound.meaning == "other" else answer


def _version_of(message: Message | None) -> AlertVersion | None:
    topic = Topic.get_or_none(Topic.id == message.topic_id) if message else None
    kind, _, public_id = topic.subject.partition(":") if topic else ("", "", "")
    if kind not in (SUBJECT, *ASIDE, UNANSWERED):
        return None
    found: AlertVersion | None = AlertVersion.get_or_none(AlertVersion.public_id == public_id)
    return found


def _chosen(inbound: Inbound) -> tuple[Alert, AckKind] | None:
    """Return which alert a number picks from our question, with what was answered before it.

    The question is closed.
    """
    number = read_number(inbound.text)
    if number is None:
        return None
    asked = state.current(inbound.person, inbound.at)
    if asked is None or asked.flow != WHICH or str(number) not in asked.answers:
        return None
    if inbound.at <= asked.heard_at:
        # It was sent before we asked.
        return None
    state.close(inbound.person)
    found = Alert.get_or_none(Alert.public_id == asked.answers[str(number)])
    kind = next((one for one in AckKind if one == asked.question), AckKind.RECEIVED)
    return None if found is None else (found, kind)


def _meant(inbound: Inbound) -> list[Alert]:
    """Return the alerts that a bare answer may mean, newest first: live ones before ended."""
    mine = (
        Message.select(Message.topic)
        .join(Topic)
        .where(Message.person == inbound.person, Message.state.in_(records.GONE))
    )
    sent = AlertVersion.select(AlertVersion.alert).where(AlertVersion.topic.in_(mine))
    base = Alert.select(Alert, Site).join(Site).where(Alert.id.in_(sent)).order_by(Alert.id.desc())
    found = list(base.where(Alert.state != AlertState.CLOSED).limit(MOST_ASKED))
    if not found:
        found = list(base.where(Alert.ended_at > inbound.at - LATE).limit(MOST_ASKED))
    code = read_code(inbound.text)
    return [alert for alert in found if alert.code == code] or found


def _record(
    alert: Alert,
    inbound: Inbound,
    via: str,
    kind: AckKind,
    version: AlertVersion | None = None,
) -> str:
    if version is None:
        newest = records.newest_for(alert, inbound.person)
        if newest is None:
            return ""
        version = newest[0]
    records.record(version, inbound.person, kind, via, inbound.at)
    return words(inbound.person.language).say(_THANKS[kind], code=alert.code)


def _which(person: Person, alerts: Sequence[Alert], now: dt.datetime, kind: AckKind) -> str:
    options = {str(number): alert.public_id for number, alert in enumerate(alerts, start=1)}
    state.ask(person, WHICH, kind.value, options, now)
    said = words(person.language)
    with i18n.use(said.locale):
        lines = [
            said.say(
                "which_line",
                number=str(number),
                code=alert.code,
                school=alert.site.name,
                time=i18n.time_words(alert.started_at, alert.site.timezone),
            )
            for number, alert in enumerate(alerts, start=1)
        ]
    return "\n".join([said.say("which_alert"), *lines])


def deal_with(actor: Actor, alert: Alert, public_id: str) -> None:
    """Note that a person has dealt with somebody's words; raise Conflict if it was done before."""
    require(actor, access.SEND, alert.site)
    with transaction():
        done = (
            Reply.update(handled_at=clock.now(), handled_by=actor.ref)
            .where(
                Reply.public_id == public_id,
                Reply.site == alert.site_id,
                Reply.handled_at.is_null(),
            )
            .execute()
        )
        if not done:
            raise Conflict(_l("Somebody has dealt with this already."))
        record(actor, "reply.handled", f"reply:{public_id}", site=alert.site_id)
