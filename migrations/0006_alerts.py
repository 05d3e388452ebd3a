"""Alerts, versions, approvals and acknowledgements."""

from typing import Any

from peewee import (
    AutoField,
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
    'CREATE UNIQUE INDEX "alert_public_id" ON "alert" ("public_id")',
    'CREATE INDEX "alert_site_id" ON "alert" ("site_id")',
    'CREATE UNIQUE INDEX "alert_idempotency_key" ON "alert" ("idempotency_key")',
    'CREATE UNIQUE INDEX "alert_code" ON "alert" ("site_id", "code") WHERE state <> \'closed\'',
    'CREATE UNIQUE INDEX "alert_version_public_id" ON "alert_version" ("public_id")',
    'CREATE UNIQUE INDEX "alert_version_topic_id" ON "alert_version" ("topic_id")',
    'CREATE UNIQUE INDEX "alert_version_idempotency_key" ON "alert_version" ("idempotency_key")',
    'CREATE UNIQUE INDEX "alert_version_alert_id_number" ON "alert_version" ("alert_id", "number")',
    'CREATE INDEX "left_out_person_id" ON "left_out" ("person_id")',
    'CREATE UNIQUE INDEX "left_out_version_id_person_id" ON "left_out" ("version_id", "person_id")',
    'CREATE UNIQUE INDEX "approval_public_id" ON "approval" ("public_id")',
    'CREATE UNIQUE INDEX "approval_version_id" ON "approval" ("version_id")',
    'CREATE INDEX "acknowledgement_alert_id" ON "acknowledgement" ("alert_id")',
    'CREATE INDEX "acknowledgement_person_id" ON "acknowledgement" ("person_id")',
    'CREATE UNIQUE INDEX "acknowledgement_version_id_person_id_kind" ON "acknowledgement" ("version_id", "person_id", "kind")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Topic(Model):
        class Meta:
            database = db
            table_name = "topic"

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Alert(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="RESTRICT")
        type = CharField(max_length=4)
        code = CharField(max_length=6)
        state = CharField(
            max_length=32, constraints=[Check("state IN ('live', 'departed', 'closed')")]
        )
        certainty = CharField(
            max_length=32, constraints=[Check("certainty IN ('unverified', 'confirmed')")]
        )
        started_by = CharField(max_length=60)
        started_at = Instant()
        ended_at = Instant(null=True)
        idempotency_key = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "alert"

    class AlertVersion(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        number = IntegerField()
        kind = CharField(
            max_length=32,
            constraints=[
                Check("kind IN ('alert', 'update', 'correction', 'departed', 'all_clear')")
            ],
        )
        certainty = CharField(
            max_length=32, constraints=[Check("certainty IN ('unverified', 'confirmed')")]
        )
        audiences = CharField(max_length=60)
        slots = TextField()
        topic = ForeignKeyField(Topic, on_delete="RESTRICT")
        sent_by = CharField(max_length=60)
        sent_at = Instant()
        seen_on_site_by = CharField(max_length=60, null=True)
        next_update_at = Instant(null=True)
        body_hash = CharField(max_length=64)
        idempotency_key = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "alert_version"

    class LeftOut(Model):
        id = AutoField()
        version = ForeignKeyField(AlertVersion, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        reason = CharField(max_length=40)

        class Meta:
            database = db
            table_name = "left_out"

    class Approval(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        version = ForeignKeyField(AlertVersion, on_delete="CASCADE")
        state = CharField(
            max_length=32,
            constraints=[Check("state IN ('waiting', 'given', 'declined', 'superseded')")],
        )
        body_hash = CharField(max_length=64)
        asked_at = Instant()
        decided_by = CharField(max_length=60, null=True)
        decided_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "approval"

    class Acknowledgement(Model):
        id = AutoField()
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        version = ForeignKeyField(AlertVersion, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        kind = CharField(max_length=32, constraints=[Check("kind IN ('received')")])
        via = CharField(max_length=12)
        at = Instant()

        class Meta:
            database = db
            table_name = "acknowledgement"

    for table in (Alert, AlertVersion, LeftOut, Approval, Acknowledgement):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("acknowledgement", "approval", "left_out", "alert_version", "alert"):
        db.execute_sql(f'DROP TABLE "{table}"')
