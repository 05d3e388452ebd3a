"""Databases, the application, the cast: what every test may ask for."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import commons.accounts.by_signal.models
import commons.accounts.models
import commons.limits
import commons.messaging.models
import commons.roster.joining.models
import commons.roster.trust.models
import rapidresponse.alerts.models
from commons import crypto, database, i18n, migration
from commons.messaging import answer_links
from commons.messaging import words as relay_words
from commons.settings import Settings
from rapidresponse.alerts import settings as alert_settings
from rapidresponse.alerts.texts import relay_phrases
from tests import builders, page

CI = os.environ.get("CI") == "true"
POSTGRES = os.environ.get("FAROLITO_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ENGINES = ("sqlcipher", "postgresql")
# Without these Chromium asks Google's hosts for updates at every start.
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
COUNT_ANEW = (
    "SELECT setval(seqrelid, 1, false) FROM pg_sequence "
    "WHERE seqrelid::regclass::text NOT LIKE 'schema_migration%'"
)
# Files that are in memory anyway are written there without a word from the disk.
MEMORY = Path("/dev/shm")
ROOM = 100_000_000  # bytes


def settings_for(folder: Path, url: str, **given: str) -> Settings:
    """Return settings as an installation would have them, read the way it reads them."""
    environment = {
        "FAROLITO_DATA": str(folder),
        "FAROLITO_DATABASE_URL": url,
        "FAROLITO_KEYS": KEYS.text(),
        "FAROLITO_PUBLIC_URL": "https://farolito.test",
        "FAROLITO_GATEWAY_URL": "http://127.0.0.1:9",
        "FAROLITO_GATEWAY_ACCOUNT": "+12135550100",
        "FAROLITO_DEMONSTRATION": "yes",
    }
    environment.update({f"FAROLITO_{name.upper()}": value for name, value in given.items()})
    return Settings.from_environment(environment)


KEYS = crypto.KeyRing.generate()


def left_out(reason: str) -> None:
    """Leave a test out, saying why; where everything must be there, fail instead."""
    if CI:
        pytest.fail(reason)
    pytest.skip(reason)


class SQLCipherFiles:
    """A migrated database file, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        self.count = 0
        database.open_database(settings_for(folder, f"sqlcipher:///{self.template}"))
        migration.migrate(folder)
        database.database.obj.close_all()

    def open(self) -> None:
        self.count += 1
        copy = self.folder / f"{self.count}.db"
        shutil.copyfile(self.template, copy)
        database.open_database(settings_for(self.folder, f"sqlcipher:///{copy}"))

    def close(self) -> None:
        database.database.obj.close_all()
        for path in self.folder.glob(f"{self.count}.db*"):
            path.unlink()


class PostgresDatabase:
    """A migrated database for each worker, emptied after each test."""

    def __init__(self, folder: Path) -> None:
        # By its process: two runs on one server must not empty each other's tables.
        self.name = f"farolito_test_{WORKER}_{os.getpid()}"
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {self.name}")
            # No test pulls the server's plug, so that none needs to wait for its disk.
            server.execute(f"ALTER DATABASE {self.name} SET synchronous_commit = off")
        self.url = urlsplit(POSTGRES)._replace(path=f"/{self.name}").geturl()
        self.settings = settings_for(folder, self.url)
        database.open_database(self.settings)
        migration.migrate(folder)
        self.engine = database.database.obj
        names = [model._meta.table_name for model in database.all_models()]
        some = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
        self.filled = " UNION ALL ".join(some)
        self.broom = psycopg.connect(self.url, autocommit=True)
        # Otherwise the append-only triggers would, rightly, refuse.
        self.broom.execute("SET session_replication_role = replica")

    def open(self) -> None:
        database.database.initialize(self.engine)

    def close(self) -> None:
        database.database.initialize(self.engine)
        # A connection that is back in the pool is kept: a new one knows no table yet, and takes
        # 20 ms to learn. One that a thread never gave back may hold a lock.
        if self.engine._in_use:
            self.engine.close_all()
        # TRUNCATE would take a third of a second: it writes every table and index anew.
        filled = [table for (table,) in self.broom.execute(self.filled).fetchall()]
        self.broom.execute("; ".join([*(f"DELETE FROM {table}" for table in filled), COUNT_ANEW]))

    def drop(self) -> None:
        self.broom.close()
        self.engine.close_all()
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    parent = MEMORY if roomy else tmp_path_factory.mktemp("engines")
    with tempfile.TemporaryDirectory(prefix="farolito-test-", dir=parent) as folder:
        made: dict[str, Any] = {"folder": Path(folder)}
        yield made
        if made.get("postgresql"):
            made["postgresql"].drop()


@pytest.fixture(autouse=True)
def _as_at_the_start() -> None:
    """Begin with our keys, in English, as a demonstration; a test may leave them otherwise."""
    crypto.use(KEYS)
    i18n.speak(i18n.DEFAULT)
    alert_settings.use(demonstration=True)
    relay_words.use(None)
    relay_phrases.forget()
    answer_links.use(page.ADDRESS)


def _engine(name: str, made: dict[str, Any]) -> Any:
    if name not in made:
        if name == "sqlcipher":
            made[name] = SQLCipherFiles(made["folder"])
        else:
            try:
                made[name] = PostgresDatabase(made["folder"])
            except psycopg.OperationalError:
                made[name] = None
    return made[name]


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, _engines: dict[str, Any]) -> Iterator[str]:
    """A fresh migrated database with a connection open; runs once on each engine."""
    engine = _engine(request.param, _engines)
    if engine is None:
        left_out("PostgreSQL does not answer: this test was left out")
    engine.open()
    try:
        with database.connection():
            yield request.param
    finally:
        engine.close()


@pytest.fixture
def settings(db: str, tmp_path: Path) -> Settings:
    """Settings whose data folder is this test's own, and whose database is the one in use."""
    url = "postgresql://ignored/ignored" if db == "postgresql" else "sqlcipher:///ignored"
    return settings_for(tmp_path, url)


@pytest.fixture
def cast(db: str) -> builders.Cast:
    """Rosa leads Lincoln; Ines leads another school and must see nothing of it."""
    return builders.Cast.make()


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from app import create_app

    folder = tmp_path_factory.mktemp("app")
    return create_app(settings_for(folder, f"sqlcipher:///{folder / 'unused.db'}"), bind=False)


@pytest.fixture
def app(db: str, _app: Any) -> Any:
    """The web application over this test's database."""
    return _app


@pytest.fixture
def browser(app: Any) -> page.Browser:
    """A browser without script that checks every page it is given."""
    return page.Browser(app)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real lists that are not shipped with the project."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("FAROLITO_SHARED_DATA", default))
    if not folder.is_dir():
        left_out("The real data in ../shared/data is not here: this test was left out")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's own Chromium: one for each worker, since Playwright runs once in a process."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        left_out("Chromium is not installed: the browser walks were left out")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
