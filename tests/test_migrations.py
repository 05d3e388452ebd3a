"""From an empty database the migrations make exactly what the models say, on every engine."""

import os
import re
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playhouse.migrations import Migration, Runner
from playhouse.schema_diff import diff_models

from commons import database, migration
from commons.database import all_models, connection
from tests.conftest import POSTGRES, WORKER, left_out, settings_for

ENGINES = ("sqlite", "sqlcipher", "postgresql")
DAY = "'2026-11-01 08:00:00.000000+00:00'"
# One school with two roles, one of them given up, as they stood before slots were made anew.
BEFORE = (
    "INSERT INTO district (public_id, kind, name, code, county, state) "
    "VALUES ('d', 'district', 'Harbor', 'D1', '', 'CA')",
    "INSERT INTO site (public_id, district_id, state, kind, name, grades, street, city, zip_code, "
    "region, phone, website, charter, timezone, languages, fingerprint) VALUES ('s', 1, 'open', "
    "'middle', 'Lincoln', '', '', '', '', '', '', '', FALSE, 'America/Los_Angeles', 'en', '')",
    "INSERT INTO person (public_id, name, language, created_at) "
    f"VALUES ('p', '\\x00', 'en', {DAY})",
    "INSERT INTO slot (public_id, site_id, kind, required, position) "
    "VALUES ('a', 1, 'site_lead', TRUE, 0), ('b', 1, 'backup_lead', TRUE, 1)",
    "INSERT INTO assignment (slot_id, person_id, since, until) "
    f"VALUES (1, 1, {DAY}, NULL), (2, 1, {DAY}, {DAY})",
)


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty database of each engine, and the folder for its lock."""
    if request.param == "postgresql":
        name = f"farolito_empty_{WORKER}_{os.getpid()}"
        try:
            with psycopg.connect(POSTGRES, autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {name}")
        except psycopg.OperationalError:
            left_out("PostgreSQL does not answer: this test was left out")
        url = re.sub(r"/[^/]*$", f"/{name}", POSTGRES)
    else:
        url = f"{request.param}:///{tmp_path / 'empty.db'}"
    database.open_database(settings_for(tmp_path, url))
    yield tmp_path
    database.database.obj.close_all()
    if request.param == "postgresql":
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrated_tables_equal_the_models(empty: Path) -> None:
    migration.migrate(empty)
    with connection():
        assert not diff_models(database.database.obj, all_models())
        migrated = schema()
        for model in reversed(all_models()):
            cascade = "" if database.is_sqlite() else " CASCADE"
            database.database.execute_sql(f"DROP TABLE {model._meta.table_name}{cascade}")
        database.database.create_tables(all_models())
        assert migrated == schema()


def test_going_down_leaves_nothing_and_up_again_works(empty: Path) -> None:
    migration.migrate(empty)
    with connection():
        runner = Runner(database.database.obj, str(migration.MIGRATIONS))
        names = [one.name for one in runner.migrations()]
        runner.down(names[-1])
        assert migration.pending() == names[-1:]
        runner.down(names[0])
        assert migration.pending() == names
        assert set(database.database.get_tables()) <= {"schema_migration"}
    assert migration.migrate(empty)


def test_four_starts_at_once_migrate_once(empty: Path) -> None:
    applied: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: applied.append(migration.migrate(empty))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, applied)) == [False, False, False, True]


def test_triggers_are_there_again_after_each_migration(empty: Path) -> None:
    migration.migrate(empty)
    with connection():
        if database.is_sqlite():
            database.database.execute_sql("DROP TRIGGER audit_link_no_update")
    migration.migrate(empty)
    with connection():
        table = "sqlite_master WHERE type = 'trigger' AND" if database.is_sqlite() else None
        query = (
            f"SELECT count(*) FROM {table} name LIKE 'audit_link%'"
            if table
            else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_link_no%%'"
        )
        assert database.database.execute_sql(query).fetchone()[0] == 2


def test_migrations_are_numbered_without_gaps_and_named_in_words() -> None:
    found = Migration.load_directory(str(migration.MIGRATIONS))
    assert [one.idx for one in found] == list(range(1, len(found) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+", one.name) for one in found)


def test_migrations_are_frozen_and_import_nothing_of_ours() -> None:
    for path in migration.MIGRATIONS.glob("*.py"):
        assert not re.search(
            r"^\s*(from|import) (commons|rapidresponse|app)", path.read_text(), re.M
        )


def schema() -> Any:
    """Return everything that the database says of its tables and indexes."""
    run = database.database.execute_sql
    if database.is_sqlite():
        return _sqlite_schema(run)
    columns = run(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    ).fetchall()
    indexes = run("SELECT indexdef, '' FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    checks = run(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    ).fetchall()
    return {row for row in [*columns, *indexes, *checks] if "schema_migration" not in row[0]}


def _sqlite_schema(run: Any) -> Any:
    # By what it means: a column that was added later stands last in the text of its table.
    found: set[Any] = set()
    rows = run("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    for kind, name, sql in rows:
        if name.startswith(("schema_migration", "sqlite_")) or kind == "trigger":
            continue
        if kind == "index":
            found.add((name, sql))
            continue
        # Columns without their number and their order.
        found |= {(name, *row[1:]) for row in run(f"PRAGMA table_info({name})").fetchall()}
        found |= {(name, *row[2:]) for row in run(f"PRAGMA foreign_key_list({name})").fetchall()}
        found |= {(name, check) for check in checks_of(sql)}
    return found


def checks_of(sql: str) -> list[str]:
    """Return the conditions that a table checks, with the brackets that belong to them."""
    found = []
    for start in re.finditer(r"CHECK \(", sql):
        depth, end = 1, start.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(sql[start.end() : end - 1])
    return found


def test_the_comparison_sees_a_column_a_check_and_a_rule_of_deletion() -> None:
    sql = "CREATE TABLE t (a TEXT CHECK (a IN ('x', 'y')), CHECK ((a IS NULL) <> (b IS NULL)))"
    assert checks_of(sql) == ["a IN ('x', 'y')", "(a IS NULL) <> (b IS NULL)"]


def test_the_slots_of_before_are_there_after_slots_were_made_anew(empty: Path) -> None:
    run = database.database.execute_sql
    with connection():
        mark = database.database.param
        runner = Runner(database.database.obj, str(migration.MIGRATIONS))
        runner.up("0006_alerts")
        for statement in BEFORE:
            run(statement)
        runner.up("0008_roster_in_full")
        found = run(
            "SELECT slot.kind, slot.site_id, assignment.person_id, assignment.until "
            "FROM assignment JOIN slot ON slot.id = assignment.slot_id ORDER BY slot.kind"
        ).fetchall()
        assert [row[:3] for row in found] == [("backup_lead", 1, 1), ("site_lead", 1, 1)]
        assert [row[3] is None for row in found] == [False, True]
        # The counter goes on after what was copied.
        run(
            "INSERT INTO slot (public_id, site_id, kind, required, position) "
            f"VALUES ({mark}, 1, {mark}, {mark}, 9)",
            ("new", "interpreter", False),
        )
