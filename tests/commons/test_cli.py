"""The commands say one plain result and end with a meaning."""

from pathlib import Path
from typing import Any

import pytest

from commons import cli, retention
from commons.database import database, is_sqlite
from commons.permissions import CONSOLE
from tests import builders


@pytest.fixture
def run(app: Any) -> Any:
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def test_the_doctor_finds_everything_in_order(run: Any, cast: builders.Cast) -> None:
    done = run("doctor")
    assert done.output == "Everything is in order.\n"
    assert done.exit_code == 0


def test_the_doctor_sees_a_missing_migration(run: Any, db: str) -> None:
    database.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0006%%'" if not is_sqlite()
                         else "DELETE FROM schema_migration WHERE name LIKE '0006%'")  # fmt: skip
    try:
        done = run("doctor")
        assert "pending migration: 0006_alerts" in done.output
        assert done.exit_code == 1
        assert run("migrate", "status").exit_code == 1
    finally:
        database.execute_sql(
            "INSERT INTO schema_migration (name, applied) VALUES ('0006_alerts', '2026-11-21')"
        )


def test_the_purge_says_what_it_did(run: Any, db: str) -> None:
    retention.lift_hold(CONSOLE, retention.place_hold(CONSOLE, "site:x", "why"))
    assert run("retention", "purge").output == "Done.\n"


def test_a_key_file_is_made_once(tmp_path: Path) -> None:
    file = str(tmp_path / "keys.toml")

    def command() -> None:
        cli.main(lambda: pytest.fail("no application is needed"), ["keys", "new", file])

    with pytest.raises(SystemExit) as caught:
        command()
    assert caught.value.code == 0
    with pytest.raises(SystemExit, match="is there already"):
        command()
