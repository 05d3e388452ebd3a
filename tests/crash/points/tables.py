"""The tables as they stand, read in a handful of plain statements, since a thousand runs wait."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace as Row

from commons import fields
from commons.database import database
from commons.messaging.models import MessageText
from commons.roster.models import ContactMethod

_MESSAGES = """
SELECT m.id, m.topic_id, m.person_id, m.state, m.reason, m.repeat, m.delivered_at, m.read_at,
       t.public_id AS text_id, t.audience, t.body
FROM message m JOIN message_text t ON t.id = m.text_id ORDER BY m.id
"""
_VERSIONS = """
SELECT id, alert_id, number, kind, topic_id, body_hash, idempotency_key FROM alert_version
"""
_APPROVALS = "SELECT version_id, state, body_hash FROM approval"
_TIMERS = "SELECT kind, due_at, done_at, tries FROM timer"
_METHODS = "SELECT person_id, public_id, value FROM contact_method"
_LEFT_OUT = "SELECT version_id, COUNT(*) AS number FROM left_out GROUP BY version_id"
_ANSWERS = "SELECT alert_id, COUNT(DISTINCT person_id) AS number FROM acknowledgement GROUP BY 1"


def rows(statement: str) -> list[Row]:
    cursor = database.execute_sql(statement)
    names = [column[0] for column in cursor.description]
    return [Row(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


@dataclasses.dataclass
class Delivery:
    """A message, and its copies: their places in the journal, and which say *repeat*."""

    row: Row
    to: str
    text: str
    copies: list[int] = dataclasses.field(default_factory=list)
    repeats: list[bool] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        """Name it as a failed run shows it."""
        state = f"{self.row.state} {self.row.reason}".strip()
        return f"message {self.row.id} ({state}, {len(self.copies)} copies)"


class Tables:
    """What the checks need to know of the database."""

    def __init__(self) -> None:
        self.alerts = rows("SELECT id, idempotency_key FROM alert")
        self.versions = {row.topic_id: row for row in rows(_VERSIONS)}
        self.approvals = {row.version_id: row for row in rows(_APPROVALS)}
        self.left_out = {row.version_id: row.number for row in rows(_LEFT_OUT)}
        self.answers = {row.alert_id: row.number for row in rows(_ANSWERS)}
        self.timers = rows(_TIMERS)
        numbers = {row.person_id: _opened(ContactMethod.value, row) for row in rows(_METHODS)}
        self.deliveries = [
            Delivery(row, numbers.get(row.person_id, ""), _words(row)) for row in rows(_MESSAGES)
        ]


def _opened(column: fields.SealedField, row: Row) -> str:
    return fields.Sealed(bytes(row.value), column.context).open(row.public_id)


def _words(row: Row) -> str:
    if row.body is None:
        return ""
    return fields.Sealed(bytes(row.body), MessageText.body.context).open(row.text_id)
