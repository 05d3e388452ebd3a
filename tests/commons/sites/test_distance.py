"""Miles between public points."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.sites import distance


@dataclass(frozen=True)
class Point:
    latitude: float | None
    longitude: float | None


HERE = Point(34.0, -118.25)


def test_a_degree_of_latitude_is_about_sixty_nine_miles() -> None:
    assert distance.miles(HERE, Point(35.0, -118.25)) == pytest.approx(69.1, abs=0.2)


def test_a_point_without_coordinates_has_no_distance() -> None:
    assert distance.miles(HERE, Point(None, -118.25)) is None


def test_the_nearest_come_first_and_what_is_too_far_not_at_all() -> None:
    near, nearer, far = Point(34.02, -118.25), Point(34.01, -118.25), Point(35.0, -118.25)
    found = distance.nearest(HERE, [near, far, nearer, Point(None, None)], within=3)
    assert [there for _, there in found] == [nearer, near]


@given(st.floats(20, 65), st.floats(-160, -70), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_the_box_holds_every_point_within_the_miles(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    here, there = Point(latitude, longitude), Point(latitude + north, longitude + east)
    low, high, west, right = distance.box(here, 5)
    inside = low <= latitude + north <= high and west <= longitude + east <= right
    assert inside or (distance.miles(here, there) or 0) > 5


def test_the_compass_has_eight_directions_from_north_over_east() -> None:
    steps = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
    school = Point(34.0, -118.0)
    for eighth, (north, east) in enumerate(steps):
        assert distance.direction(school, Point(34 + north * 0.01, -118 + east * 0.012)) == eighth


def test_east_and_north_agree_with_the_great_circle() -> None:
    school, there = Point(34.0, -118.0), Point(34.1, -118.15)
    far = distance.miles(school, there)
    assert far is not None
    assert math.isclose(math.hypot(*distance.offset(school, there)), far, rel_tol=0.001)
