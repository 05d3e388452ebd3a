"""Who says that they need help, and has not said since that they are safe: a person must act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commons import clock
from commons.permissions import Actor
from commons.roster.models import Person
from commons.sites.models import Site
from rapidresponse.alerts import access
from rapidresponse.alerts.answers.records import HOW_THEY_ARE
from rapidresponse.alerts.models import AckKind, Acknowledgement, Alert
from rapidresponse.alerts.steps import language_name

# How people are is kept so long, and counts no longer either (abuse case 75).
KEPT = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Call:
    """Somebody who needs help; the name masked, since the roster reveals it."""

    person: str
    initial: str
    language: str
    at: dt.datetime


def open_calls(alert: Alert) -> list[Call]:
    """Return who needs help now, whoever has waited longest first."""
    rows = (
        Acknowledgement.select(Acknowledgement, Person)
        .join(Person)
        .where(
            Acknowledgement.alert == alert,
            Acknowledgement.kind.in_(HOW_THEY_ARE),
            Acknowledgement.at > clock.now() - KEPT,
        )
        .order_by(Acknowledgement.at, Acknowledgement.id)
    )
    last = {row.person_id: row for row in rows}
    return [
        Call(
            person=row.person.public_id,
            initial=f"{row.person.reveal('name').strip()[:1]}…",
            language=language_name(row.person.language),
            at=row.at,
        )
        for row in last.values()
        if row.kind is AckKind.NEED_HELP
    ]


def alerts_with_calls(actor: Actor, site: Site) -> list[tuple[Alert, list[Call]]]:
    """Return the site's alerts, ended ones too, in which somebody needs help now."""
    asked = Acknowledgement.select(Acknowledgement.alert).where(
        Acknowledgement.kind == AckKind.NEED_HELP, Acknowledgement.at > clock.now() - KEPT
    )
    rows = (
        Alert.select(Alert, Site)
        .join(Site)
        .where(Alert.site == site, Alert.id.in_(asked), access.reaches(actor, access.SEND))
        .order_by(Alert.id.desc())
    )
    return [(alert, calls) for alert in rows if (calls := open_calls(alert))]
