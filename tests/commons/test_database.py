"""Transactions hold or leave nothing; a wrong key is named; the pragmas are in force."""

import contextlib
import threading
from pathlib import Path

import pytest

from commons import crypto, database, installation, migration
from commons.database import after_commit, connection, transaction
from commons.errors import ConfigurationError
from commons.installation import Installation
from commons.sites.models import District
from tests import builders
from tests.conftest import settings_for

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)


def fail() -> None:
    raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing(db: str) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction():
        builders.a_district()
        fail()
    assert District.select().count() == 0


def test_what_waits_for_the_commit_runs_once_after_the_outermost(db: str) -> None:
    seen: list[bool] = []

    def look() -> None:
        seen.append(database.database.in_transaction())

    with transaction():
        after_commit(look)
        with transaction():
            after_commit(look)
        assert seen == []
    assert seen == [False]


def test_what_waits_for_a_commit_that_never_comes_does_not_run(db: str) -> None:
    seen: list[int] = []
    with contextlib.suppress(ZeroDivisionError), transaction():
        after_commit(lambda: seen.append(1))
        fail()
    assert seen == []


def test_four_writers_that_read_and_then_write_never_fail(db: str) -> None:
    def add() -> None:
        with connection():
            for _ in range(10):
                with transaction():
                    row = Installation.get_by_id("n")
                    value = str(int(row.value) + 1)
                    # PostgreSQL needs the condition, SQLite's IMMEDIATE the lock.
                    changed = Installation.update(value=value).where(
                        Installation.name == "n", Installation.value == row.value
                    )
                    done.append(changed.execute())

    done: list[int] = []
    with transaction():
        Installation.create(name="n", value="0")
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 40
    assert int(Installation.get_by_id("n").value) == sum(done)


@only_sqlcipher
def test_the_library_and_its_pragmas_are_fit(db: str) -> None:
    database.assert_fit()
    pragma = database.database.execute_sql
    assert pragma("PRAGMA synchronous").fetchone()[0] == 2
    assert pragma("PRAGMA secure_delete").fetchone()[0] == 1
    assert pragma("PRAGMA recursive_triggers").fetchone()[0] == 1
    version = pragma("SELECT sqlite_version()").fetchone()[0]
    assert tuple(map(int, version.split("."))) >= database.SAFE_SQLITE


def test_a_wrong_key_is_named_in_plain_words(db: str, settings: object, tmp_path: Path) -> None:
    installation.check_key(settings_for(tmp_path, "sqlite:///x"))
    other = settings_for(tmp_path, "sqlite:///x", keys=crypto.KeyRing.generate().text())
    with pytest.raises(ConfigurationError, match="does not open with this key"):
        installation.check_key(other)


def test_a_sqlcipher_file_without_its_key_is_named_in_plain_words(tmp_path: Path) -> None:
    url = f"sqlcipher:///{tmp_path / 'a.db'}"
    database.open_database(settings_for(tmp_path, url))
    migration.migrate(tmp_path)
    database.database.obj.close_all()
    with pytest.raises(ConfigurationError, match="does not open with this key"):
        database.open_database(settings_for(tmp_path, url, keys=crypto.KeyRing.generate().text()))


def test_a_sqlcipher_file_shows_nothing_of_its_content(tmp_path: Path) -> None:
    url = f"sqlcipher:///{tmp_path / 'a.db'}"
    database.open_database(settings_for(tmp_path, url))
    migration.migrate(tmp_path)
    with connection():
        builders.a_district("Canary Unified")
    database.database.obj.close_all()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("a.db*"))
    assert b"Canary" not in raw
    assert b"SQLite format" not in raw


def test_the_key_stays_out_of_the_database_objects_words(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"sqlcipher:///{tmp_path / 'a.db'}")
    found = database.open_database(settings)
    assert settings.keys.derive("database").hex() not in repr(found)


def test_real_and_invented_people_never_share_a_database(db: str, tmp_path: Path) -> None:
    installation.check_demonstration(settings_for(tmp_path, "sqlite:///x"))
    with pytest.raises(ConfigurationError, match="never mix"):
        installation.check_demonstration(settings_for(tmp_path, "sqlite:///x", demonstration="no"))


def test_a_server_that_is_away_is_said_in_words(tmp_path: Path) -> None:
    away = settings_for(tmp_path, "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ConfigurationError, match="postgresql database cannot be opened"):
        database.open_database(away)
