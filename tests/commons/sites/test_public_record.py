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


@pytest.mark.parametrize("code", ["1.96473E+13", "19647300000000", "196473301002891", "١" * 14])
def test_a_code_that_a_spreadsheet_damaged_is_never_an_identity(code: str) -> None:
    found = school(cds_code=code)
    assert found.cds_code is None
    assert notes(found) == ["The state code was damaged by a spreadsheet. It was left out."]


@pytest.mark.parametrize(
    ("days", "grades"),
    [
        ("44724", "6-12"),
        ("44689", "5-8"),
        ("44566", "1-5"),
        ("44910", ""),  # the fifteenth of December
        ("44904", ""),  # the ninth of December: no span goes from 12 to 9
        ("999999", ""),
        ("12-Sep", ""),
    ],
)
def test_grades_that_became_a_day_are_mended_or_left_out(days: str, grades: str) -> None:
    found = school(grades=days)
    assert found.values.get("grades", "") == grades
    assert "grades" in notes(found)[0]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("0", "0"), ("34.05", "118.26"), ("-118.26", "34.05"), ("51.5", "-0.1")],
)
def test_a_place_outside_the_country_is_left_out(latitude: str, longitude: str) -> None:
    found = school(latitude=latitude, longitude=longitude)
    assert {"latitude", "longitude"}.isdisjoint(found.values)
    assert "United States" in notes(found)[0]


@pytest.mark.parametrize("place", [("", ""), ("No Data", "No Data"), ("north", "west")])
def test_a_place_that_is_not_known_is_no_fault(place: tuple[str, str]) -> None:
    found = school(latitude=place[0], longitude=place[1])
    assert "latitude" not in found.values
    assert notes(found) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://", "see office", "ftp://a.org"])
def test_only_a_web_address_becomes_a_link(address: str) -> None:
    assert "website" not in school(website=address).values


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
    assert "kind" not in found.values
    assert public_record.UNTOLD["kind"] == SiteKind.OTHER
    assert "not known here" in notes(found)[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"school": ""}, "It has no name."),
        ({"school": "x" * 201}, "Its name is too long."),
        ({"status": "Pending"}, "Its status is “Pending”, not active or closed."),
        ({"state": "Cali"}, "Its state must be two letters, like CA."),
        ({"school": "=1+1"}, "The cell under school begins like a formula."),
        ({"street": "＠SUM(A1)"}, "The cell under street begins like a formula."),
        ({"phone": "-1"}, "The cell under phone begins like a formula."),
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


def test_a_file_that_has_a_column_twice_is_refused() -> None:
    with pytest.raises(Invalid, match="the column School twice"):
        public_record.columns([*GOOD, "School"])


def test_a_principal_is_not_read_but_counted() -> None:
    headings = [*GOOD, "AdmFName", "AdmLName", "AdmEmail", "Email", "MailCity"]
    assert set(public_record.columns(headings).values()).isdisjoint(headings[len(GOOD) :])
    assert public_record.naming_people(headings) == 4


@pytest.mark.parametrize(
    ("district", "number", "code"),
    [
        ("691078", "1", "069107800001"),
        ("0691078", "00001", "069107800001"),
        ("No Data", "1", "060184400001"),
        ("691078", "No Data", None),
        ("691078", "123456", None),
        ("691078", "1.1E+4", None),
        ("691078", "１２", None),
    ],
)
def test_the_national_code_is_whole_or_none(district: str, number: str, code: str | None) -> None:
    cells = {"nces_district": district, "nces_school": number, "FederalDFCDistrictID": "601844"}
    assert school(**cells).nces_code == code


def test_a_telephone_number_keeps_its_digits() -> None:
    assert school(phone="+12135550142").values["phone"] == "12135550142"


def test_every_kind_of_the_directory_is_a_kind_of_site() -> None:
    document: dict[str, Any] = tomllib.loads(public_record.WORDS.read_text(encoding="utf-8"))
    assert {SiteKind(kind) for kind in document["kinds"].values()} <= set(SiteKind)


def test_any_change_of_the_row_changes_its_fingerprint() -> None:
    one = school()
    assert one.fingerprint == school().fingerprint
    assert one.fingerprint != school(phone="(213) 555-0143").fingerprint
    assert {*one.values, *public_record.UNTOLD} <= set(Site._meta.fields)
    assert dataclasses.replace(one, line=9).fingerprint == one.fingerprint
    assert school(cds_code="1.96473E+13").fingerprint.startswith(public_record.DAMAGED)
    assert not school(cds_code="").damaged
