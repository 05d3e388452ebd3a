"""One school of the state's directory, as it is and as a spreadsheet has damaged it."""

import dataclasses
import tomllib
from typing import Any

import pytest

from commons.errors import Invalid
from commons.sites import public_record
from commons.sites.models import DistrictKind, Site, SiteKind, SiteState
from commons.sites.public_record import School
from commons.sites.sheet import Line

GOOD = {
    "cds_code": "19647330100289",
    "nces_district": "622710",
    "nces_school": "333",
    "status": "Active",
    "county": "Los Angeles",
    "district": "Los Angeles Unified",
    "school": "Example Elementary",
    "street": "1 Main St.",
    "city": "Los Angeles",
    "zip": "90017-1234",
    "state": "CA",
    "phone": "(213) 555-0142",
    "website": "http://school.example.org",
    "charter": "Y",
    "type": "Elementary Schools (Public)",
    "grades": "K-5",
    "latitude": "34.05",
    "longitude": "-118.26",
}


def school(**changes: str) -> School:
    cells = {**GOOD, **changes}
    return public_record.school(Line(2, cells), public_record.columns(list(cells)))


def notes(found: School) -> list[str]:
    return [str(note) for note in found.notes]


def test_a_good_row_is_read_whole() -> None:
    found = school()
    assert (found.nces_code, found.cds_code) == ("062271000333", "19647330100289")
    assert (found.values["kind"], found.state) == (SiteKind.ELEMENTARY, SiteState.LISTED)
    assert (found.values["zip_code"], found.values["charter"]) == ("90017", True)
    assert notes(found) == []


def test_a_code_that_a_spreadsheet_damaged_is_never_an_identity() -> None:
    found = school(cds_code="1.96473E+13")
    assert found.cds_code is None
    assert notes(found) == ["The state code was damaged by a spreadsheet. It was left out."]


@pytest.mark.parametrize(
    ("days", "grades"), [("44724", "6-12"), ("44689", "5-8"), ("44566", "1-5"), ("44910", "")]
)
def test_grades_that_became_a_day_are_mended_or_left_out(days: str, grades: str) -> None:
    found = school(grades=days)
    assert found.values["grades"] == grades
    assert "grades" in notes(found)[0]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("0", "0"), ("34.05", "118.26"), ("-118.26", "34.05"), ("51.5", "-0.1")],
)
def test_a_place_outside_the_country_is_left_out(latitude: str, longitude: str) -> None:
    found = school(latitude=latitude, longitude=longitude)
    assert (found.values["latitude"], found.values["longitude"]) == (None, None)
    assert "United States" in notes(found)[0]


@pytest.mark.parametrize("place", [("", ""), ("No Data", "No Data"), ("north", "west")])
def test_a_place_that_is_not_known_is_no_fault(place: tuple[str, str]) -> None:
    found = school(latitude=place[0], longitude=place[1])
    assert found.values["latitude"] is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://", "see office", "ftp://a.org"])
def test_only_a_web_address_becomes_a_link(address: str) -> None:
    assert school(website=address).values["website"] == ""


def test_a_web_address_without_its_beginning_gets_one() -> None:
    assert school(website="www.example.org/a").values["website"] == "http://www.example.org/a"


def test_a_county_office_is_told_from_a_district() -> None:
    assert school().office.kind == DistrictKind.DISTRICT
    office = school(district="Los Angeles County Office of Education").office
    assert office.kind == DistrictKind.COUNTY_OFFICE


def test_a_school_that_has_closed_is_closed() -> None:
    assert school(status="Closed").state == SiteState.CLOSED


def test_a_type_that_is_not_known_is_another_school() -> None:
    found = school(type="Flying School")
    assert found.values["kind"] == SiteKind.OTHER
    assert "not known here" in notes(found)[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"school": ""}, "It has no name."),
        ({"school": "x" * 201}, "Its name is too long."),
        ({"status": "Pending"}, "Its status is “Pending”, not active or closed."),
        ({"state": "Cali"}, "Its state must be two letters, like CA."),
        ({"nces_district": "No Data"}, "Its district has no name, or no national code."),
        (
            {"nces_school": "No Data", "cds_code": "1.9E+13"},
            "It has neither a national nor a state school code that can be used.",
        ),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        school(**changes)
    assert str(refusal.value) == sentence


def test_a_file_that_lacks_a_column_is_refused() -> None:
    with pytest.raises(Invalid, match="no column status"):
        public_record.columns([name for name in GOOD if name != "status"])


def test_a_principal_is_not_read() -> None:
    headings = [*GOOD, "AdmFName", "AdmLName", "AdmEmail", "Email"]
    assert set(public_record.columns(headings).values()).isdisjoint(headings[len(GOOD) :])


def test_every_kind_of_the_directory_is_a_kind_of_site() -> None:
    document: dict[str, Any] = tomllib.loads(public_record.WORDS.read_text(encoding="utf-8"))
    assert {SiteKind(kind) for kind in document["kinds"].values()} <= set(SiteKind)


def test_any_change_of_the_row_changes_its_fingerprint() -> None:
    one = school()
    assert one.fingerprint == school().fingerprint
    assert one.fingerprint != school(phone="(213) 555-0143").fingerprint
    assert set(one.values) <= set(Site._meta.fields)
    assert dataclasses.replace(one, line=9).fingerprint == one.fingerprint
