"""Slots of districts, backups and dates; holds, the one message to the invited, erasures."""

import secrets
from typing import Any

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
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
    'CREATE UNIQUE INDEX "slot_public_id" ON "slot" ("public_id")',
    'CREATE UNIQUE INDEX "slot_site_id_kind" ON "slot" ("site_id", "kind")',
    'CREATE UNIQUE INDEX "slot_district_id_kind" ON "slot" ("district_id", "kind")',
    'CREATE UNIQUE INDEX "assignment_public_id" ON "assignment" ("public_id")',
    'CREATE INDEX "assignment_slot_id" ON "assignment" ("slot_id")',
    'CREATE INDEX "assignment_person_id" ON "assignment" ("person_id")',
    'CREATE UNIQUE INDEX "assignment_live" ON "assignment" ("slot_id", "person_id") WHERE until IS NULL',
    'CREATE UNIQUE INDEX "export_request_public_id" ON "export_request" ("public_id")',
    'CREATE INDEX "export_request_site_id" ON "export_request" ("site_id")',
    'CREATE UNIQUE INDEX "erasure_receipt" ON "erasure" ("receipt")',
    'CREATE UNIQUE INDEX "erasure_subject_index" ON "erasure" ("subject_index")',
)

COLUMNS = (
    ("person", "leaving_at"),
    ("contact_method", "held_at"),
    ("contact_method", "trust_at"),
    ("consent", "told_at"),
)
OLD_SLOTS = "SELECT id, public_id, site_id, kind, required, position FROM slot"
OLD_ASSIGNMENTS = "SELECT slot_id, person_id, since, until FROM assignment"


def up(migrator: Any, db: Any) -> None:
    """Add the columns, and make slots anew: they may belong to a district from now on."""
    for table, column in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" TIMESTAMPTZ')
    slots, assignments = _taken_out(db)

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

    class Slot(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE", null=True)
        district = ForeignKeyField(District, on_delete="CASCADE", null=True)
        kind = CharField(max_length=40)
        required = BooleanField()
        position = IntegerField()

        class Meta:
            database = db
            table_name = "slot"
            constraints = (Check("(site_id IS NULL) <> (district_id IS NULL)"),)

    class Assignment(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        slot = ForeignKeyField(Slot, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        position = IntegerField()
        backup = BooleanField()
        since = Instant()
        until = Instant(null=True)

        class Meta:
            database = db
            table_name = "assignment"

    class ExportRequest(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        asked_by = CharField(max_length=60)
        asked_at = Instant()
        expires_at = Instant()
        allowed_by = CharField(max_length=60, null=True)
        allowed_at = Instant(null=True)
        taken_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "export_request"

    class Erasure(Model):
        id = AutoField()
        receipt = CharField(max_length=20)
        subject_index = BlobField()
        erased_at = Instant()

        class Meta:
            database = db
            table_name = "erasure"

    for table in (Slot, Assignment, ExportRequest, Erasure):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)
    keys = {}
    for key, public_id, site, kind, required, position in slots:
        row = Slot.create(
            public_id=public_id, site=site, kind=kind, required=required, position=position
        )
        keys[key] = row.id
    for slot, person, since, until in assignments:
        Assignment.create(
            public_id=secrets.token_hex(16),
            slot=keys[slot],
            person=person,
            position=0,
            backup=False,
            since=since,
            until=until,
        )


def _taken_out(db: Any) -> tuple[list[Any], list[Any]]:
    """Return what the old tables hold, and drop them; SQLite cannot loosen a column."""
    slots = db.execute_sql(OLD_SLOTS).fetchall()
    assignments = db.execute_sql(OLD_ASSIGNMENTS).fetchall()
    db.execute_sql('DROP TABLE "assignment"')
    db.execute_sql('DROP TABLE "slot"')
    return slots, assignments


def down(migrator: Any, db: Any) -> None:
    """Drop what is new; the slots of districts, which the old tables cannot hold, go as well."""
    for table in ("erasure", "export_request"):
        db.execute_sql(f'DROP TABLE "{table}"')
    for table, column in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    db.execute_sql("DELETE FROM slot WHERE site_id IS NULL")
