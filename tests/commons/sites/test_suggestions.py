"""Suggested meeting points: known public places, well spread, taken several at once."""

import itertools
import math
from pathlib import Path

import pytest

from commons.errors import Conflict, Forbidden, Invalid
from commons.permissions import CONSOLE
from commons.sites import directory, distance, importer, points, suggestions
from commons.sites.models import Site, SiteKind, SiteState
from commons.sites.words import far_words
from tests import builders
from tests.builders import Cast, actor


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(directory, "_path", tmp_path / directory.FILE)
    return tmp_path


@pytest.fixture
def site(cast: Cast) -> Site:
    """Lincoln with forty schools around it, on a grid a third of a mile wide."""
    Site.update(latitude=34.0, longitude=-118.0).where(Site.id == cast.lincoln.id).execute()
    steps = [(x, y) for x in range(-3, 4) for y in range(-3, 4) if (x, y) != (0, 0)]
    for number, (x, y) in enumerate(steps):
        place = {"latitude": 34 + y * 0.005, "longitude": -118 + x * 0.005}
        builders.a_site(f"School {number}", cast.district, state=SiteState.LISTED, **place)
    return Site.get_by_id(cast.lincoln.id)


def keys(site: Site, limit: int = 12) -> list[str]:
    return [one.place.key for one in suggestions.suggestions(site, limit)]


def test_twelve_schools_around_are_suggested_nearest_first_and_always_the_same(site: Site) -> None:
    found = suggestions.suggestions(site)
    assert len(found) == 12
    assert [one.miles for one in found] == sorted(one.miles for one in found)
    assert keys(site) == keys(site)
    spots = [distance.offset(site, one.place) for one in found]
    assert min(math.dist(a, b) for a, b in itertools.combinations(spots, 2)) > 0.25


def test_what_is_taken_becomes_points_and_is_suggested_no_more(cast: Cast, site: Site) -> None:
    first = keys(site)
    made = suggestions.take(actor(cast.rosa), site, [*first[:3], first[0]])
    assert len(made) == 3
    assert made[0].source == points.PUBLIC_LIST
    assert not set(first[:3]) & set(keys(site, 24))
    with pytest.raises(Invalid, match="already"):
        suggestions.take(actor(cast.rosa), site, [first[5], first[0]])
    assert len(points.live(site)) == 3


def test_nothing_chosen_or_unknown_is_refused(cast: Cast, site: Site) -> None:
    with pytest.raises(Invalid):
        suggestions.take(actor(cast.rosa), site, [])
    with pytest.raises(Conflict):
        suggestions.take(actor(cast.rosa), site, ["nothing"])
    with pytest.raises(Forbidden):
        suggestions.take(actor(cast.dev), site, keys(site)[:1])


def test_imported_places_are_suggested_beside_the_schools(site: Site, folder: Path) -> None:
    Site.update(state=SiteState.CLOSED).where(Site.latitude < 34).execute()
    path = folder / "list.csv"
    path.write_text("name,latitude,longitude\nHarbor Library,33.99,-118.0\nFar Park,35,-118")
    directory.import_places(CONSOLE, path, "county list")
    found = {one.place.name: one for one in suggestions.suggestions(site, 24)}
    library = found["Harbor Library"]
    assert far_words(library.miles, library.direction) == "0.7 miles south"
    assert "Far Park" not in found


def test_a_school_that_no_map_knows_has_no_suggestions(cast: Cast) -> None:
    assert suggestions.suggestions(cast.lincoln) == []
    with pytest.raises(Invalid):
        suggestions.take(actor(cast.rosa), cast.lincoln, ["x"])


def test_closed_schools_are_not_suggested(site: Site) -> None:
    Site.update(state=SiteState.CLOSED).where(Site.id != site.id).execute()
    assert suggestions.suggestions(site) == []


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_real_schools_of_los_angeles_are_covered(db: str, shared_data: Path) -> None:
    importer.import_sites(CONSOLE, shared_data / "schools" / "lausd_schools.csv")
    some = Site.select().where(Site.kind == SiteKind.ELEMENTARY).order_by(Site.cds_code)
    for site in some.limit(20):
        found = suggestions.suggestions(site)
        assert 6 <= len(found) <= 12, site.name
        assert found[-1].miles <= 5
