"""A chain of versions: what it has said, whom it has reached, and writing the next one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import chunked

from commons import audit, crypto, i18n
from commons.errors import Conflict
from commons.i18n import lazy_gettext as _l
from commons.messaging import outbox
from commons.messaging.answer_links import ANSWER
from commons.messaging.models import MessageState, MessageText
from commons.permissions import Actor
from rapidresponse.alerts import approvals, asking
from rapidresponse.alerts.audience import FAMILIES, ORDER, reached_by, told_of
from rapidresponse.alerts.composer import Draft
from rapidresponse.alerts.models import (
    AfterReview,
    Alert,
    AlertState,
    AlertVersion,
    Approval,
    ApprovalState,
    Certainty,
    LeftOut,
    Verification,
    VersionKind,
)
from rapidresponse.alerts.public_page import service as public_page

SUBJECT = "alert-version"
# After the end, corrections are still possible until the words are erased.
KEPT = dt.timedelta(hours=72)
# News that is older than this when it could go at last would only confuse.
LATEST = dt.timedelta(hours=6)
SUPERSEDED = "superseded"
# Words that end or correct what was said: older ones that nobody has got would only confuse.
OVERTAKING = (VersionKind.CORRECTION, VersionKind.ALL_CLEAR)
_ENDS = (VersionKind.DEPARTED, VersionKind.ALL_CLEAR)
_RETURNS = ("still_there", "not_over")
# A change of posture, and a question about records, claim nobody who could depart.
_NOBODY_DEPARTS = ("T5", "T15")
# Beside the chosen words: why this version could not wait for a second person.
BREAK_GLASS = "break_glass"


@dataclass(frozen=True)
class Chain:
    """An alert with its newest version, all it chose so far, and everybody it has reached."""

    alert: Alert
    latest: AlertVersion
    kinds: frozenset[VersionKind]
    audiences: tuple[str, ...]
    reached: Mapping[int, str]
    words: Mapping[str, str]

    @property
    def break_glass(self) -> bool:
        """Return whether any of it went out because agents inside could not wait."""
        return BREAK_GLASS in self.words

    @property
    def told(self) -> tuple[str, ...]:
        """Return the audiences in which somebody has been reached."""
        return told_of(self.reached)

    def may(self, kind: VersionKind, now: dt.datetime) -> bool:
        """Return whether a version of this kind may follow now."""
        if self.alert.state is AlertState.CLOSED:
            ended = self.alert.ended_at
            return kind is VersionKind.CORRECTION and ended is not None and now < ended + KEPT
        if kind is VersionKind.DEPARTED:
            return self.alert.state is AlertState.LIVE and self.alert.type not in _NOBODY_DEPARTS
        return kind is not VersionKind.ALERT


def chain_of(alert: Alert) -> Chain:
    """Return the chain as it stands; inside a transaction it stays so."""
    versions = versions_of(alert)
    words: dict[str, str] = {}
    asked: set[str] = set()
    for version in versions:
        words |= json.loads(version.slots)
        asked |= set(version.audiences.split())
    return Chain(
        alert=alert,
        latest=versions[-1],
        kinds=frozenset(version.kind for version in versions),
        audiences=tuple(audience for audience in ORDER if audience in asked),
        reached=reached_by(alert),
        words=words,
    )


def overtake(alert: Alert) -> Chain:
    """Take back older words of a chain that nobody has got, and return the chain as it is then."""
    outbox.overtake([version.topic_id for version in versions_of(alert)], SUPERSEDED)
    return chain_of(alert)


def versions_of(alert: Alert) -> list[AlertVersion]:
    """Return the versions, oldest first."""
    return list(
        AlertVersion.select().where(AlertVersion.alert == alert).order_by(AlertVersion.number)
    )


def next_state(before: AlertState, kind: VersionKind, words: Mapping[str, str]) -> AlertState:
    """Return where a version leads; only a person's version ever leads anywhere (I10)."""
    if kind is VersionKind.DEPARTED:
        return AlertState.DEPARTED
    if kind is VersionKind.ALL_CLEAR:
        return AlertState.CLOSED
    said = words.get("new") if kind is VersionKind.CORRECTION else words.get("news")
    return AlertState.LIVE if said in _RETURNS else before


