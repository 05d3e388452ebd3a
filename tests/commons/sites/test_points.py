"""Meeting points: public places near the school, none twice, and retired instead of deleted."""

import threading

import pytest

from commons.audit import AuditContent
from commons.database import connection
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import Actor
from commons.sites import order, points
from commons.sites.models import MeetingPoint, PointKind, Site
from commons.sites.points import Wanted
from tests import builders
from tests.builders import Cast, actor

LIBRARY = Wanted("Harbor Library", PointKind.LIBRARY, 34.01, -118.0)
PARK = Wanted("Harbor Park", PointKind.PARK, 34.0, -118.02)


@pytest.fixture
def site(cast: Cast) -> Site:
    """Lincoln, where the map knows it."""
    Site.update(latitude=34.0, longitude=-118.0).where(Site.id == cast.lincoln.id).execute()
    return Site.get_by_id(cast.lincoln.id)


@pytest.fixture
def rosa(cast: Cast) -> Actor:
    return actor(cast.rosa)


def names(site: Site) -> list[str]:
    return [point.name for point in points.live(site)]


def moved(wanted: Wanted, **values: object) -> Wanted:
    return Wanted(**{**vars(wanted), **values})  # type: ignore[arg-type]


def test_a_point_is_added_changed_and_written_down(site: Site, rosa: Actor) -> None:
    zone = builders.a_zone(site)
    point = points.add(rosa, site, LIBRARY)
    points.change(rosa, site, point, moved(LIBRARY, name="The library", zone=zone))
    stored = points.find(site, point.public_id)
    assert (stored.name, stored.zone_id, stored.kind) == ("The library", zone.id, "library")
    kept = AuditContent.get(AuditContent.subject == f"meeting_point:{point.public_id}")
    assert "The library" in kept.reveal("content")


def test_a_home_or_a_person_is_refused_beside_the_name(site: Site, rosa: Actor) -> None:
    for name in ("Maria's house", "Maria Lopez", "123 Main St"):
        with pytest.raises(Invalid) as refusal:
            points.add(rosa, site, moved(LIBRARY, name=name))
        assert "name" in refusal.value.fields
    assert names(site) == []


@pytest.mark.parametrize("place", [(34.3, -118.0), (34.0, 118.0), (91.0, 0.0), (float("nan"), 0.0)])
def test_a_place_that_is_far_away_or_nowhere_is_refused(
    site: Site, rosa: Actor, place: tuple[float, float]
) -> None:
    with pytest.raises(Invalid) as refusal:
        points.add(rosa, site, moved(LIBRARY, latitude=place[0], longitude=place[1]))
    assert "place" in refusal.value.fields


def test_a_school_that_no_map_knows_gets_no_points(cast: Cast, rosa: Actor) -> None:
    with pytest.raises(Invalid, match="Nobody knows yet where this school lies"):
        points.add(rosa, cast.lincoln, LIBRARY)


def test_the_same_place_or_name_is_refused_twice(site: Site, rosa: Actor) -> None:
    point = points.add(rosa, site, LIBRARY)
    with pytest.raises(Invalid, match="of this name"):
        points.add(rosa, site, moved(PARK, name="HARBOR  library"))
    with pytest.raises(Invalid, match="Harbor Library is at the same place"):
        points.add(rosa, site, moved(PARK, latitude=34.0102, longitude=-118.0))
    points.add(rosa, site, moved(PARK, latitude=34.0104, longitude=-118.0))
    points.change(rosa, site, point, moved(LIBRARY, latitude=34.01001))
    assert names(site) == ["Harbor Library", "Harbor Park"]


def test_all_or_none_are_added(site: Site, rosa: Actor) -> None:
    with pytest.raises(Invalid):
        points.add_all(rosa, site, [LIBRARY, PARK, LIBRARY])
    assert names(site) == []


def test_there_are_at_most_forty(site: Site, rosa: Actor) -> None:
    for number in range(points.MOST):
        builders.a_point(site, f"Corner {number}", latitude=34 + number / 1000)
    with pytest.raises(Invalid, match="at most 40"):
        points.add(rosa, site, PARK)


def test_a_retired_point_stays_and_frees_its_name(site: Site, rosa: Actor) -> None:
    point = points.add(rosa, site, LIBRARY)
    points.retire(rosa, site, point)
    assert names(site) == []
    assert MeetingPoint.get_by_id(point.id).retired_at is not None
    with pytest.raises(Conflict):
        points.retire(rosa, site, point)
    with pytest.raises(Conflict):
        points.change(rosa, site, point, PARK)
    points.add(rosa, site, LIBRARY)
    assert MeetingPoint.select().count() == 2


def test_the_nearest_can_come_first(site: Site, rosa: Actor) -> None:
    points.add_all(rosa, site, [PARK, LIBRARY])
    points.nearest_first(rosa, site)
    assert names(site) == ["Harbor Library", "Harbor Park"]
    order.shift(rosa, site, MeetingPoint, points.live(site)[0].public_id, 1)
    assert names(site) == ["Harbor Park", "Harbor Library"]


def test_what_is_renamed_by_hand_comes_from_no_list(site: Site, rosa: Actor) -> None:
    point = points.add(rosa, site, moved(LIBRARY, source="a list"))
    points.change(rosa, site, point, moved(LIBRARY, source="a list", kind=PointKind.OTHER))
    assert points.live(site)[0].source == "a list"
    point = points.live(site)[0]
    with pytest.raises(Invalid):
        points.change(rosa, site, point, moved(LIBRARY, source="a list", name="Maria Lopez"))
    points.change(rosa, site, point, moved(LIBRARY, source="a list", name="The library"))
    assert points.live(site)[0].source == ""


def test_only_the_lead_and_administrators_may(cast: Cast, site: Site) -> None:
    for account, error in ((cast.dev, Forbidden), (cast.amina, Forbidden), (cast.ines, NotFound)):
        with pytest.raises(error):
            points.add(actor(account), site, LIBRARY)
    points.add(actor(cast.mara), site, LIBRARY)


def test_another_sites_zone_and_points_are_not_found(cast: Cast, site: Site, rosa: Actor) -> None:
    theirs = builders.a_point(cast.other_school)
    with pytest.raises(NotFound):
        points.add(rosa, site, moved(LIBRARY, zone=builders.a_zone(cast.other_school)))
    with pytest.raises(NotFound):
        points.find(site, theirs.public_id)
    with pytest.raises(Conflict):
        points.retire(rosa, site, theirs)


def test_a_double_click_adds_one_point(site: Site, rosa: Actor) -> None:
    results: list[str] = []

    def press() -> None:
        with connection():
            try:
                points.add(rosa, site, LIBRARY)
                results.append("added")
            except Invalid:
                results.append("refused")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["added", "refused"]
    assert names(site) == ["Harbor Library"]
