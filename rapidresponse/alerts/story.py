"""What an alert's page tells: its versions with their words, decisions, and what may follow."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import fn

from commons import i18n
from commons.accounts.models import Account
from commons.i18n import gettext as _
from commons.i18n import ngettext
from commons.messaging.models import Message, MessageState, MessageText
from rapidresponse.alerts import breaking, tallies, verifications, versions
from rapidresponse.alerts.audience import ORDER, WHY_LEFT_OUT
from rapidresponse.alerts.models import (
    AfterReview,
    Alert,
    AlertVersion,
    Approval,
    ApprovalState,
    Outcome,
    Verdict,
    VersionKind,
)
from rapidresponse.alerts.questions import phrase
from rapidresponse.alerts.steps import Bubble, Spoken, audience_name, bubble, spoken

ACCOUNT = "account:"
_TONES = {
    VersionKind.ALERT: "danger",
    VersionKind.UPDATE: "info",
    VersionKind.CORRECTION: "warning",
    VersionKind.DEPARTED: "link",
    VersionKind.ALL_CLEAR: "success",
}
_ICONS = {
    VersionKind.UPDATE: "message-circle",
    VersionKind.CORRECTION: "pencil",
    VersionKind.DEPARTED: "car",
    VersionKind.ALL_CLEAR: "check-check",
}


@dataclass(frozen=True)
class Entry:
    """One version in the timeline."""

    at: dt.datetime
    words: str
    who: str
    tone: str
    detail: str = ""
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class Act:
    """What may be sent next."""

    kind: str
    words: str
    drawing: str


def kind_words(kind: VersionKind) -> str:
    """Return what a kind of version is called on the screen."""
    return {
        VersionKind.ALERT: _("Alert"),
        VersionKind.UPDATE: _("Update"),
        VersionKind.CORRECTION: _("Correction"),
        VersionKind.DEPARTED: _("Departed"),
        VersionKind.ALL_CLEAR: _("All clear"),
    }[kind]


def kind_of(word: str) -> VersionKind | None:
    """Return the kind that an address names, such as `all-clear`; None for any other word."""
    found = {kind.value.replace("_", "-"): kind for kind in VersionKind}.get(word)
    return None if found is VersionKind.ALERT else found


def acts(chain: versions.Chain, now: dt.datetime) -> list[Act]:
    """Return what may follow now, the likely one first."""
    return [
        Act(kind.value.replace("_", "-"), kind_words(kind), drawing)
        for kind, drawing in _ICONS.items()
        if chain.may(kind, now)
    ]


def title(alert: Alert) -> str:
    """Return what an alert is called: its code and what happens."""
    return f"{alert.code}: {phrase('type_names', alert.type)}"


def timeline(alert: Alert) -> list[Entry]:
    """Return versions, findings and reviews, newest first; words exactly as they went out."""
    found = [*_told(versions.versions_of(alert)), *findings(alert), *reviewed(alert)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def said(version: AlertVersion) -> Entry:
    """Return one version as the timeline shows it."""
    return _told([version])[0]


def _told(found: list[AlertVersion]) -> list[Entry]:
    texts, people = versions.texts_of(found), _people(found)
    names = names_of(version.sent_by for version in found)
    approvals = {row.version_id: row for row in _approvals(found)}
    return [
        Entry(
            at=version.sent_at,
            words=_sentence(version, texts[version.topic_id], people),
            who=names.get(version.sent_by, ""),
            tone=_TONES[version.kind],
            detail=_detail(version, approvals.get(version.id)),
            spoken=tuple(spoken(_bubbles(texts[version.topic_id], people))),
        )
        for version in found
    ]


def findings(alert: Alert) -> list[Entry]:
    """Return what people found who looked, the newest first."""
    rows = verifications.records(alert)
    names = names_of(row.by for row in rows)
    return [
        Entry(
            at=row.at,
            words=_("Somebody looked: %(found)s.", found=verifications.OUTCOMES[row.outcome]),
            who=names.get(row.by, ""),
            tone="success" if row.outcome is Outcome.CONFIRMED else "warning",
            detail=_looked(row.seen_at, row.seen_themselves, alert),
        )
        for row in rows
    ]


def _looked(seen_at: dt.datetime, themselves: bool, alert: Alert) -> str:
    time = i18n.time_words(seen_at, alert.site.timezone)
    if themselves:
        return _("They saw it themselves at %(time)s.", time=time)
    return _("Somebody on site told them, and saw it at %(time)s.", time=time)


def reviewed(alert: Alert, *, with_words: bool = False) -> list[Entry]:
    """Return what others thought afterwards; what they wrote is for those who may look at it."""
    rows = [row for row in breaking.reviews_of(alert) if row.decided_at is not None]
    names = names_of(row.decided_by or "" for row in rows)
    return [
        Entry(
            at=row.decided_at or row.asked_at,
            words=_verdict(row),
            who=names.get(row.decided_by or "", ""),
            tone="success" if row.verdict is Verdict.RIGHT else "warning",
            detail=row.reveal("words") or "" if with_words else "",
        )
        for row in rows
    ]


def _verdict(review: AfterReview) -> str:
    number = review.version.number
    if review.verdict is Verdict.RIGHT:
        return _("Looked at afterwards: version %(number)s was right.", number=number)
    return _("Looked at afterwards: version %(number)s should have waited.", number=number)


def _bubbles(texts: Iterable[MessageText], people: Mapping[int, int]) -> list[Bubble]:
    return [
        bubble(text.audience, text.language, text.reveal("body"), people.get(text.id, 0))
        for text in sorted(texts, key=lambda text: ORDER.index(text.audience))
        if text.body is not None
    ]


def asked_words(approval: Approval) -> list[Bubble]:
    """Return the texts that a second person is asked about, with how many get each."""
    texts = versions.texts_of([approval.version])[approval.version.topic_id]
    waiting = (
        Message.select(Message.text, fn.COUNT(Message.id))
        .where(Message.topic == approval.version.topic_id, Message.state == MessageState.HELD)
        .group_by(Message.text)
    )
    held = _counts(waiting)
    return _bubbles((text for text in texts if text.id in held), held)


def _people(found: Iterable[AlertVersion]) -> dict[int, int]:
    topics = [version.topic_id for version in found]
    rows = Message.select(Message.text, fn.COUNT(Message.id)).where(Message.topic.in_(topics))
    return _counts(rows.group_by(Message.text))


def _counts(query: Any) -> dict[int, int]:
    return dict(query.tuples())


def _approvals(found: Iterable[AlertVersion]) -> Iterable[Approval]:
    rows: Iterable[Approval] = Approval.select().where(
        Approval.version.in_([version.id for version in found])
    )
    return rows


def _sentence(
    version: AlertVersion, texts: Iterable[MessageText], people: Mapping[int, int]
) -> str:
    to = ", ".join(audience_name(audience) for audience in version.audiences.split())
    return ngettext(
        "%(kind)s, version %(number)s: to %(num)s person. %(to)s.",
        "%(kind)s, version %(number)s: to %(num)s people. %(to)s.",
        sum(people.get(text.id, 0) for text in texts),
        kind=kind_words(version.kind),
        number=version.number,
        to=to,
    )


def _detail(version: AlertVersion, approval: Approval | None) -> str:
    said = [_grounds(version), _why_at_once(version)]
    if version.recalled_at:
        said.append(_("What had not gone was taken back."))
    if approval is not None:
        said += [_unanswered(approval), _decision(approval)]
    return " ".join(filter(None, said))


def _grounds(version: AlertVersion) -> str:
    zone = version.alert.site.timezone
    if version.seen_on_site_by:
        seen = version.seen_at or version.sent_at
        time = i18n.time_words(seen, zone)
        return _("Seen on site at %(time)s, says the sender.", time=time)
    record = version.verification
    if record is None:
        return ""
    name = names_of([record.by]).get(record.by, "")
    time = i18n.time_words(record.seen_at, zone)
    return _("%(name)s looked and confirmed it at %(time)s.", name=name, time=time)


def _why_at_once(version: AlertVersion) -> str:
    reason = json.loads(version.slots).get(versions.BREAK_GLASS)
    if reason is None:
        return ""
    why = breaking.REASONS.get(reason, "")
    return _("It went out at once, without a second person. %(why)s", why=why)


def _unanswered(approval: Approval) -> str:
    if approval.unanswered_at is None:
        return ""
    return _("Nobody had answered within two minutes: core and staff were told so.")


def _decision(approval: Approval) -> str:
    if approval.state == ApprovalState.SUPERSEDED:
        return _("Newer words took its place before anybody said yes.")
    if approval.state is ApprovalState.WAITING:
        return _("A second person has not decided yet.")
    who = names_of([approval.decided_by or ""]).get(approval.decided_by or "", "")
    if approval.state is ApprovalState.GIVEN:
        return _("%(name)s said yes.", name=who)
    return _("%(name)s said no.", name=who)


def names_of(refs: Iterable[str]) -> dict[str, str]:
    """Return the names of those accounts among the references."""
    ids = {ref.removeprefix(ACCOUNT) for ref in refs if ref.startswith(ACCOUNT)}
    rows = Account.select().where(Account.public_id.in_(sorted(ids)))
    return {f"{ACCOUNT}{row.public_id}": row.reveal("name") for row in rows}


def left_out(version: AlertVersion) -> list[tuple[str, int]]:
    """Return why people were left out of a version, and how many for each reason."""
    return [
        (str(WHY_LEFT_OUT.get(reason, reason)), number)
        for reason, number in tallies.left_out(version).items()
    ]
