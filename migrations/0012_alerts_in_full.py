"""Notes, verifications, second persons, reviews, own words, required roles, pages and timers."""

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
    SqliteDatabase,
    TextField,
)


class Instant(Field):
    """An instant with its zone, as it was when this was written."""

    field_type = "TIMESTAMPTZ"


COLUMNS = (
    ("alert_version", "seen_at", "TIMESTAMPTZ"),
    (
        "alert_version",
        "verification_id",
        'INTEGER REFERENCES "verification" ("id") ON DELETE SET NULL',
    ),
    ("alert_version", "note", "BLOB"),
    ("alert_version", "note_language", "VARCHAR(12)"),
    ("alert_version", "recalled_by", "VARCHAR(60)"),
    ("alert_version", "recalled_at", "TIMESTAMPTZ"),
    ("approval", "decided_via", "VARCHAR(12)"),
    ("approval", "permission", "VARCHAR(30)"),
    ("approval", "code", "VARCHAR(8)"),
    ("approval", "unanswered_at", "TIMESTAMPTZ"),
    ("message_text", "below", "VARCHAR(12)"),
)
INDEXES = (
    'CREATE UNIQUE INDEX "timer_kind_subject" ON "timer" ("kind", "subject")',
    'CREATE INDEX "timer_due" ON "timer" ("due_at") WHERE done_at IS NULL',
    'CREATE UNIQUE INDEX "verification_public_id" ON "verification" ("public_id")',
    'CREATE INDEX "verification_alert_id" ON "verification" ("alert_id")',
    'CREATE UNIQUE INDEX "after_review_public_id" ON "after_review" ("public_id")',
    'CREATE UNIQUE INDEX "after_review_version_id" ON "after_review" ("version_id")',
    'CREATE UNIQUE INDEX "role_watch_public_id" ON "role_watch" ("public_id")',
    'CREATE INDEX "role_watch_person_id" ON "role_watch" ("person_id")',
    'CREATE UNIQUE INDEX "role_watch_alert_id_role" ON "role_watch" ("alert_id", "role")',
    'CREATE UNIQUE INDEX "text_review_public_id" ON "text_review" ("public_id")',
    'CREATE INDEX "text_review_site_id" ON "text_review" ("site_id")',
    'CREATE INDEX "text_review_key_language_words_hash"'
    ' ON "text_review" ("key", "language", "words_hash")',
    'CREATE UNIQUE INDEX "site_text_public_id" ON "site_text" ("public_id")',
    'CREATE UNIQUE INDEX "site_text_site_id_key_language_number"'
    ' ON "site_text" ("site_id", "key", "language", "number")',
    'CREATE UNIQUE INDEX "alert_page_alert_id_language" ON "alert_page" ("alert_id", "language")',
    'CREATE UNIQUE INDEX "alert_page_token_hash_language"'
    ' ON "alert_page" ("token_hash", "language")',
    'CREATE INDEX "acknowledgement_alert_id" ON "acknowledgement" ("alert_id")',
    'CREATE INDEX "acknowledgement_person_id" ON "acknowledgement" ("person_id")',
    'CREATE UNIQUE INDEX "acknowledgement_version_id_person_id_kind"'
    ' ON "acknowledgement" ("version_id", "person_id", "kind")',
)
TABLES = (
    "alert_page",
    "site_text",
    "text_review",
    "role_watch",
    "after_review",
    "verification",
    "timer",
)
ACKNOWLEDGED = "id, alert_id, version_id, person_id, kind, via, at"


def up(migrator: Any, db: Any) -> None:
    """Create the tables, add the columns, and let acknowledgements say more than received."""
    tables = _tables(db, "kind IN ('received', 'safe', 'need_help')")
    acknowledgement = tables.pop()
    for table in tables:
        table._schema.create_table(safe=False)
    for table, column, kind in COLUMNS:
        sort = kind if isinstance(db, SqliteDatabase) else kind.replace("BLOB", "BYTEA")
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{column}" {sort}')
    _remake(db, acknowledgement)
    for statement in INDEXES:
        db.execute_sql(statement)


