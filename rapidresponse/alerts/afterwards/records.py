"""An alert as a record to hand on: what was said when, by which role, and how it arrived."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from commons import audit
from commons.accounts import who
from commons.database import transaction
from commons.messaging.models import Message, MessageText
from commons.permissions import Actor, require, require_fresh
from commons.roster.exports.cells import neutral
from rapidresponse.alerts import access
from rapidresponse.alerts.models import (
    Acknowledgement,
    Alert,
    AlertVersion,
    Approval,
    LeftOut,
    Verification,
)
from rapidresponse.alerts.versions import versions_of

# In English whatever the visitor reads: a record is compared with others and read by machines.
COLUMNS = (
    "time", "what", "version", "role", "audience", "language", "person", "state", "reason",
    "sent", "delivered", "read", "details",
)  # fmt: skip


def record(actor: Actor, alert: Alert) -> bytes:
    """Return the whole alert as CSV, people by number and never by name; who took it is kept.

    Times are UTC, ISO 8601. Raises Forbidden, NotFresh.
    """
    require(actor, access.EXPORT, alert.site)
    require_fresh(actor)
    with transaction():
        rows = list(_rows(alert))
        audit.record(
            actor,
            "alert.exported",
            f"alert:{alert.public_id}",
            site=alert.site_id,
            details={"rows": len(rows)},
        )
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({name: neutral(str(cell)) for name, cell in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _rows(alert: Alert) -> Iterator[dict[str, Any]]:
    people: dict[int, str] = {}
    for version in versions_of(alert):
        yield _version(alert, version)
        yield from _decisions(alert, version)
        yield from _deliveries(version, people)
        yield from _missing(version, people)
    for one in Verification.select().where(Verification.alert == alert).order_by(Verification.id):
        role = who.role_at(one.by, alert.site)
        yield {"time": _iso(one.at), "what": "verification", "role": role, "state": one.outcome}
    yield from _answers(alert, people)


def _version(alert: Alert, version: AlertVersion) -> dict[str, Any]:
    return {
        "time": _iso(version.sent_at),
        "what": version.kind.value,
        "version": version.number,
        "role": who.role_at(version.sent_by, alert.site),
        "audience": version.audiences,
        "state": "taken back" if version.recalled_at else version.certainty.value,
        "details": f"{alert.type} {alert.code} {version.slots} hash {version.body_hash}",
    }


def _decisions(alert: Alert, version: AlertVersion) -> Iterator[dict[str, Any]]:
    for one in Approval.select().where(Approval.version == version):
        yield {
            "time": _iso(one.decided_at or one.asked_at),
            "what": "second person",
            "version": version.number,
            "role": who.role_at(one.decided_by or "", alert.site),
            "state": one.state.value,
            "details": f"hash {one.body_hash}",
        }


def _deliveries(version: AlertVersion, people: dict[int, str]) -> Iterator[dict[str, Any]]:
    rows: Any = (
        Message.select(Message, MessageText)
        .join(MessageText, on=(MessageText.id == Message.text))
        .where(Message.topic == version.topic_id)
        .order_by(Message.id)
    )
    for row in rows:
        yield {
            "time": _iso(row.handed_at),
            "what": "delivery",
            "version": version.number,
            "audience": row.text.audience,
            "language": row.text.language,
            "person": _number(people, row.person_id),
            "state": row.state.value,
            "reason": row.reason,
            "sent": _iso(row.sent_at),
            "delivered": _iso(row.delivered_at),
            "read": _iso(row.read_at),
        }


def _missing(version: AlertVersion, people: dict[int, str]) -> Iterator[dict[str, Any]]:
    for row in LeftOut.select().where(LeftOut.version == version).order_by(LeftOut.id):
        yield {
            "what": "left out",
            "version": version.number,
            "person": _number(people, row.person_id),
            "reason": row.reason,
        }


def _answers(alert: Alert, people: dict[int, str]) -> Iterator[dict[str, Any]]:
    rows: Any = (
        Acknowledgement.select(Acknowledgement, AlertVersion)
        .join(AlertVersion)
        .where(Acknowledgement.alert == alert)
        .order_by(Acknowledgement.id)
    )
    for row in rows:
        yield {
            "time": _iso(row.at),
            "what": "answer",
            "version": row.version.number,
            "person": _number(people, row.person_id),
            "state": row.kind.value,
            "reason": row.via,
        }


def _number(people: dict[int, str], person_id: int | None) -> str:
    """Return a number for a person that holds within this record and means nothing outside."""
    if person_id is None:
        return ""
    return people.setdefault(person_id, f"P{len(people) + 1:04}")


def _iso(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
