"""Alerts, their versions, who was left out and why, approvals and acknowledgements."""

from __future__ import annotations

import enum

from peewee import SQL, AutoField, CharField, ForeignKeyField, IntegerField, TextField

from commons import fields
from commons.database import BaseModel
from commons.messaging.models import Topic
from commons.roster.models import Person
from commons.sites.models import Site


class Certainty(enum.StrEnum):
    """How sure we are of what an alert says."""

    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"


class AlertState(enum.StrEnum):
    """How far a chain has come; only a person ends it (I10)."""

    LIVE = "live"
    DEPARTED = "departed"
    CLOSED = "closed"


class VersionKind(enum.StrEnum):
    """What one version of an alert does."""

    ALERT = "alert"
    UPDATE = "update"
    CORRECTION = "correction"
    DEPARTED = "departed"
    ALL_CLEAR = "all_clear"


class ApprovalState(enum.StrEnum):
    """What became of asking a second person."""

    WAITING = "waiting"
    GIVEN = "given"
    DECLINED = "declined"
    SUPERSEDED = "superseded"  # newer words took its place before anybody decided


class AckKind(enum.StrEnum):
    """What a person answered."""

    RECEIVED = "received"


class Alert(BaseModel):
    """A chain of versions about one thing that happens at one site."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="alerts", on_delete="RESTRICT")
    type = CharField(max_length=4)  # T1 … T16, from the pack
    code = CharField(max_length=6)  # what people say aloud: K72
    state = fields.ChoiceField(AlertState, default=AlertState.LIVE)
    certainty = fields.ChoiceField(Certainty)
    started_by = CharField(max_length=60)
    started_at = fields.UTCDateTimeField()
    ended_at = fields.UTCDateTimeField(null=True)
    # Made by the sender's page: a double click or a retry meets the alert it made before (I9).
    idempotency_key = CharField(max_length=64, unique=True)


# Two alerts that run at one site never share a code.
Alert.add_index(
    Alert.index(
        Alert.site, Alert.code, unique=True, name="alert_code", where=SQL("state <> 'closed'")
    )
)


class AlertVersion(BaseModel):
    """One text to one frozen audience: the alert itself, an update, a correction, an end."""

    id = AutoField()
    public_id = fields.PublicIdField()
    alert = ForeignKeyField(Alert, backref="versions", on_delete="CASCADE", index=False)
    number = IntegerField()
    kind = fields.ChoiceField(VersionKind)
    certainty = fields.ChoiceField(Certainty)
    audiences = CharField(max_length=60)  # `A1 A2 A9`
    slots = TextField()  # the chosen words by key, JSON; nothing a person typed
    topic = ForeignKeyField(Topic, on_delete="RESTRICT", unique=True)
    sent_by = CharField(max_length=60)
    sent_at = fields.UTCDateTimeField()
    seen_on_site_by = CharField(max_length=60, null=True)  # who says "seen by me on site"
    next_update_at = fields.UTCDateTimeField(null=True)
    body_hash = CharField(max_length=64)  # of texts and audience: what an approval is bound to
    idempotency_key = CharField(max_length=64, unique=True)

    class Meta:
        indexes = ((("alert", "number"), True),)


class LeftOut(BaseModel):
    """Somebody in the audience whom a version could not be sent to, and why."""

    id = AutoField()
    version = ForeignKeyField(AlertVersion, backref="left_out", on_delete="CASCADE", index=False)
    person = ForeignKeyField(Person, on_delete="CASCADE")
    reason = CharField(max_length=40)

    class Meta:
        indexes = ((("version", "person"), True),)


class Approval(BaseModel):
    """A second person's yes to families, bound to the hash of text and audience."""

    id = AutoField()
    public_id = fields.PublicIdField()
    version = ForeignKeyField(AlertVersion, backref="approvals", on_delete="CASCADE", unique=True)
    state = fields.ChoiceField(ApprovalState, default=ApprovalState.WAITING)
    body_hash = CharField(max_length=64)
    asked_at = fields.UTCDateTimeField()
    decided_by = CharField(max_length=60, null=True)
    decided_at = fields.UTCDateTimeField(null=True)


class Acknowledgement(BaseModel):
    """A person's answer to one version of an alert; the first of each kind counts."""

    id = AutoField()
    alert = ForeignKeyField(Alert, backref="acknowledgements", on_delete="CASCADE")
    version = ForeignKeyField(
        AlertVersion, backref="acknowledgements", on_delete="CASCADE", index=False
    )
    person = ForeignKeyField(Person, on_delete="CASCADE")
    kind = fields.ChoiceField(AckKind)
    via = CharField(max_length=12)  # quote, reaction, reply
    at = fields.UTCDateTimeField()

    class Meta:
        indexes = ((("version", "person", "kind"), True),)
