"""`roster` on the command line."""

from pathlib import Path
from typing import Any

import pytest

from commons.roster.models import Person
from tests import builders

ROWS = "name,phone,language,group,consent,consent source\nAna,213 555 0142,es,family,yes,form\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "roster.csv"
    path.write_text(ROWS + "Bo,12,en,staff,,\n", encoding="utf-8")
    return str(path)


def run(app: Any, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["roster", "import", *arguments])


def test_the_one_open_site_needs_no_name(app: Any, file: str) -> None:
    builders.a_site()
    said = run(app, file)
    assert said.stdout == "2 people: 1 new, 0 changed, 0 unchanged, 1 refused\n"
    assert said.stderr.startswith("line 3: Enter a phone number with its area code")


def test_a_dry_run_writes_nothing(app: Any, file: str) -> None:
    builders.a_site()
    assert "1 new" in run(app, file, "--dry-run").stdout
    assert Person.select().count() == 0


def test_several_open_sites_have_to_be_told_apart(app: Any, file: str) -> None:
    site = builders.a_site(cds_code="19647330100289")
    builders.a_site("Brookside")
    said = run(app, file)
    assert said.exit_code == 2
    assert "2 sites are open. Say which one with --site CODE" in said.stderr
    assert "1 new" in run(app, file, "--site", site.cds_code).stdout
