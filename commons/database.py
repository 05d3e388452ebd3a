"""The database: one proxy, three engines, transactions.

SQLite runs in WAL mode with `synchronous=FULL`, because an alert that was answered must be
there after a power cut; every write begins IMMEDIATE, because a deferred transaction that
reads and then writes fails with "database is locked" under four writers.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from peewee import (
    DatabaseError,
    DatabaseProxy,
    Model,
    OperationalError,
    SqliteDatabase,
)
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from commons import drivers, effects, fields
from commons.errors import ConfigurationError
from commons.settings import Settings

log = logging.getLogger(__name__)
database = DatabaseProxy()

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "secure_delete": 1,
    # Without it INSERT OR REPLACE would overwrite a row of an append-only table unseen.
    "recursive_triggers": 1,
    "cache_size": -16_000,
}
WRONG_KEY = (
    "The database does not open with this key. Use the key file that it was made with; "
    "without that file nobody can read it."
)
# SQLite before this has the WAL-reset bug, which can corrupt a database with several writers.
SAFE_SQLITE = (3, 51, 3)


class BaseModel(Model):
    """What every table shares: the proxy, snake-case names, and opening sealed fields."""

    class Meta:
        database = database
        legacy_table_names = False

    def reveal(self, name: str) -> str:
        """Return a sealed field's text; the empty string where there is none."""
        value: fields.Sealed | None = getattr(self, name)
        return value.open(self.public_id) if value is not None else ""

    @classmethod
    def sealed(cls, public_id: str, **texts: str | None) -> dict[str, Any]:
        """Return the given texts sealed for the row with this id, ready to insert."""
        return {
            name: None if text is None else cls._meta.fields[name].seal(public_id, text)
            for name, text in texts.items()
        }


def is_sqlite() -> bool:
    """Return whether the database in use is a SQLite of either kind."""
    return isinstance(database.obj, SqliteDatabase)


def open_database(settings: Settings) -> Any:
    """Bind the proxy to the settings' database and prove that it opens.

    Raises ConfigurationError in plain words when the key is wrong or the server is away.
    """
    database.initialize(_connectable(settings))
    try:
        with database.connection_context():
            database.get_tables()
    except (DatabaseError, OperationalError) as error:
        raise ConfigurationError([_why(settings, error)]) from None
    return database.obj


def _connectable(settings: Settings) -> Any:
    url = settings.database_url
    if url.startswith("postgresql://"):
        return _postgresql(url)
    options: dict[str, Any] = {
        "pragmas": PRAGMAS,
        "max_connections": 64,
        "autoconnect": False,
        # Threads hand pooled connections on to one another, which sqlite3 refuses by default.
        "check_same_thread": False,
    }
    path = url.split(":///", 1)[1]
    if url.startswith("sqlite:///"):
        log.warning("The database is plain SQLite: whoever copies the file can read its structure.")
        return PooledSqliteDatabase(path, **options)
    return _sqlcipher(path, settings.keys.derive("database").hex(), options)


def _postgresql(url: str) -> Any:
    drivers.postgresql()
    parts = urlsplit(url)
    given = {"host": parts.hostname, "port": parts.port, "user": parts.username}
    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    if parts.password:
        options["password"] = unquote(parts.password)
    return PooledPostgresqlDatabase(
        parts.path.lstrip("/"),
        max_connections=40,
        stale_timeout=300,
        autoconnect=False,
        prefer_psycopg3=True,
        **options,
    )


def _sqlcipher(path: str, key: str, options: dict[str, Any]) -> Any:
    from playhouse.pool import _PooledSqliteDatabase
    from playhouse.sqlcipher_ext import SqlCipherDatabase

    class PooledSqlCipherDatabase(_PooledSqliteDatabase, SqlCipherDatabase):  # type: ignore[misc]
        """SQLCipher with a pool; a raw key, since a passphrase costs 0.1 s a connection."""

    # PRAGMA key = 'x''...''' : the raw form has quotes of its own, which Peewee doubles.
    return PooledSqlCipherDatabase(path, passphrase=f"x'{key}'", **options)


def _why(settings: Settings, error: Exception) -> str:
    if "not a database" in str(error):
        return WRONG_KEY
    kind = settings.database_url.split(":", 1)[0]
    return f"The {kind} database cannot be opened: {str(error).splitlines()[0]}"


@contextlib.contextmanager
def connection() -> Iterator[None]:
    """Hold a connection for the block; join the one that is already open."""
    opened = database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            database.close()


_after: contextvars.ContextVar[list[Callable[[], None]] | None] = contextvars.ContextVar(
    "after_commit", default=None
)


@contextlib.contextmanager
def transaction() -> Iterator[None]:
    """Run the block in one short write transaction, or in a savepoint of the one around it.

    Never make a network call inside: other writers wait.
    """
    outer = _after.get() is None
    mark = _after.set([]) if outer else None
    try:
        with connection(), _atomic():
            _pass("transaction.begun", outer)
            yield
            _pass("transaction.before-commit", outer)
        _pass("transaction.committed", outer)
        if outer:
            for action in _after.get() or ():
                action()
    finally:
        if mark is not None:
            _after.reset(mark)


def _pass(name: str, outer: bool) -> None:
    # A savepoint has no effect of its own.
    if outer:
        effects.point(name)


def _atomic() -> Any:
    return database.atomic("IMMEDIATE") if is_sqlite() else database.atomic()


def after_commit(action: Callable[[], None]) -> None:
    """Run the action once the outermost transaction has been committed; at once without one."""
    waiting = _after.get()
    if waiting is None:
        action()
    elif action not in waiting:
        waiting.append(action)


def assert_fit() -> None:
    """Refuse to run on a database library that loses data; raise ConfigurationError."""
    if not is_sqlite():
        return
    with connection():
        version = database.execute_sql("SELECT sqlite_version()").fetchone()[0]
        faults = [
            f"SQLite's {name} is {found}, but must be {wanted}."
            for name, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1))
            if (found := database.execute_sql(f"PRAGMA {name}").fetchone()[0]) != wanted
        ]
    if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        log.warning("SQLite %s can lose data with several writers; use SQLCipher.", version)
    if faults:
        raise ConfigurationError(faults)


def all_models() -> list[type[BaseModel]]:
    """Return every model that has been imported, in an order that satisfies foreign keys."""
    from peewee import sort_models

    found: list[type[BaseModel]] = []
    waiting = [BaseModel]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            found.append(model)
    return list(sort_models(found))
