"""Conversations that carry on: which flow, which question, what was answered."""

from typing import Any

from peewee import (
    AutoField,
    BlobField,
    CharField,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


INDEXES = (
    'CREATE UNIQUE INDEX "conversation_public_id" ON "conversation" ("public_id")',
    'CREATE UNIQUE INDEX "conversation_person_id" ON "conversation" ("person_id")',
    'CREATE INDEX "conversation_expires_at" ON "conversation" ("expires_at")',
)


def up(migrator: Any, db: Any) -> None:
    """Make the table anew; what was open lasts thirty minutes and may be asked again."""
    db.execute_sql('DROP TABLE "conversation"')

    class Person(Model):
        class Meta:
            database = db
            table_name = "person"

    class Conversation(Model):
        id = AutoField()
        public_id = CharField(max_length=32)
        person = ForeignKeyField(Person, on_delete="CASCADE", unique=True)
        flow = CharField(max_length=40)
        question = CharField(max_length=40)
        answers = BlobField()
        heard_at = Instant()
        misses = IntegerField()
        expires_at = Instant()

        class Meta:
            database = db
            table_name = "conversation"

    for table in (Conversation,):
        table._schema.create_table(safe=False)
    for statement in INDEXES:
        db.execute_sql(statement)


def down(migrator: Any, db: Any) -> None:
    """Leave an empty table; the migration before drops it in its turn."""
    db.execute_sql("DELETE FROM conversation")
