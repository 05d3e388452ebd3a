"""Signing in by Signal or paper, known browsers, and acts that need two."""

from typing import Any

from peewee import (
    AutoField,
    BlobField,
    CharField,
    Check,
    Field,
    ForeignKeyField,
    Model,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "sign_in_request_public_id" ON "sign_in_request" ("public_id")',
    'CREATE UNIQUE INDEX "sign_in_request_token_hash" ON "sign_in_request" ("token_hash")',
    'CREATE UNIQUE INDEX "sign_in_request_code_index" ON "sign_in_request" ("code_index")',
    'CREATE INDEX "sign_in_request_person_id" ON "sign_in_request" ("person_id")',
    'CREATE INDEX "sign_in_request_invite_id" ON "sign_in_request" ("invite_id")',
    'CREATE INDEX "sign_in_request_expires_at" ON "sign_in_request" ("expires_at")',
    'CREATE UNIQUE INDEX "return_code_public_id" ON "return_code" ("public_id")',
    'CREATE INDEX "return_code_account_id" ON "return_code" ("account_id")',
    'CREATE UNIQUE INDEX "return_code_code_hash" ON "return_code" ("code_hash")',
    'CREATE INDEX "return_code_expires_at" ON "return_code" ("expires_at")',
    'CREATE INDEX "known_device_account_id" ON "known_device" ("account_id")',
    'CREATE UNIQUE INDEX "known_device_token_hash" ON "known_device" ("token_hash")',
    'CREATE INDEX "known_device_seen_at" ON "known_device" ("seen_at")',
    'CREATE UNIQUE INDEX "proposal_public_id" ON "proposal" ("public_id")',
    'CREATE INDEX "proposal_account_id" ON "proposal" ("account_id")',
    'CREATE INDEX "proposal_site_id" ON "proposal" ("site_id")',
    'CREATE INDEX "proposal_district_id" ON "proposal" ("district_id")',
    'CREATE INDEX "proposal_expires_at" ON "proposal" ("expires_at")',
)

COLUMNS = (
    ("set_up_since", "TIMESTAMPTZ"),
    ("freeze_hash", "VARCHAR(200)"),
    ("frozen_until", "TIMESTAMPTZ"),
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns; create the tables and their indexes."""
    for column, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "account" ADD COLUMN "{column}" {kind}')

    class District(Model):
        class Meta:
            database = db
            table_name = "district"

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Invite(Model):
        class Meta:
            database = db
            table_name = "invite"

    class SignInRequest(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        state = CharField(
            max_length=32,
            constraints=[Check("state IN ('open', 'asked', 'approved', 'used', 'refused')")],
        )
        token_hash = CharField(max_length=64)
        code = BlobField()
        code_index = BlobField()
        number = BlobField()
        device = CharField(max_length=40)
        person = ForeignKeyField(Person, on_delete="CASCADE", null=True)
        invite = ForeignKeyField(Invite, on_delete="CASCADE", null=True)
        name = BlobField(null=True)
        language = CharField(max_length=12)
        made_at = Instant()
        asked_at = Instant(null=True)
        expires_at = Instant()

        class Meta:
            database = db
            table_name = "sign_in_request"

    class ReturnCode(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        code_hash = CharField(max_length=64)
        made_by = CharField(max_length=60)
        made_at = Instant()
        expires_at = Instant()
        used_at = Instant(null=True)
        revoked_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "return_code"

    class KnownDevice(Model):
        id = AutoField()
        account = ForeignKeyField(Account, on_delete="CASCADE")
        token_hash = CharField(max_length=64)
        made_at = Instant()
        seen_at = Instant()

        class Meta:
            database = db
            table_name = "known_device"

    class Proposal(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        kind = CharField(max_length=32, constraints=[Check("kind IN ('grant', 'recovery')")])
        state = CharField(
            max_length=32, constraints=[Check("state IN ('open', 'confirmed', 'declined')")]
        )
        account = ForeignKeyField(Account, on_delete="CASCADE")
        role = CharField(
            max_length=32,
            null=True,
            constraints=[
                Check(
                    "role IN ('parent', 'volunteer', 'observer', 'front_desk', 'site_lead', 'counselor', 'administrator', 'dispatcher', 'district_administrator', 'counsel', 'operator', 'console', 'relay')"
                )
            ],
        )
        site = ForeignKeyField(Site, on_delete="CASCADE", null=True)
        district = ForeignKeyField(District, on_delete="CASCADE", null=True)
        proposed_by = CharField(max_length=60)
        proposed_at = Instant()
        expires_at = Instant()
        decided_by = CharField(max_length=60, null=True)
        decided_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "proposal"

    for table in (SignInRequest, ReturnCode, KnownDevice, Proposal):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them, and the columns."""
    for table in ("proposal", "known_device", "return_code", "sign_in_request"):
        db.execute_sql(f'DROP TABLE "{table}"')
    for column, _kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "account" DROP COLUMN "{column}"')
