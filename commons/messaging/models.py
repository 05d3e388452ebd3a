"""Outgoing and incoming messages; narrow rows, because an alert writes thousands at once."""

from __future__ import annotations

import enum

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
)

from commons import fields
from commons.database import BaseModel
from commons.roster.models import ContactMethod, Person
from commons.sites.models import Site


class MessageState(enum.StrEnum):
    """What became of a message; each word says exactly when it is used."""

    HELD = "held"  # written, but waits for a second person's yes
    QUEUED = "queued"  # will be sent as soon as the relay comes to it
    SENDING = "sending"  # handed over to the gateway; no answer yet
    UNKNOWN = "unknown"  # the answer was lost; a receipt may still come
    SENT = "sent"  # Signal took it; the phone may be off
    DELIVERED = "delivered"  # on the phone
    READ = "read"  # opened
    FAILED = "failed"  # not reached, for the reason beside it; a person must act
    CANCELLED = "cancelled"  # taken back before it went, or consent withdrawn
    EXPIRED = "expired"  # too late to be of use before it could go


class Channel(enum.StrEnum):
    """The way a message goes."""

    SIGNAL = "signal"


class Topic(BaseModel):
    """What a set of messages is about: one version of an alert, one answer to a person."""

    id = AutoField()
    public_id = fields.PublicIdField()
    subject = CharField(max_length=80, unique=True)  # `alert-version:<public id>`
    site = ForeignKeyField(Site, null=True, on_delete="SET NULL")
    created_at = fields.UTCDateTimeField(index=True)
    cancelled_at = fields.UTCDateTimeField(null=True)


class MessageText(BaseModel):
    """The words of a topic in one language for one audience, once for all its recipients."""

    id = AutoField()
    public_id = fields.PublicIdField()
    topic = ForeignKeyField(Topic, backref="texts", on_delete="CASCADE", index=False)
    language = CharField(max_length=12)
    audience = CharField(max_length=12, default="")
    body = fields.SealedField(null=True)  # emptied when the alert has ended
    # What the relay puts below the words for each recipient: `answer`, a link of their own.
    below = CharField(max_length=12, null=True)

    class Meta:
        indexes = ((("topic", "audience", "language"), True),)


class Message(BaseModel):
    """One outgoing text to one recipient."""

    id = AutoField()
    # No index of their own for topic and person: longer ones below begin with them.
    topic = ForeignKeyField(Topic, backref="messages", on_delete="CASCADE", index=False)
    text = ForeignKeyField(MessageText, on_delete="CASCADE")
    person = ForeignKeyField(
        Person, null=True, backref="messages", on_delete="SET NULL", index=False
    )
    method = ForeignKeyField(ContactMethod, null=True, on_delete="SET NULL")
    channel = fields.ChoiceField(Channel, default=Channel.SIGNAL, max_length=12)
    state = fields.ChoiceField(MessageState, max_length=12, default=MessageState.QUEUED)
    priority = IntegerField(default=50)  # lower goes first
    reason = CharField(max_length=40, default="")  # why it failed or was cancelled
    attempts = IntegerField(default=0)  # counted at claim: a crash costs a try
    repeat = BooleanField(default=False)  # the next copy is marked as a repeat
    due_at = fields.UTCDateTimeField()  # not before this
    not_after = fields.UTCDateTimeField(null=True)
    lease = CharField(max_length=22, null=True)  # who holds it; a late writer loses
    handed_at = fields.UTCDateTimeField(null=True)  # when the last attempt began
    lease_until = fields.UTCDateTimeField(null=True)
    timestamp = BigIntegerField(null=True)  # Signal's id of the message, milliseconds
    sent_at = fields.UTCDateTimeField(null=True)
    delivered_at = fields.UTCDateTimeField(null=True)
    read_at = fields.UTCDateTimeField(null=True)

    class Meta:
        # One delivery per version, recipient and channel (ARCHITECTURE.md, rule 7).
        indexes = ((("topic", "person", "channel"), True),)


# The relay's claim: what waits, most urgent and oldest first. Finished rows stay out of it.
Message.add_index(
    Message.index(
        Message.priority, Message.id, name="message_queued", where=SQL("state = 'queued'")
    )
)
# What is under way or in doubt: leases that ran out, receipts for lost answers.
Message.add_index(
    Message.index(
        Message.handed_at,
        name="message_open",
        where=SQL("state IN ('sending', 'unknown')"),
    )
)
# A receipt names the timestamp; nearly always that is one message.
Message.add_index(
    Message.index(Message.timestamp, name="message_timestamp", where=SQL("timestamp IS NOT NULL"))
)
# The throttle counts what a person was handed lately.
Message.add_index(Message.index(Message.person, Message.handed_at, name="message_person"))