def publish(
    actor: Actor, alert: Alert, draft: Draft, *, number: int, key: str, now: dt.datetime
) -> AlertVersion:
    """Write one version with its frozen audience, inside the caller's transaction."""
    public_id = crypto.public_id()
    kind = draft.intent.kind
    note = draft.intent.note or None
    lasting = kind in (VersionKind.CORRECTION, *_ENDS)
    topic = outbox.enqueue(
        f"{SUBJECT}:{public_id}",
        alert.site_id,
        {key: rendered.text for key, rendered in draft.texts.items()},
        draft.recipients,
        not_after=None if lasting else now + LATEST,
        below={audience: ANSWER for audience in ORDER if audience != FAMILIES},
    )
    version = AlertVersion.create(
        public_id=public_id,
        alert=alert,
        number=number,
        kind=kind,
        certainty=draft.certainty,
        audiences=" ".join(draft.intent.audiences),
        slots=_slots(draft),
        topic=topic,
        sent_by=actor.ref,
        sent_at=now,
        seen_on_site_by=actor.ref if draft.intent.seen else None,
        seen_at=(draft.intent.seen_at or now) if draft.intent.seen else None,
        verification=_record_named(alert, draft),
        next_update_at=draft.next_update_at,
        body_hash=draft.body_hash,
        idempotency_key=key,
        note_language=i18n.current() if note else None,
        **AlertVersion.sealed(public_id, note=note),
    )
    _note_missing(version, draft)
    if draft.held:
        asking.ask(alert, version, draft)
    if draft.intent.break_glass:
        AfterReview.create(version=version, asked_at=now)
    _record(actor, alert, version, draft)
    if number > 1 or not draft.held:
        public_page.draw(alert.id)
    return version


def _slots(draft: Draft) -> str:
    words = dict(draft.intent.words)
    if draft.intent.break_glass:
        words[BREAK_GLASS] = draft.intent.break_glass
    return json.dumps(words, sort_keys=True)


def _record_named(alert: Alert, draft: Draft) -> Verification | None:
    named = draft.intent.verified
    here = (Verification.alert == alert, Verification.public_id == named)
    return Verification.get(*here) if named else None


def _note_missing(version: AlertVersion, draft: Draft) -> None:
    rows = [
        {"version": version.id, "person": one.person_id, "reason": one.reason}
        for one in draft.missing
    ]
    for some in chunked(rows, 500):
        LeftOut.insert_many(some).execute()


def _record(actor: Actor, alert: Alert, version: AlertVersion, draft: Draft) -> None:
    audit.record(
        actor,
        f"alert.{'sent' if version.kind is VersionKind.ALERT else version.kind.value}",
        f"alert:{alert.public_id}",
        site=alert.site_id,
        details={
            "version": version.number,
            "type": alert.type,
            "audiences": version.audiences,
            "certainty": draft.certainty.value,
            "seen_on_site": draft.intent.seen,
            "verification": draft.intent.verified or None,
            "break_glass": draft.intent.break_glass or None,
            "recipients": draft.count,
            "held": draft.held,
            "left_out": len(draft.missing),
            "note": bool(draft.intent.note),
            "hash": draft.body_hash,
        },
    )


def supersede(alert: Alert, now: dt.datetime) -> int:
    """Close every approval that still waits, so that no older words go out after newer ones.

    Returns how many messages were taken back; raises Conflict if a yes came at this moment.
    """
    waiting = (
        Approval.select(Approval, AlertVersion)
        .join(AlertVersion)
        .where(AlertVersion.alert == alert, Approval.state == ApprovalState.WAITING)
    )
    taken_back = 0
    for approval in list(waiting):
        closed = (
            Approval.update(state=ApprovalState.SUPERSEDED, decided_at=now)
            .where(Approval.id == approval.id, Approval.state == ApprovalState.WAITING)
            .execute()
        )
        if not closed:
            raise moved_on()
        approvals.settle(approval)
        taken_back += outbox.cancel(
            approval.version.topic_id, SUPERSEDED, states=(MessageState.HELD,)
        )
    return taken_back


def move(alert: Alert, state: AlertState, certainty: Certainty, now: dt.datetime) -> None:
    """Bring the alert to a state; raise Conflict when it is no longer where it was."""
    moved = (
        Alert.update(
            state=state,
            certainty=certainty,
            ended_at=now if state is AlertState.CLOSED else None,
        )
        .where(Alert.id == alert.id, Alert.state == alert.state)
        .execute()
    )
    if not moved:
        raise moved_on()


def moved_on() -> Conflict:
    """Return what to raise when somebody else changed the alert meanwhile."""
    return Conflict(
        _l("Somebody sent a newer version while you were writing. Nothing of yours was sent.")
    )


def texts_of(versions: Iterable[AlertVersion]) -> dict[int, list[MessageText]]:
    """Return the stored words of versions by topic; the key is the topic's."""
    topics = [version.topic_id for version in versions]
    found: dict[int, list[Any]] = {topic: [] for topic in topics}
    rows = MessageText.select().where(MessageText.topic.in_(topics))
    for row in rows.order_by(MessageText.audience, MessageText.language):
        found[row.topic_id].append(row)
    return found
