"""What everything else stands on: audit chains, rate-limit windows and legal holds."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    DoubleField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "audit_link_chain_seq" ON "audit_link" ("chain", "seq")',
    'CREATE UNIQUE INDEX "audit_content_public_id" ON "audit_content" ("public_id")',
    'CREATE UNIQUE INDEX "audit_content_link_id" ON "audit_content" ("link_id")',
    'CREATE INDEX "audit_content_at" ON "audit_content" ("at")',
    'CREATE INDEX "audit_content_subject" ON "audit_content" ("subject")',
    'CREATE INDEX "rate_bucket_ends_at" ON "rate_bucket" ("ends_at")',
    'CREATE UNIQUE INDEX "hold_public_id" ON "hold" ("public_id")',
    'CREATE INDEX "hold_subject" ON "hold" ("subject")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class Installation(Model):
        name = CharField(max_length=40, primary_key=True)
        value = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "installation"

    class AuditLink(Model):
        id = AutoField()
        chain = CharField(max_length=40)
        seq = BigIntegerField()
        at = Instant()
        kind = CharField(max_length=60)
        commitment = CharField(max_length=64)
        previous = CharField(max_length=64)
        hash = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "audit_link"

    class AuditContent(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        link = ForeignKeyField(AuditLink, on_delete="RESTRICT")
        at = Instant()
        actor = CharField(max_length=60)
        subject = CharField(max_length=80)
        content = BlobField()

        class Meta:
            database = db
            table_name = "audit_content"

    class RateBucket(Model):
        key = CharField(max_length=64, primary_key=True)
        tries = IntegerField()
        ends_at = DoubleField()

        class Meta:
            database = db
            table_name = "rate_bucket"

    class Hold(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        subject = CharField(max_length=80)
        reason = BlobField()
        placed_by = CharField(max_length=60)
        placed_at = Instant()
        lifted_by = CharField(max_length=60, null=True)
        lifted_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "hold"

    for table in (Installation, AuditLink, AuditContent, RateBucket, Hold):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("hold", "rate_bucket", "audit_content", "audit_link", "installation"):
        db.execute_sql(f'DROP TABLE "{table}"')
