"""The demonstration's people and schools: invented, the same every time, and harmless."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from commons.demonstration import people as demonstration
from commons.demonstration.people import COLUMNS, FOLDER, SCHOOLS, SLOTS, all_people, people

# The first sixteen digits of SHA-256 of names that must never appear; the names stay unwritten.
NEVER = {
    "fd2ef6af41aa559d",
    "ab9232111a8fcad4",
    "85f5e10431f69bc2",
    "cf407fe3eab1561e",
    "7f0e5aabcb9e410f",
    "7fac0d0407d16331",
    "7975b4132aaa77d7",
    "ffd0aee5edcfef72",
}
FICTION = re.compile(r"\+1(213|310|323|562|626|747|818)55501\d\d")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("school", SCHOOLS)
def test_three_hundred_of_each_school_can_be_reached(school: str) -> None:
    reachable = [row for row in people(school) if row.reachable]
    assert len(reachable) == 300
    assert Counter(row.group for row in reachable) == {"staff": 60, "family": 240}
    assert Counter(row.language for row in reachable) == {
        "en": 120,
        "es": 105,
        "ko": 24,
        "zh_Hans": 24,
        "hy": 15,
        "fa": 12,
    }


@pytest.mark.parametrize("school", SCHOOLS)
def test_the_rest_are_left_out_for_known_reasons(school: str) -> None:
    left_out = [row for row in people(school) if not row.reachable]
    reasons = Counter("no number" if not row.phone else row.consent for row in left_out)
    assert reasons == {"no number": 4, "invited": 3, "stopped": 2}


@pytest.mark.parametrize("school", SCHOOLS)
def test_every_slot_is_filled_once_by_somebody_reachable(school: str) -> None:
    holders = [row for row in people(school) if row.slot]
    assert [row.slot for row in holders] == list(SLOTS)
    assert all(row.reachable and row.group == "staff" for row in holders)


def test_nobody_is_there_twice_and_numbers_are_kept_for_fiction() -> None:
    everyone = list(all_people())
    phones = [row.phone for row in everyone if row.phone]
    assert len(set(phones)) == len(phones) == 610
    assert len({row.name for row in everyone}) == len(everyone) == 618
    assert all(FICTION.fullmatch(phone) for phone in phones)


def test_people_are_the_same_every_time() -> None:
    assert people("jacaranda") == people("jacaranda")
    listed = "\n".join(repr(row) for row in all_people())
    assert hashlib.sha256(listed.encode()).hexdigest()[:16] == "ca988c18cc70b22f"


def test_no_name_is_one_that_must_never_appear() -> None:
    lists = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
    parts = {part for names in lists.values() for part in names["first"] + names["last"]}
    for file in ("schools.csv", "invented_schools.csv"):
        parts |= {word for row in rows(file) for word in re.findall(r"\w+", row["school"])}
    assert not {hashlib.sha256(part.casefold().encode()).hexdigest()[:16] for part in parts} & NEVER


def test_writes_the_roster_import(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    assert demonstration.write_roster_csv(path, "mariposa") == 309
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        written = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    assert COLUMNS == ("name", "phone", "language", "group", "slot", "consent", "consent_source")
    assert len(written) == 309


def test_schools_have_one_header_and_no_live_number() -> None:
    real, invented = rows("schools.csv"), rows("invented_schools.csv")
    assert (len(real), len(invented)) == (22, 2)
    assert list(real[0]) == list(invented[0])
    assert {row["phone"] for row in real} == {""}
    assert all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", row["phone"]) for row in invented)
    assert all("(demonstration)" in row["school"] for row in invented)
    assert len({row["cds_code"] for row in real + invented}) == 24


def test_the_district_names_its_files_and_sites() -> None:
    district = tomllib.loads((FOLDER / "district.toml").read_text(encoding="utf-8"))
    assert (FOLDER / district["neighbors"]).is_file()
    codes = {row["cds_code"] for row in rows(district["schools"])}
    assert {site["cds_code"] for site in district["sites"]} == codes
    assert tuple(site["key"] for site in district["sites"]) == SCHOOLS
