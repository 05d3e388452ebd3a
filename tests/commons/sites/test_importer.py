"""Importing real and damaged lists of schools."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from commons.errors import Forbidden, Invalid
from commons.permissions import CONSOLE
from commons.sites import importer, public_record, service
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


def everything() -> list[tuple[object, ...]]:
    """Return all that is stored of sites and districts, without the keys of this database."""
    keys = (Site.id, Site.public_id, Site.district)
    columns = [field for field in Site._meta.sorted_fields if field not in keys]
    ours = (District.code, District.name, District.kind, District.county, District.state)
    rows = Site.select(*columns, *ours).join(District).order_by(Site.nces_code, Site.name)
    return list(rows.tuples())


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
    assert report.summary("sites") == "2216 sites: 2215 new, 0 changed, 0 unchanged, 1 refused"
    assert Site.select().where(Site.cds_code.is_null(False)).count() == 0
    assert Site.select().where(Site.grades == "6-12").exists()
    assert District.select().where(District.kind == DistrictKind.COUNTY_OFFICE).count() == 1
    assert [remark.line for remark in report.refused] == [2035]
    # A charter school that is its own district has its national code from there.
    assert Site.get(Site.nces_code == "060184411208").name == "New West Charter"
    assert Counter(str(note.sentence) for note in report.notes) == {
        str(public_record.DAMAGED_CODE): 2215,
        str(public_record.MENDED_GRADES): 854,
        str(public_record.NAMES_PEOPLE): 4,
    }


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_the_two_real_lists_give_the_same_in_either_order(db: str, shared_data: Path) -> None:
    district = shared_data / "schools" / "lausd_schools.csv"
    county = shared_data / "schools" / "la_county_public_schools_as_published.csv"
    assert summary(district) == "1003 sites: 1003 new, 0 changed, 0 unchanged, 0 refused"
    report = import_sites(CONSOLE, county)
    assert report.summary("sites") == "2216 sites: 1212 new, 0 changed, 1003 unchanged, 1 refused"
    assert [note.sentence for note in report.notes].count(importer.KEPT) == 36
    one = everything()
    Site.delete().execute()
    District.delete().execute()
    assert summary(county) == "2216 sites: 2215 new, 0 changed, 0 unchanged, 1 refused"
    assert summary(district) == "1003 sites: 0 new, 1003 changed, 0 unchanged, 0 refused"
    assert everything() == one
    assert summary(county) == "2216 sites: 0 new, 0 changed, 2215 unchanged, 1 refused"
    assert summary(district) == "1003 sites: 0 new, 0 changed, 1003 unchanged, 0 refused"
    assert everything() == one


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("code", ["19647330100289", ""])
def test_a_damaged_row_loses_to_any_other_and_fills_in(
    db: str, tmp_path: Path, order: tuple[int, int], code: str
) -> None:
    rows = (
        {"cds_code": code, "street": "1 Main St.", "grades": "", "school": "Maple"},
        {"cds_code": "1.96E+13", "street": "2 Oak St.", "grades": "44724", "status": "Closed"},
    )
    for number in order:
        summary(a_list(tmp_path, rows[number]))
    assert (Site.get().name, Site.get().street, Site.get().grades, Site.get().state) == (
        "Maple", "1 Main St.", "6-12", SiteState.LISTED,
    )  # fmt: skip
    Site.update(street="3 Elm St.").execute()
    for row in rows:
        assert "1 unchanged" in summary(a_list(tmp_path, row))
    assert (Site.get().street, Site.get().cds_code) == ("3 Elm St.", code or None)


def test_what_a_newer_list_leaves_empty_stays(db: str, tmp_path: Path) -> None:
    summary(a_list(tmp_path, {"phone": "(213) 555-0142"}))
    assert "1 unchanged" in summary(a_list(tmp_path, {"phone": "No Data"}))
    assert Site.get().phone == "(213) 555-0142"


WHOLE = HEADINGS.encode() + b"\n,1,1,Active,LA,Example,Maple,,,,CA,,,N,High Schools (Public)\n"
HOSTILE = {
    "formulas": WHOLE.replace(b"Maple", b"=HYPERLINK()"),
    "a broken byte in UTF-8": WHOLE.replace(b"Maple", "Peña".encode() + b"\xf1"),
    "another alphabet": WHOLE.replace(b"Maple", "学校".encode("shift-jis")),
    "UTF-16 without a mark": WHOLE.decode().encode("utf-16-le"),
    "40,000 headings": b"," * 40_000 + WHOLE,
    "40,000 cells": WHOLE + b"," * 40_000,
    "a NUL": WHOLE.replace(b"Maple", b"Map\0le"),
    "a quotation mark left open": WHOLE.replace(b"Maple", b'"Maple'),
    "a workbook": b"PK\3\4\x14\0\x06\0" + bytes(range(256)),
    "noise": bytes(range(1, 256)) * 9,
    "nothing": b"",
    "headings twice": WHOLE + WHOLE,
    "a title above the headings": b"Public schools\n" + WHOLE,
    "a column twice": WHOLE.replace(b"magnet", b"School"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_changes_nothing_and_is_told_why(
    cast: Cast, tmp_path: Path, data: bytes
) -> None:
    path, before = tmp_path / "hostile.csv", everything()
    path.write_bytes(data)
    try:
        said = [str(remark) for remark in import_sites(CONSOLE, path).refused]
    except Invalid as refusal:
        said = [str(refusal)]
    assert len(said) == 1
    assert said[0].endswith(".")
    assert everything() == before


def test_a_file_of_100_mb_changes_nothing_and_is_told_why(db: str, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(WHOLE)
    os.truncate(path, 100_000_000)
    with pytest.raises(Invalid, match="larger than 32 MiB"):
        import_sites(CONSOLE, path)
    assert everything() == []


def test_the_file_that_the_hostile_ones_are_made_of_is_imported(db: str, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_bytes(WHOLE)
    assert summary(path) == "1 sites: 1 new, 0 changed, 0 unchanged, 0 refused"


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
