"""Zones: few, coarse, by name, and retired instead of deleted."""

import pytest

from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import Actor
from commons.sites import order, zones
from commons.sites.models import MeetingPoint, Zone
from tests import builders
from tests.builders import Cast, actor


def names(cast: Cast) -> list[str]:
    return [zone.name for zone in zones.live(cast.lincoln)]


@pytest.fixture
def rosa(cast: Cast) -> Actor:
    return actor(cast.rosa)


def test_zones_are_added_in_order_and_renamed(cast: Cast, rosa: Actor) -> None:
    zones.add(rosa, cast.lincoln, "North  of the freeway")
    south = zones.add(rosa, cast.lincoln, "South side")
    zones.rename(rosa, cast.lincoln, south, "Around the market")
    assert names(cast) == ["North of the freeway", "Around the market"]


def test_a_name_is_used_once_until_its_zone_is_retired(cast: Cast, rosa: Actor) -> None:
    zone = zones.add(rosa, cast.lincoln, "South side")
    with pytest.raises(Invalid, match="already"):
        zones.add(rosa, cast.lincoln, "SOUTH SIDE")
    zones.retire(rosa, cast.lincoln, zone)
    zones.add(rosa, cast.lincoln, "South side")
    assert Zone.select().count() == 2


def test_a_home_is_no_zone(cast: Cast, rosa: Actor) -> None:
    with pytest.raises(Invalid):
        zones.add(rosa, cast.lincoln, "Maria's house")
    assert names(cast) == []


def test_there_are_at_most_twelve(cast: Cast, rosa: Actor) -> None:
    for number in range(zones.MOST):
        zones.add(rosa, cast.lincoln, f"Zone {number}")
    with pytest.raises(Invalid, match="at most 12"):
        zones.add(rosa, cast.lincoln, "One more")


def test_a_retired_zone_lets_go_of_its_points_and_stays(cast: Cast, rosa: Actor) -> None:
    zone = zones.add(rosa, cast.lincoln, "South side")
    point = builders.a_point(cast.lincoln, zone=zone)
    zones.retire(rosa, cast.lincoln, zone)
    assert names(cast) == []
    assert Zone.get_by_id(zone.id).retired_at is not None
    assert MeetingPoint.get_by_id(point.id).zone_id is None
    with pytest.raises(Conflict):
        zones.retire(rosa, cast.lincoln, zone)
    with pytest.raises(Conflict):
        zones.rename(rosa, cast.lincoln, zone, "Another")


def test_the_order_is_changed_as_a_whole(cast: Cast, rosa: Actor) -> None:
    made = [zones.add(rosa, cast.lincoln, name) for name in ("North", "South", "East")]
    order.shift(rosa, cast.lincoln, Zone, made[2].public_id, -1)
    assert names(cast) == ["North", "East", "South"]
    order.shift(rosa, cast.lincoln, Zone, made[0].public_id, -1)
    assert names(cast) == ["North", "East", "South"]
    with pytest.raises(Conflict):
        order.reorder(rosa, cast.lincoln, Zone, [made[0].public_id])
    zones.retire(rosa, cast.lincoln, made[0])
    with pytest.raises(Conflict):
        order.shift(rosa, cast.lincoln, Zone, made[0].public_id, 1)


def test_only_the_lead_and_administrators_describe_a_site(cast: Cast) -> None:
    for account, error in ((cast.dev, Forbidden), (cast.ines, NotFound), (cast.stranger, NotFound)):
        with pytest.raises(error):
            zones.add(actor(account), cast.lincoln, "North")
    zones.add(actor(cast.mara), cast.lincoln, "North")


def test_another_sites_zone_is_not_found(cast: Cast, rosa: Actor) -> None:
    theirs = builders.a_zone(cast.other_school)
    with pytest.raises(NotFound):
        zones.find(cast.lincoln, theirs.public_id)
    with pytest.raises(Conflict):
        zones.retire(rosa, cast.lincoln, theirs)
