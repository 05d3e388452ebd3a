"""What time does to alerts: a late one is asked about, an ended one loses its words.

Nothing here ever ends an alert: only a person can say that it is over (I10).
"""

from __future__ import annotations

import datetime as dt

from peewee import IntegrityError

from commons import retention
from commons.database import transaction
from commons.messaging import outbox
from commons.messaging.models import MessageText, Topic
from commons.sites.models import Site
from rapidresponse.alerts import settings
from rapidresponse.alerts.audience import CORE, gather, reached_by
from rapidresponse.alerts.composer import Draft, Intent, pack, write
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion
from rapidresponse.alerts.questions import POSTURE, posture_of
from rapidresponse.alerts.versions import KEPT, SUBJECT, versions_of

STALE = "alert-stale"
_AT_ONCE = 50


def is_late(alert: Alert, latest: AlertVersion, now: dt.datetime) -> bool:
    """Return whether the promised next word has not come in time."""
    due = latest.next_update_at
    return alert.state is not AlertState.CLOSED and due is not None and now > due


def mark_stale(now: dt.datetime) -> int:
    """Tell the site core once a version that an alert is not confirmed over; return how many.

    It goes to those of the core whom the chain has reached, so that the next version reaches
    everybody who got it.
    """
    asked = 0
    live = Alert.select(Alert, Site).join(Site).where(Alert.state != AlertState.CLOSED)
    for alert in live:
        latest = versions_of(alert)[-1]
        minutes = pack().types[alert.type].stale[latest.certainty.value]
        if now >= latest.sent_at + dt.timedelta(minutes=minutes):
            asked += _ask_core(alert, latest)
    return asked


def _ask_core(alert: Alert, latest: AlertVersion) -> int:
    subject = f"{STALE}:{latest.public_id}"
    if Topic.select().where(Topic.subject == subject).exists():
        return 0
    draft = _stale_draft(alert, latest)
    try:
        with transaction():
            outbox.enqueue(
                subject,
                alert.site_id,
                {key: rendered.text for key, rendered in draft.texts.items()},
                draft.recipients,
            )
    except IntegrityError:
        # Another relay asked at the same moment.
        return 0
    return 1


def _stale_draft(alert: Alert, latest: AlertVersion) -> Draft:
    core = {p: a for p, a in reached_by(alert).items() if a == CORE}
    intent = Intent(alert.type, words={POSTURE: posture_of(alert.site)}, stale=True)
    return write(
        alert.site,
        intent,
        gather(alert.site, (), core),
        code=f"{alert.code}.v{latest.number}",
        certainty=latest.certainty,
        at=latest.sent_at,
        demonstration=settings.demonstration(),
    )


def erase_ended(now: dt.datetime) -> int:
    """Erase the words of chains that ended 72 hours ago and no hold covers; return how many."""
    subjects = retention.held_subjects()
    if "everything" in subjects:
        return 0
    ended = (
        Alert.select(Alert, Site)
        .join(Site)
        .where(
            Alert.state == AlertState.CLOSED,
            Alert.ended_at < now - KEPT,
            Alert.public_id.not_in([s.partition(":")[2] for s in subjects] or [""]),
            Site.public_id.not_in([s.partition(":")[2] for s in subjects] or [""]),
            Alert.id.in_(_with_words()),
        )
        .limit(_AT_ONCE)
    )
    for alert in list(ended):
        with transaction():
            for topic in _topics(alert):
                outbox.erase_texts(topic.id)
    return len(ended)


def _with_words() -> object:
    return (
        AlertVersion.select(AlertVersion.alert)
        .join(MessageText, on=(MessageText.topic == AlertVersion.topic))
        .where(MessageText.body.is_null(False))
    )


def _topics(alert: Alert) -> list[Topic]:
    subjects = [
        f"{kind}:{version.public_id}" for version in versions_of(alert) for kind in (SUBJECT, STALE)
    ]
    return list(Topic.select().where(Topic.subject.in_(subjects)))