class Timer(BaseModel):
    """Something that is due at an instant, once; the relay sleeps until the next."""

    id = AutoField()
    kind = CharField(max_length=40)  # who is called: `alerts.stale`
    subject = CharField(max_length=60)  # what it is about, by its public id
    due_at = fields.UTCDateTimeField()
    done_at = fields.UTCDateTimeField(null=True)
    tries = IntegerField(default=0)

    class Meta:
        indexes = ((("kind", "subject"), True),)


Timer.add_index(Timer.index(Timer.due_at, name="timer_due", where=SQL("done_at IS NULL")))


class Attempt(BaseModel):
    """One try to hand a message over: when, and how it ended."""

    id = AutoField()
    message = ForeignKeyField(Message, backref="tries", on_delete="CASCADE")
    number = IntegerField()
    began_at = fields.UTCDateTimeField()
    ended_at = fields.UTCDateTimeField()
    outcome = CharField(max_length=12)
    reason = CharField(max_length=40, default="")


class EnvelopeState(enum.StrEnum):
    """How far an inbound thing has come."""

    STORED = "stored"
    DONE = "done"
    FAILED = "failed"  # could not be read; kept for an operator's count, not for its words


class Envelope(BaseModel):
    """One inbound thing as the gateway gave it, sealed before anything else is done."""

    id = AutoField()
    public_id = fields.PublicIdField()
    digest = CharField(max_length=64, unique=True)  # the gateway repeats itself
    received_at = fields.UTCDateTimeField(index=True)
    state = fields.ChoiceField(EnvelopeState, max_length=12, default=EnvelopeState.STORED)
    tries = IntegerField(default=0)
    body = fields.SealedField(null=True)


Envelope.add_index(
    Envelope.index(Envelope.id, name="envelope_stored", where=SQL("state = 'stored'"))
)


class AccountState(enum.StrEnum):
    """Whether the relay's Signal account can send."""

    WORKING = "working"
    UNREACHABLE = "unreachable"  # the gateway does not answer
    LIMITED = "limited"  # Signal asks to wait, or for a CAPTCHA
    GONE = "gone"  # Signal no longer knows the account


class RelayAccount(BaseModel):
    """The state of the relay's Signal account, as the sender's screen shows it."""

    id = AutoField()
    public_id = fields.PublicIdField()
    number = fields.SealedField()
    number_index = fields.BlindIndexField(unique=True)
    state = fields.ChoiceField(AccountState, max_length=12, default=AccountState.WORKING)
    reason = CharField(max_length=40, default="")  # why it is in this state
    since = fields.UTCDateTimeField()
    limited_until = fields.UTCDateTimeField(null=True)
    challenge = fields.SealedField(null=True)
    failures = IntegerField(default=0)
    seen_at = fields.UTCDateTimeField(null=True)  # the relay's heartbeat
    answered_at = fields.UTCDateTimeField(null=True)  # the gateway's last answer


class Conversation(BaseModel):
    """The question that is open with a person: what their next short answer means."""

    id = AutoField()
    public_id = fields.PublicIdField()
    person = ForeignKeyField(Person, unique=True, on_delete="CASCADE")
    flow = CharField(max_length=40)
    question = CharField(max_length=40)
    answers = fields.SealedField()  # what they have said so far, JSON
    # When the phone sent what led here: whatever it sent before that answers another question.
    heard_at = fields.UTCDateTimeField()
    misses = IntegerField(default=0)  # answers in a row that nobody understood
    expires_at = fields.UTCDateTimeField(index=True)


class Reply(BaseModel):
    """Words from a person that no handler understood; a person reads them."""

    id = AutoField()
    public_id = fields.PublicIdField()
    person = ForeignKeyField(Person, backref="replies", on_delete="CASCADE")
    site = ForeignKeyField(Site, null=True, on_delete="CASCADE")
    received_at = fields.UTCDateTimeField(index=True)
    body = fields.SealedField()
    handled_at = fields.UTCDateTimeField(null=True)
    handled_by = CharField(max_length=60, null=True)
