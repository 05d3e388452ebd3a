"""`sites` on the command line."""

from pathlib import Path
from typing import Any

import pytest

from commons.sites import directory
from commons.sites.models import Site, SiteState
from tests import builders


def run(app: Any, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["sites", *arguments])


def test_the_real_list_is_imported_with_one_line(app: Any, shared_data: Path) -> None:
    path = str(shared_data / "schools" / "lausd_schools.csv")
    said = run(app, "import", path, "--dry-run").stdout
    assert said == "1003 sites: 1003 new, 0 changed, 0 unchanged, 0 refused\n"
    assert run(app, "import", path).stdout == said
    assert Site.select().count() == 1003


def test_refused_rows_are_told_by_their_line(app: Any, shared_data: Path) -> None:
    path = shared_data / "schools" / "la_county_public_schools_as_published.csv"
    said = run(app, "import", str(path))
    assert said.stdout == "2216 sites: 2215 new, 0 changed, 0 unchanged, 1 refused\n"
    assert "line 2035: It has neither a national nor a state school code" in said.stderr
    assert "2215 times: The state code was damaged by a spreadsheet." in said.stderr
    assert "4 times: A column that names people was not read." in said.stderr


def test_a_site_is_opened_by_its_code_and_listed(app: Any) -> None:
    site = builders.a_site("Maple", state=SiteState.LISTED, cds_code="19647330100289")
    assert f"/sites/{site.public_id}" in run(app, "open", "19647330100289").output
    assert "19647330100289  Maple" in run(app, "list").output


def test_public_places_are_imported_with_one_line(
    app: Any, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_path", tmp_path / directory.FILE)
    path = str(shared_data / "hsds" / "la_food_oasis" / "csv" / "locations.csv")
    said = run(app, "import-places", path, "--source", "food directory")
    assert said.stdout == "586 places: 584 new, 0 changed, 1 unchanged, 1 refused\n"
    assert len(directory.known()) == 584
