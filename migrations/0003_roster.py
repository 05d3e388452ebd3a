"""Persons, contact methods, consent, slots."""

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
    'CREATE UNIQUE INDEX "person_public_id" ON "person" ("public_id")',
    'CREATE UNIQUE INDEX "contact_method_public_id" ON "contact_method" ("public_id")',
    'CREATE INDEX "contact_method_person_id" ON "contact_method" ("person_id")',
    'CREATE UNIQUE INDEX "contact_method_recipient_index" ON "contact_method" ("recipient_index")',
    'CREATE UNIQUE INDEX "contact_method_kind_value_index" ON "contact_method" ("kind", "value_index")',
    'CREATE INDEX "roster_entry_person_id" ON "roster_entry" ("person_id")',
    'CREATE UNIQUE INDEX "roster_entry_site_id_person_id_group_word" ON "roster_entry" ("site_id", "person_id", "group_word")',
    'CREATE INDEX "roster_entry_site_id_group_word" ON "roster_entry" ("site_id", "group_word")',
    'CREATE UNIQUE INDEX "consent_public_id" ON "consent" ("public_id")',
    'CREATE INDEX "consent_site_id" ON "consent" ("site_id")',
    'CREATE UNIQUE INDEX "consent_person_id_site_id" ON "consent" ("person_id", "site_id")',
    'CREATE UNIQUE INDEX "slot_public_id" ON "slot" ("public_id")',
    'CREATE UNIQUE INDEX "slot_site_id_kind" ON "slot" ("site_id", "kind")',
    'CREATE INDEX "assignment_slot_id" ON "assignment" ("slot_id")',
    'CREATE INDEX "assignment_person_id" ON "assignment" ("person_id")',
    'CREATE UNIQUE INDEX "assignment_live" ON "assignment" ("slot_id", "person_id") WHERE until IS NULL',
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and their indexes."""

    class Site(Model):
        class Meta:
            database = db
            table_name = "site"

    class Person(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        name = BlobField()
        language = CharField(max_length=12)
        created_at = Instant()

        class Meta:
            database = db
            table_name = "person"

    class ContactMethod(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        kind = CharField(max_length=32, constraints=[Check("kind IN ('signal', 'phone', 'email')")])
        state = CharField(
            max_length=32,
            constraints=[Check("state IN ('unverified', 'working', 'failing', 'refused')")],
        )
        position = IntegerField()
        value = BlobField()
        value_index = BlobField()
        recipient = BlobField(null=True)
        recipient_index = BlobField(null=True)
        checked_at = Instant(null=True)

        class Meta:
            database = db
            table_name = "contact_method"

    class RosterEntry(Model):
        id = AutoField()
        site = ForeignKeyField(Site, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        group = CharField(
            max_length=32,
            column_name="group_word",
            constraints=[
                Check("group_word IN ('staff', 'family', 'volunteer', 'observer', 'partner')")
            ],
        )
        since = Instant()
        until = Instant(null=True)

        class Meta:
            database = db
            table_name = "roster_entry"

    class Consent(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        person = ForeignKeyField(Person, on_delete="CASCADE")
        site = ForeignKeyField(Site, on_delete="CASCADE")
        state = CharField(
            max_length=32, constraints=[Check("state IN ('invited', 'given', 'withdrawn')")]
        )
        source = BlobField()
        recorded_by = CharField(max_length=60)
        since = Instant()
        withdrawn_at = Instant(null=True)
        withdrawn_by = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "consent"

    class Slot(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        kind = CharField(
            max_length=32,
            constraints=[
                Check(
                    "kind IN ('site_lead', 'backup_lead', 'school_administrator', 'secondary_responder', 'check_in_employee', 'counselor', 'resource_advocate', 'wellness_lead', 'communications_lead', 'custodian_of_records', 'network_liaison', 'interpreter')"
                )
            ],
        )
        required = BooleanField()
        position = IntegerField()

        class Meta:
            database = db
            table_name = "slot"

    class Assignment(Model):
        id = AutoField()
        slot = ForeignKeyField(Slot, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        since = Instant()
        until = Instant(null=True)

        class Meta:
            database = db
            table_name = "assignment"

    for table in (Person, ContactMethod, RosterEntry, Consent, Slot, Assignment):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Drop the tables with everything in them."""
    for table in ("assignment", "slot", "consent", "roster_entry", "contact_method", "person"):
        db.execute_sql(f'DROP TABLE "{table}"')
