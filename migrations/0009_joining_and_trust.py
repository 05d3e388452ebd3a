"""Invites and the people who ask to join; vouches and records of trust."""

from typing import Any

from peewee import (
    AutoField,
    BlobField,
    CharField,
    Check,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "invite_public_id" ON "invite" ("public_id")',
    'CREATE INDEX "invite_site_id" ON "invite" ("site_id")',
    'CREATE UNIQUE INDEX "invite_code_index" ON "invite" ("code_index")',
    'CREATE INDEX "invite_expires_at" ON "invite" ("expires_at")',
    'CREATE UNIQUE INDEX "join_request_public_id" ON "join_request" ("public_id")',
    'CREATE INDEX "join_request_person_id" ON "join_request" ("person_id")',
    'CREATE INDEX "join_request_invite_id" ON "join_request" ("invite_id")',
    'CREATE INDEX "join_request_site_id_state" ON "join_request" ("site_id", "state")',
    'CREATE UNIQUE INDEX "join_request_waiting" ON "join_request" ("site_id", "person_id") WHERE state = \'waiting\'',
    'CREATE INDEX "vouch_site_id" ON "vouch" ("site_id")',
    'CREATE INDEX "vouch_voucher_id" ON "vouch" ("voucher_id")',
    'CREATE UNIQUE INDEX "vouch_live" ON "vouch" ("person_id", "voucher_id", "site_id") WHERE ended_at IS NULL',
    'CREATE UNIQUE INDEX "trust_record_public_id" ON "trust_record" ("public_id")',
    'CREATE INDEX "trust_record_person_id" ON "trust_record" ("person_id")',
    'CREATE UNIQUE INDEX "trust_record_live" ON "trust_record" ("site_id", "person_id", "kind") WHERE ended_at IS NULL',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Invite(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        group = CharField(
            max_length=32,
            column_name="group_word",
            constraints=[
                Check("group_word IN ('staff', 'family', 'volunteer', 'observer', 'partner')")
            ],
        )
        code = BlobField()
        code_index = BlobField()
        most_uses = IntegerField()
        uses = IntegerField()
        made_by = CharField(max_length=60)
        made_at = Instant()
        expires_at = Instant()
        revoked_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "invite"

    class JoinRequest(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        invite = ForeignKeyField(Invite, on_delete="SET NULL", null=True)
        group = CharField(
            max_length=32,
            column_name="group_word",
            constraints=[
                Check("group_word IN ('staff', 'family', 'volunteer', 'observer', 'partner')")
            ],
        )
        state = CharField(
            max_length=32, constraints=[Check("state IN ('waiting', 'admitted', 'declined')")]
        )
        asked_at = Instant()
        decided_at = Instant(null=True)
        decided_by = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "join_request"

    class Vouch(Model):
        id = AutoField()
        site = ForeignKeyField(Site, on_delete="CASCADE")
        voucher = ForeignKeyField(Person, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        made_at = Instant()
        ended_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "vouch"

    class TrustRecord(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        kind = CharField(
            max_length=32, constraints=[Check("kind IN ('seen', 'vouched', 'verified', 'frozen')")]
        )
        since = Instant()
        until = Instant(null=True)
        recorded_by = CharField(max_length=60)
        ended_at = Instant(null=True)
        ended_by = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "trust_record"

    for table in (Invite, JoinRequest, Vouch, TrustRecord):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("trust_record", "vouch", "join_request", "invite"):
        db.execute_sql(f'DROP TABLE "{table}"')
