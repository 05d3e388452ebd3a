"""Alerts, their versions, who was left out and why, approvals and acknowledgements."""

from __future__ import annotations

import enum

from peewee import (
    SQL,
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

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
    SAFE = "safe"
    NEED_HELP = "need_help"


class Outcome(enum.StrEnum):
    """What somebody other than the sender found when they looked (research §6.5)."""

    CONFIRMED = "confirmed"
    OTHER_AGENCY = "other_agency"
    NOT_ENFORCEMENT = "not_enforcement"
    UNFOUNDED = "unfounded"
    UNABLE = "unable"
    LEFT_BEFORE = "left_before"


class Verdict(enum.StrEnum):
    """What a second person thought afterwards of an alert that skipped the queue."""

    RIGHT = "right"
    WRONG = "wrong"


class WatchState(enum.StrEnum):
    """Whether a required role has answered."""

    WAITING = "waiting"
    ANSWERED = "answered"
    NOBODY_LEFT = "nobody_left"  # everybody in the role was asked, and time ran out
    ENDED = "ended"  # the alert ended first


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


class Verification(BaseModel):
    """Somebody else looked, on site or by somebody there, and says what they found."""

    id = AutoField()
    public_id = fields.PublicIdField()
    alert = ForeignKeyField(Alert, backref="verifications", on_delete="CASCADE")
    outcome = fields.ChoiceField(Outcome)
    seen_themselves = BooleanField()  # else somebody on site told them
    by = CharField(max_length=60)
    seen_at = fields.UTCDateTimeField()
    at = fields.UTCDateTimeField()


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
    seen_at = fields.UTCDateTimeField(null=True)  # when they saw it
    verification = ForeignKeyField(Verification, null=True, on_delete="SET NULL", index=False)
    # What the sender added in their own words, and the language they wrote it in.
    note = fields.SealedField(null=True)
    note_language = CharField(max_length=12, null=True)
    next_update_at = fields.UTCDateTimeField(null=True)
    body_hash = CharField(max_length=64)  # of texts and audience: what an approval is bound to
    idempotency_key = CharField(max_length=64, unique=True)
    # What had not gone yet was taken back, by whom and when.
    recalled_by = CharField(max_length=60, null=True)
    recalled_at = fields.UTCDateTimeField(null=True)

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
    decided_via = CharField(max_length=12, null=True)  # web, signal
    permission = CharField(max_length=30, null=True)  # what a second person must hold
    code = CharField(max_length=8, null=True)  # what they answer by Signal, beside YES or NO
    unanswered_at = fields.UTCDateTimeField(null=True)  # when 120 seconds had passed


class AfterReview(BaseModel):
    """An alert that skipped the queue because agents were inside; somebody else looks after."""

    id = AutoField()
    public_id = fields.PublicIdField()
    version = ForeignKeyField(AlertVersion, backref="reviews", on_delete="CASCADE", unique=True)
    asked_at = fields.UTCDateTimeField()
    verdict = fields.ChoiceField(Verdict, null=True)
    words = fields.SealedField(null=True)  # what is to be done otherwise next time
    decided_by = CharField(max_length=60, null=True)
    decided_at = fields.UTCDateTimeField(null=True)


class RoleWatch(BaseModel):
    """A role that must answer an alert: whom we wait for now, and until when."""

    id = AutoField()
    public_id = fields.PublicIdField()
    alert = ForeignKeyField(Alert, backref="watches", on_delete="CASCADE", index=False)
    role = CharField(max_length=40)  # a kind of slot
    state = fields.ChoiceField(WatchState, default=WatchState.WAITING)
    step = IntegerField(default=0)  # how many people of the role have been asked
    person = ForeignKeyField(Person, null=True, on_delete="SET NULL")  # who was asked last
    asked_at = fields.UTCDateTimeField()
    due_at = fields.UTCDateTimeField()
    answered_at = fields.UTCDateTimeField(null=True)

    class Meta:
        indexes = ((("alert", "role"), True),)


class TextReview(BaseModel):
    """Somebody who reads a language has read these very words and says that they are right."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, null=True, on_delete="CASCADE")  # none: for every site
    key = CharField(max_length=40)  # `T1.alert.A9`, or `relay`
    language = CharField(max_length=12)
    words_hash = CharField(max_length=64)  # other words need another review
    by = CharField(max_length=60)
    at = fields.UTCDateTimeField()

    class Meta:
        indexes = ((("key", "language", "words_hash"), False),)


class SiteText(BaseModel):
    """A site's own words for one version, audience and language; the newest number counts."""

    id = AutoField()
    public_id = fields.PublicIdField()
    site = ForeignKeyField(Site, backref="texts", on_delete="CASCADE", index=False)
    key = CharField(max_length=40)  # `T1.alert.A9`
    language = CharField(max_length=12)
    number = IntegerField()
    body = TextField(null=True)  # with its slots open; none: back to the library's words
    by = CharField(max_length=60)
    at = fields.UTCDateTimeField()

    class Meta:
        indexes = ((("site", "key", "language", "number"), True),)


class AlertPage(BaseModel):
    """The public page of an alert in one language, drawn once and served as it is."""

    id = AutoField()
    alert = ForeignKeyField(Alert, backref="pages", on_delete="CASCADE", index=False)
    language = CharField(max_length=12)
    token_hash = CharField(max_length=64)
    body = BlobField()  # compressed HTML; the words that families got, and nothing of anybody
    made_at = fields.UTCDateTimeField()
    ends_at = fields.UTCDateTimeField(null=True)  # a day after the alert has ended

    class Meta:
        indexes = ((("alert", "language"), True), (("token_hash", "language"), True))


class Acknowledgement(BaseModel):
    """A person's answer to one version of an alert; the first of each kind counts."""

    id = AutoField()
    alert = ForeignKeyField(Alert, backref="acknowledgements", on_delete="CASCADE")
    version = ForeignKeyField(
        AlertVersion, backref="acknowledgements", on_delete="CASCADE", index=False
    )
    person = ForeignKeyField(Person, on_delete="CASCADE")
    kind = fields.ChoiceField(AckKind)
    via = CharField(max_length=12)  # quote, reaction, reply, link
    at = fields.UTCDateTimeField()

    class Meta:
        indexes = ((("version", "person", "kind"), True),)
