"""Public places that the operator imports: CSV and HSDS, with a reason for each refused row."""

import json
from pathlib import Path

import pytest

from commons.errors import Forbidden, Invalid
from commons.permissions import CONSOLE
from commons.sites import directory
from commons.sites.directory import import_places, known
from commons.sites.models import PointKind
from tests.builders import Cast, actor

CSV = """Name,Kind,Latitude,Longitude,Source
Harbor Library,library,34.01,-118.0,county list
Biblioteca Central,,34.02,-118.0,county list
Harbor Park,,34.03,-118.0,
Our office,office,34.04,-118.0,
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(directory, "_path", tmp_path / directory.FILE)
    return tmp_path


def written(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_simple_list_is_kept_and_a_second_import_changes_nothing(db: str, folder: Path) -> None:
    assert known() == ()
    path = written(folder, CSV)
    dry = import_places(CONSOLE, path, "city list", dry_run=True)
    assert (dry.new, known()) == (4, ())
    assert import_places(CONSOLE, path, "city list").new == 4
    assert {(place.name, place.kind, place.source) for place in known()} == {
        ("Harbor Library", PointKind.LIBRARY, "county list"),
        ("Biblioteca Central", PointKind.LIBRARY, "county list"),
        ("Harbor Park", PointKind.PARK, "city list"),
        ("Our office", PointKind.OTHER, "city list"),
    }
    again = import_places(CONSOLE, path, "city list")
    assert (again.new, again.unchanged) == (0, 4)


def test_each_row_that_cannot_be_used_is_refused_with_its_line(db: str, folder: Path) -> None:
    rows = [
        "name,latitude,longitude",
        "Maria's kitchen 123 Main St,34,-118",
        "Library,,",
        "Library,north,west",
        "Library,134,-118",
        "Library,0,0",
        "Library,nan,-118",
        "Library,34.0,-118.0",
    ]
    report = import_places(CONSOLE, written(folder, "\n".join(rows)), "a list")
    assert [remark.line for remark in report.refused] == [2, 3, 4, 5, 6, 7]
    assert report.new == 1


def test_a_list_that_does_not_say_where_it_comes_from_is_refused(db: str, folder: Path) -> None:
    path = written(folder, "name,latitude,longitude\nLibrary,34,-118")
    assert "Say where the list comes from" in str(import_places(CONSOLE, path, "").refused[0])


def test_what_is_no_list_of_places_changes_nothing(db: str, folder: Path) -> None:
    for text, name in (("name,latitude\nA,1", "a.csv"), ("[1]", "a.json"), ("{", "b.json")):
        with pytest.raises(Invalid):
            import_places(CONSOLE, written(folder, text, name), "x")
    with pytest.raises(Invalid):
        import_places(CONSOLE, folder / "none.json", "x")
    assert known() == ()


def test_places_that_are_not_physical_are_left_out(db: str, folder: Path) -> None:
    text = "name,location_type,latitude,longitude\nHelp line,virtual,34,-118\nHall,physical,34,-118"
    report = import_places(CONSOLE, written(folder, text), "x")
    assert (report.new, len(report.refused)) == (1, 1)
    page = [{"service_at_locations": [{"location": {"name": "Line", "location_type": "postal"}}]}]
    report = import_places(CONSOLE, written(folder, json.dumps(page), "p.json"), "x")
    assert (report.new, len(report.refused)) == (0, 1)


def test_real_directories_are_read_as_csv_and_as_json(
    db: str, folder: Path, shared_data: Path
) -> None:
    food = shared_data / "hsds" / "la_food_oasis"
    first = import_places(CONSOLE, food / "csv" / "locations.csv", "food directory")
    assert (first.new, first.unchanged, len(first.refused)) == (584, 1, 1)
    second = import_places(CONSOLE, food / "services.json", "food directory")
    assert (second.new, second.unchanged, len(second.refused)) == (0, 585, 1)
    legal = shared_data / "hsds" / "legal_la_eoir" / "csv" / "locations.csv"
    assert len(import_places(CONSOLE, legal, "court list").refused) == 10


def test_only_the_console_imports(cast: Cast, folder: Path) -> None:
    with pytest.raises(Forbidden):
        import_places(actor(cast.rosa), written(folder, CSV), "x")
