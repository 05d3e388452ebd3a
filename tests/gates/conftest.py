"""Gates run over a plain SQLite, since in an encrypted file no leak could be seen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader

from commons import crypto, database, migration
from rapidresponse.alerts import settings as alert_settings
from tests.conftest import KEYS, _engine, left_out, settings_for


def open_plain(folder: Path) -> Any:
    """Open a new plain SQLite database in a folder, with our keys, as a demonstration."""
    crypto.use(KEYS)
    alert_settings.use(demonstration=True)
    database.open_database(settings_for(folder, f"sqlite:///{folder / 'plain.db'}"))
    migration.migrate(folder)
    return database.database.obj


@pytest.fixture(scope="module")
def server(_engines: dict[str, Any]) -> Iterator[Any]:
    """This worker's PostgreSQL database, open and empty."""
    engine = _engine("postgresql", _engines)
    if engine is None:
        left_out("PostgreSQL does not answer: this test was left out")
    engine.open()
    yield engine
    engine.close()


@contextlib.contextmanager
def flawed(app: Any, template: str, before: str, after: str) -> Iterator[None]:
    """Have one template say something else for a while, as a careless change would."""
    loader, environment = app.jinja_env.loader, app.jinja_env
    source = loader.get_source(environment, template)[0]
    assert before in source, f"{template} no longer says {before!r}"
    bad = DictLoader({template: source.replace(before, after, 1)})
    environment.loader = ChoiceLoader([bad, loader])
    environment.cache.clear()
    try:
        yield
    finally:
        environment.loader = loader
        environment.cache.clear()
