"""What time does to alerts that are late, and to those that have ended: they lose their words."""

from __future__ import annotations

import datetime as dt

from commons import retention
from commons.database import transaction
from commons.messaging import outbox
from commons.messaging.models import MessageText, Topic
from commons.sites.models import Site
from rapidresponse.alerts.audience import UNANSWERED
from rapidresponse.alerts.deadlines import ASIDE
from rapidresponse.alerts.models import Alert, AlertState, AlertVersion, RoleWatch
from rapidresponse.alerts.versions import KEPT, SUBJECT, versions_of
from rapidresponse.alerts.watches import NOBODY

_AT_ONCE = 50


def is_late(alert: Alert, latest: AlertVersion, now: dt.datetime) -> bool:
    """Return whether the promised next word has not come in time."""
    due = latest.next_update_at
    return alert.state is not AlertState.CLOSED and due is not None and now > due


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
    if ended:
        retention.forget_pages()
    return len(ended)


def _with_words() -> object:
    return (
        AlertVersion.select(AlertVersion.alert)
        .join(MessageText, on=(MessageText.topic == AlertVersion.topic))
        .where(MessageText.body.is_null(False))
    )


def _topics(alert: Alert) -> list[Topic]:
    subjects = [
        f"{kind}:{version.public_id}"
        for version in versions_of(alert)
        for kind in (SUBJECT, *ASIDE, UNANSWERED)
    ]
    watches = RoleWatch.select().where(RoleWatch.alert == alert)
    subjects += [f"{NOBODY}:{watch.public_id}" for watch in watches]
    return list(Topic.select().where(Topic.subject.in_(subjects)))
