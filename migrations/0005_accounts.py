"""Accounts, memberships, sessions and sign-in links."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
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
    'CREATE UNIQUE INDEX "account_public_id" ON "account" ("public_id")',
    'CREATE INDEX "account_person_id" ON "account" ("person_id")',
    'CREATE UNIQUE INDEX "account_sign_in_index" ON "account" ("sign_in_index")',
    'CREATE INDEX "membership_account_id" ON "membership" ("account_id")',
    'CREATE INDEX "membership_site_id" ON "membership" ("site_id")',
    'CREATE INDEX "membership_district_id" ON "membership" ("district_id")',
    'CREATE UNIQUE INDEX "membership_live" ON "membership" ("account_id", "role", COALESCE("site_id", 0), COALESCE("district_id", 0)) WHERE until IS NULL',
    'CREATE UNIQUE INDEX "sign_in_session_public_id" ON "sign_in_session" ("public_id")',
    'CREATE INDEX "sign_in_session_account_id" ON "sign_in_session" ("account_id")',
    'CREATE UNIQUE INDEX "sign_in_session_token_hash" ON "sign_in_session" ("token_hash")',
    'CREATE INDEX "sign_in_session_ends_at" ON "sign_in_session" ("ends_at")',
    'CREATE INDEX "sign_in_link_account_id" ON "sign_in_link" ("account_id")',
    'CREATE UNIQUE INDEX "sign_in_link_token_hash" ON "sign_in_link" ("token_hash")',
    'CREATE INDEX "sign_in_link_expires_at" ON "sign_in_link" ("expires_at")',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

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
        id = AutoField()
        public_id = CharField(max_length=32)
        person = ForeignKeyField(Person, on_delete="SET NULL", null=True)
        state = CharField(max_length=32, constraints=[Check("state IN ('active', 'suspended')")])
        name = BlobField()
        sign_in_name = BlobField()
        sign_in_index = BlobField()
        password_hash = CharField(max_length=200, null=True)
        totp_secret = BlobField(null=True)
        totp_step = BigIntegerField()
        language = CharField(max_length=12, null=True)
        theme = CharField(max_length=8)
        created_at = Instant()

        class Meta:
            database = db
            table_name = "account"

    class Membership(Model):
        id = AutoField()
        account = ForeignKeyField(Account, on_delete="CASCADE")
        role = CharField(
            max_length=32,
            constraints=[
                Check(
                    "role IN ('parent', 'volunteer', 'observer', 'front_desk', 'site_lead', 'counselor', 'administrator', 'dispatcher', 'district_administrator', 'counsel', 'operator', 'console', 'relay')"
                )
            ],
        )
        site = ForeignKeyField(Site, on_delete="CASCADE", null=True)
        district = ForeignKeyField(District, on_delete="CASCADE", null=True)
        since = Instant()
        until = Instant(null=True)
        granted_by = CharField(max_length=60)

        class Meta:
            database = db
            table_name = "membership"

    class SignInSession(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        token_hash = CharField(max_length=64)
        device = CharField(max_length=40)
        made_at = Instant()
        seen_at = Instant()
        fresh_at = Instant()
        ends_at = Instant()
        ended_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "sign_in_session"

    class SignInLink(Model):
        id = AutoField()
        account = ForeignKeyField(Account, on_delete="CASCADE")
        token_hash = CharField(max_length=64)
        expires_at = Instant()
        used_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "sign_in_link"

    for table in (Account, Membership, SignInSession, SignInLink):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("sign_in_link", "sign_in_session", "membership", "account"):
        db.execute_sql(f'DROP TABLE "{table}"')
