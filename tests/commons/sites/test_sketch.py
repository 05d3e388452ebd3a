"""The small map: north is up, and everything lies inside."""

import math

from hypothesis import given
from hypothesis import strategies as st

from commons.sites.directory import Place
from commons.sites.models import PointKind
from commons.sites.sketch import EDGE, HALF, sketch


def at(latitude: float, longitude: float) -> Place:
    return Place("", "", PointKind.PARK, latitude, longitude, "")


SCHOOL = at(34.0, -118.0)


def test_north_is_up_and_east_is_to_the_right() -> None:
    drawing = sketch(SCHOOL, [at(34.01, -118.0), at(34.0, -117.99)])
    assert drawing is not None
    north, east = drawing.dots
    assert (north.number, north.x, north.y) == (1, HALF, HALF - EDGE)
    assert east.y == HALF
    assert east.x > HALF
    assert drawing.ring_miles == 0.5


def test_there_is_no_drawing_of_nothing() -> None:
    assert sketch(SCHOOL, []) is None


@given(
    st.lists(st.tuples(st.floats(33.8, 34.2), st.floats(-118.2, -117.8)), min_size=1, max_size=24)
)
def test_every_dot_lies_inside_and_so_does_the_ring(spots: list[tuple[float, float]]) -> None:
    drawing = sketch(SCHOOL, [at(*spot) for spot in spots])
    assert drawing is not None
    assert all(math.dist((dot.x, dot.y), (HALF, HALF)) <= EDGE + 0.2 for dot in drawing.dots)
    assert 0 < drawing.ring <= EDGE
