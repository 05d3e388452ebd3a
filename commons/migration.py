"""Bringing a database to the state this version needs, once however many processes start.

Peewee's runner has no lock, so that four starters would all create tables; and on SQLite an
ALTER that rebuilds a table silently drops its triggers, so that they are reinstalled each time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from commons import effects
from commons.database import connection, database, is_sqlite

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
HISTORY = "schema_migration"
_ADVISORY_LOCK = 0x4661726F6C697461 >> 1


def migrate(lock_folder: Path) -> list[str]:
    """Apply pending migrations and reinstall every trigger; return the names applied."""
    from playhouse.migrations import Runner

    with connection(), _migration_lock(lock_folder), _each_statement_a_point():
        names = Runner(database.obj, str(MIGRATIONS), table_name=HISTORY).up()
        install_triggers()
    return list(names)


def pending() -> list[str]:
    """Return the names of migrations that have not been applied, in their order."""
    # Asked at every start, where Peewee's runner would load all that it can migrate with.
    names = sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    with connection():
        if not database.table_exists(HISTORY):
            return names
        applied = {row[0] for row in database.execute_sql(f"SELECT name FROM {HISTORY}")}  # noqa: S608
    return [name for name in names if name not in applied]


@contextlib.contextmanager
def _each_statement_a_point() -> Iterator[None]:
    # Holding the lock, so that no two threads put their own in the way.
    engine = database.obj
    run = engine.execute_sql

    def execute_sql(*given: Any, **named: Any) -> Any:
        effects.point("migration.statement")
        return run(*given, **named)

    engine.execute_sql = execute_sql
    try:
        yield
    finally:
        del engine.execute_sql


@contextlib.contextmanager
def _migration_lock(folder: Path) -> Iterator[None]:
    if is_sqlite():
        descriptor = os.open(folder / "migrate.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
    else:
        database.execute_sql("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        try:
            yield
        finally:
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))


APPEND_ONLY = ("audit_link",)


def install_triggers(tables: Iterable[str] = APPEND_ONLY) -> None:
    """Make tables append-only in the database itself; safe to run again."""
    for table in tables:
        for statement in _sqlite_triggers(table) if is_sqlite() else _postgres_triggers(table):
            database.execute_sql(statement)


def _sqlite_triggers(table: str) -> Iterator[str]:
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgres_triggers(table: str) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    name = f"{table}_no_change"
    yield (
        f"CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