def _remake(db: Any, table: Any) -> None:
    """Make the acknowledgements anew with their rows; SQLite cannot change a check."""
    rows = db.execute_sql(f"SELECT {ACKNOWLEDGED} FROM acknowledgement").fetchall()
    db.execute_sql('DROP TABLE "acknowledgement"')
    table._schema.create_table(safe=False)
    for _, *row in rows:
        table.create(
            **dict(zip(("alert", "version", "person", "kind", "via", "at"), row, strict=True))
        )


def _tables(db: Any, kinds: str) -> list[Any]:
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Site(Base):
        pass

    class Person(Base):
        pass

    class Alert(Base):
        pass

    class AlertVersion(Base):
        pass

    class Timer(Base):
        id = AutoField()
        kind = CharField(max_length=40)
        subject = CharField(max_length=60)
        due_at = Instant()
        done_at = Instant(null=True)
        tries = IntegerField()

    class Verification(Base):
        id = AutoField()
        public_id = CharField(max_length=32)
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        outcome = CharField(
            max_length=32,
            constraints=[
                Check(
                    "outcome IN ('confirmed', 'other_agency', 'not_enforcement', 'unfounded', "
                    "'unable', 'left_before')"
                )
            ],
        )
        seen_themselves = BooleanField()
        by = CharField(max_length=60)
        seen_at = Instant()
        at = Instant()

    class AfterReview(Base):
        id = AutoField()
        public_id = CharField(max_length=32)
        version = ForeignKeyField(AlertVersion, on_delete="CASCADE")
        asked_at = Instant()
        verdict = CharField(
            max_length=32, null=True, constraints=[Check("verdict IN ('right', 'wrong')")]
        )
        words = BlobField(null=True)
        decided_by = CharField(max_length=60, null=True)
        decided_at = Instant(null=True)

    class RoleWatch(Base):
        id = AutoField()
        public_id = CharField(max_length=32)
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        role = CharField(max_length=40)
        state = CharField(
            max_length=32,
            constraints=[Check("state IN ('waiting', 'answered', 'nobody_left', 'ended')")],
        )
        step = IntegerField()
        person = ForeignKeyField(Person, null=True, on_delete="SET NULL")
        asked_at = Instant()
        due_at = Instant()
        answered_at = Instant(null=True)

    class TextReview(Base):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, null=True, on_delete="CASCADE")
        key = CharField(max_length=40)
        language = CharField(max_length=12)
        words_hash = CharField(max_length=64)
        by = CharField(max_length=60)
        at = Instant()

    class SiteText(Base):
        id = AutoField()
        public_id = CharField(max_length=32)
        site = ForeignKeyField(Site, on_delete="CASCADE")
        key = CharField(max_length=40)
        language = CharField(max_length=12)
        number = IntegerField()
        body = TextField(null=True)
        by = CharField(max_length=60)
        at = Instant()

    class AlertPage(Base):
        id = AutoField()
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        language = CharField(max_length=12)
        token_hash = CharField(max_length=64)
        body = BlobField()
        made_at = Instant()
        ends_at = Instant(null=True)

    class Acknowledgement(Base):
        id = AutoField()
        alert = ForeignKeyField(Alert, on_delete="CASCADE")
        version = ForeignKeyField(AlertVersion, on_delete="CASCADE")
        person = ForeignKeyField(Person, on_delete="CASCADE")
        kind = CharField(max_length=32, constraints=[Check(kinds)])
        via = CharField(max_length=12)
        at = Instant()

    return [
        Timer,
        Verification,
        AfterReview,
        RoleWatch,
        TextReview,
        SiteText,
        AlertPage,
        Acknowledgement,
    ]


def down(migrator: Any, db: Any) -> None:
    """Drop what is new; answers that the old table cannot hold go as well."""
    for table, column, _ in reversed(COLUMNS):
        db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    for table in TABLES:
        db.execute_sql(f'DROP TABLE "{table}"')
    db.execute_sql("DELETE FROM acknowledgement WHERE kind <> 'received'")
    _remake(db, _tables(db, "kind IN ('received')").pop())
    for statement in INDEXES:
        if '"acknowledgement"' in statement:
            db.execute_sql(statement)
