"""Outgoing and incoming messages."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    Check,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "topic_public_id" ON "topic" ("public_id")',
    'CREATE UNIQUE INDEX "topic_subject" ON "topic" ("subject")',
    'CREATE INDEX "topic_site_id" ON "topic" ("site_id")',
    'CREATE INDEX "topic_created_at" ON "topic" ("created_at")',
    'CREATE UNIQUE INDEX "message_text_public_id" ON "message_text" ("public_id")',
    'CREATE UNIQUE INDEX "message_text_topic_id_audience_language" ON "message_text" ("topic_id", "audience", "language")',
    'CREATE INDEX "message_text_id" ON "message" ("text_id")',
    'CREATE INDEX "message_method_id" ON "message" ("method_id")',
    'CREATE UNIQUE INDEX "message_topic_id_person_id_channel" ON "message" ("topic_id", "person_id", "channel")',
    'CREATE INDEX "message_queued" ON "message" ("priority", "id") WHERE state = \'queued\'',
    'CREATE INDEX "message_open" ON "message" ("handed_at") WHERE state IN (\'sending\', \'unknown\')',
    'CREATE INDEX "message_timestamp" ON "message" ("timestamp") WHERE timestamp IS NOT NULL',
    'CREATE INDEX "message_person" ON "message" ("person_id", "handed_at")',
    'CREATE INDEX "attempt_message_id" ON "attempt" ("message_id")',
    'CREATE UNIQUE INDEX "envelope_public_id" ON "envelope" ("public_id")',
    'CREATE UNIQUE INDEX "envelope_digest" ON "envelope" ("digest")',
    'CREATE INDEX "envelope_received_at" ON "envelope" ("received_at")',
    'CREATE INDEX "envelope_stored" ON "envelope" ("id") WHERE state = \'stored\'',
    'CREATE UNIQUE INDEX "relay_account_public_id" ON "relay_account" ("public_id")',
    'CREATE UNIQUE INDEX "relay_account_number_index" ON "relay_account" ("number_index")',
    'CREATE UNIQUE INDEX "conversation_person_id" ON "conversation" ("person_id")',
    'CREATE INDEX "conversation_expires_at" ON "conversation" ("expires_at")',
    'CREATE UNIQUE INDEX "reply_public_id" ON "reply" ("public_id")',
    'CREATE INDEX "reply_person_id" ON "reply" ("person_id")',
    'CREATE INDEX "reply_site_id" ON "reply" ("site_id")',
    'CREATE INDEX "reply_received_at" ON "reply" ("received_at")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class ContactMethod(Model):
        class Meta:
            database = db
            table_name = "contact_method"

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Topic(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        subject = CharField(max_length=80)
        site = ForeignKeyField(Site, on_delete="SET NULL", null=True)
        created_at = Instant()
        cancelled_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "topic"

    class MessageText(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        topic = ForeignKeyField(Topic, on_delete="CASCADE")
        language = CharField(max_length=12)
        audience = CharField(max_length=12)
        body = BlobField(null=True)

        class Meta:
            database = db
            table_name = "message_text"

    class Message(Model):
        id = AutoField()
        topic = ForeignKeyField(Topic, on_delete="CASCADE")
        text = ForeignKeyField(MessageText, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="SET NULL", null=True)
        method = ForeignKeyField(ContactMethod, on_delete="SET NULL", null=True)
        channel = CharField(max_length=12, constraints=[Check("channel IN ('signal')")])
        state = CharField(
            max_length=12,
            constraints=[
                Check(
                    "state IN ('held', 'queued', 'sending', 'unknown', 'sent', 'delivered', 'read', 'failed', 'cancelled', 'expired')"
                )
            ],
        )
        priority = IntegerField()
        reason = CharField(max_length=40)
        attempts = IntegerField()
        repeat = BooleanField()
        due_at = Instant()
        not_after = Instant(null=True)
        lease = CharField(max_length=22, null=True)
        handed_at = Instant(null=True)
        lease_until = Instant(null=True)
        timestamp = BigIntegerField(null=True)
        sent_at = Instant(null=True)
        delivered_at = Instant(null=True)
        read_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "message"

    class Attempt(Model):
        id = AutoField()
        message = ForeignKeyField(Message, on_delete="CASCADE")
        number = IntegerField()
        began_at = Instant()
        ended_at = Instant()
        outcome = CharField(max_length=12)
        reason = CharField(max_length=40)

        class Meta:
            database = db
            table_name = "attempt"

    class Envelope(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        digest = CharField(max_length=64)
        received_at = Instant()
        state = CharField(
            max_length=12, constraints=[Check("state IN ('stored', 'done', 'failed')")]
        )
        tries = IntegerField()
        body = BlobField(null=True)

        class Meta:
            database = db
            table_name = "envelope"

    class RelayAccount(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        number = BlobField()
        number_index = BlobField()
        state = CharField(
            max_length=12,
            constraints=[Check("state IN ('working', 'unreachable', 'limited', 'gone')")],
        )
        reason = CharField(max_length=40)
        since = Instant()
        limited_until = Instant(null=True)
        challenge = BlobField(null=True)
        failures = IntegerField()
        seen_at = Instant(null=True)
        answered_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "relay_account"

    class Conversation(Model):
        id = AutoField()
        person = ForeignKeyField(Person, on_delete="CASCADE")
        about = CharField(max_length=40)
        options = TextField()
        expires_at = Instant()

        class Meta:
            database = db
            table_name = "conversation"

    class Reply(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        site = ForeignKeyField(Site, on_delete="CASCADE", null=True)
        received_at = Instant()
        body = BlobField()
        handled_at = Instant(null=True)
        handled_by = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "reply"

    for table in (
        Topic,
        MessageText,
        Message,
        Attempt,
        Envelope,
        RelayAccount,
        Conversation,
        Reply,
    ):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in (
        "reply",
        "conversation",
        "relay_account",
        "envelope",
        "attempt",
        "message",
        "message_text",
        "topic",
    ):
        db.execute_sql(f'DROP TABLE "{table}"')
