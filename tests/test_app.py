"""The composition root ties everything, and refuses to start on what cannot work."""

from pathlib import Path

import pytest

import app
from commons import database, permissions
from commons.errors import ConfigurationError
from tests.conftest import settings_for


def test_the_web_starts_on_an_empty_database_so_that_it_can_be_migrated(tmp_path: Path) -> None:
    made = app.create_app(settings_for(tmp_path, f"sqlcipher:///{tmp_path / 'a.db'}"))
    assert {"migrate", "sites", "roster", "relay", "accounts", "doctor"} <= set(made.cli.commands)
    database.database.obj.close_all()


def test_a_route_without_an_entry_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = permissions.table()
    routes = {name: wanted for name, wanted in table.routes.items() if name != "home.home"}
    monkeypatch.setattr(permissions, "table", lambda: permissions.Table(table.roles, routes))
    with pytest.raises(ConfigurationError, match=r"no entry for the route home\.home"):
        app.create_app(settings_for(tmp_path, "sqlcipher:///unused"), bind=False)


def test_a_fault_in_the_settings_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.environ", {"FAROLITO_DATA": str(tmp_path / "nowhere")})
    with pytest.raises(SystemExit) as caught:
        app.main(["relay", "status"])
    assert "FAROLITO_DATA names" in str(caught.value)
    assert "FAROLITO_KEY_FILE is missing" in str(caught.value)
