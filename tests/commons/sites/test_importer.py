"""Importing real and damaged lists of schools."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from commons.errors import Forbidden
from commons.permissions import CONSOLE
from commons.sites import service
from commons.sites.importer import import_sites
from commons.sites.models import District, DistrictKind, Site, SiteState
from tests import builders
from tests.builders import Cast

HEADINGS = (
    "cds_code,nces_district,nces_school,status,county,district,school,street,city,zip5,state,"
    "phone,website,charter,type,level,grades,virtual,magnet,latitude,longitude"
)


def a_list(folder: Path, *rows: dict[str, str]) -> Path:
    """Write a directory of schools with something for whatever a row leaves out."""
    usual = {
        "nces_district": "622710",
        "status": "Active",
        "district": "Example Unified",
        "state": "CA",
        "type": "High Schools (Public)",
    }
    path = folder / "schools.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, next(csv.reader([HEADINGS])))
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow(
                {**usual, "nces_school": f"{number + 1}", "school": f"School {number}", **row}
            )
    return path


def summary(path: Path, *, dry_run: bool = False) -> str:
    return import_sites(CONSOLE, path, dry_run=dry_run).summary("sites")


def test_the_real_list_is_imported_whole_and_only_once(db: str, shared_data: Path) -> None:
    path = shared_data / "schools" / "lausd_schools.csv"
    assert summary(path) == "1003 sites: 1003 new, 0 changed, 0 unchanged, 0 refused"
    assert summary(path) == "1003 sites: 0 new, 0 changed, 1003 unchanged, 0 refused"
    assert Site.select().where(Site.latitude.is_null()).count() == 0
    assert District.get().code == "0622710"


def test_the_list_as_published_is_mended(db: str, shared_data: Path) -> None:
    path = shared_data / "schools" / "la_county_public_schools_as_published.csv"
    report = import_sites(CONSOLE, path)
    assert report.summary("sites") == "2216 sites: 2212 new, 0 changed, 0 unchanged, 4 refused"
    assert Site.select().where(Site.cds_code.is_null(False)).count() == 0
    assert Site.select().where(Site.grades == "6-12").exists()
    assert District.select().where(District.kind == DistrictKind.COUNTY_OFFICE).count() == 1
    assert {str(remark).split(": ")[0] for remark in report.refused} == {
        "line 2035",
        "line 2188",
        "line 2216",
        "line 2217",
    }
    assert Counter(note.line for note in report.notes)[2] == 2


def test_the_two_real_lists_agree_on_nearly_everything(db: str, shared_data: Path) -> None:
    summary(shared_data / "schools" / "lausd_schools.csv")
    codes = {site.cds_code for site in Site.select()}
    path = shared_data / "schools" / "la_county_public_schools_as_published.csv"
    assert summary(path) == "2216 sites: 1209 new, 36 changed, 967 unchanged, 4 refused"
    assert {site.cds_code for site in Site.select()} == codes


def test_a_dry_run_says_the_same_and_writes_nothing(db: str, tmp_path: Path) -> None:
    path = a_list(tmp_path, {}, {"school": ""})
    assert summary(path, dry_run=True) == "2 sites: 1 new, 0 changed, 0 unchanged, 1 refused"
    assert Site.select().count() == District.select().count() == 0


def test_only_what_changed_is_changed(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {}, {}))
    again = a_list(tmp_path, {}, {"phone": "(213) 555-0142"})
    assert summary(again) == "2 sites: 0 new, 1 changed, 1 unchanged, 0 refused"
    assert [site.phone for site in Site.select().order_by(Site.id)] == ["", "(213) 555-0142"]


def test_a_correction_made_here_outlives_the_same_list(db: str, tmp_path: Path) -> None:
    path = a_list(tmp_path, {})
    summary(path)
    Site.update(phone="(213) 555-0199").execute()
    assert summary(path) == "1 sites: 0 new, 0 changed, 1 unchanged, 0 refused"
    assert Site.get().phone == "(213) 555-0199"


def test_a_school_that_vanished_from_the_list_is_left_alone(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {}, {"school": "Vanishing High"}))
    summary(a_list(tmp_path, {}))
    assert Site.get(Site.name == "Vanishing High").state == SiteState.LISTED


def test_an_open_site_stays_open_whatever_the_list_says(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {}))
    service.open_site(CONSOLE, Site.get())
    report = import_sites(CONSOLE, a_list(tmp_path, {"status": "Closed"}))
    assert Site.get().state == SiteState.OPEN
    assert "stays open" in str(report.notes[0])


def test_a_school_that_closed_is_closed_and_may_come_back(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {}))
    summary(a_list(tmp_path, {"status": "Closed"}))
    assert Site.get().state == SiteState.CLOSED
    summary(a_list(tmp_path, {}))
    assert Site.get().state == SiteState.LISTED


def test_the_same_school_twice_in_a_file_is_refused_the_second_time(
    db: str, tmp_path: Path
) -> None:
    report = import_sites(CONSOLE, a_list(tmp_path, {}, {"nces_school": "1"}))
    assert str(report.refused[0]) == "line 3: It is the same school as on line 2."


def test_a_state_code_that_is_another_sites_is_refused(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {"cds_code": "19647330100289"}))
    path = a_list(tmp_path, {"cds_code": "19647330100289", "nces_school": "77"})
    report = import_sites(CONSOLE, path)
    assert "belongs to another site" in str(report.refused[0])


def test_a_school_known_by_its_state_code_gains_its_national_one(db: str, tmp_path: Path) -> None:
    row = {"cds_code": "19647330100289", "nces_school": ""}
    summary(a_list(tmp_path, row))
    summary(a_list(tmp_path, {**row, "nces_school": "12"}))
    assert Site.get().nces_code == "062271000012"


def test_only_the_console_imports_sites(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        import_sites(builders.actor(cast.dana), a_list(tmp_path, {}))
