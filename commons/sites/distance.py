"""How far one public point is from another, in miles along the great circle."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol, TypeVar

# A degree of latitude is nowhere shorter than this many miles, so that a box is never too small.
MILES_A_DEGREE = 68.7
A_DEGREE = 69.093  # miles, on the mean sphere that great circles are measured on


class Point(Protocol):
    """Something with a place on the map, if it is known."""

    @property
    def latitude(self) -> float | None:
        """Return the degrees north."""

    @property
    def longitude(self) -> float | None:
        """Return the degrees east."""


Somewhere = TypeVar("Somewhere", bound=Point)


def miles(here: Point, there: Point) -> float | None:
    """Return the miles between two points; None where one of them is not known."""
    if None in (here.latitude, here.longitude, there.latitude, there.longitude):
        return None
    # Here, since it brings every geocoder along and an HTTP client: 0.1 s of every start.
    from geopy.distance import great_circle

    start, end = (here.latitude, here.longitude), (there.latitude, there.longitude)
    return float(great_circle(start, end).miles)


def offset(here: Point, there: Point) -> tuple[float, float]:
    """Return how many miles a point lies to the east and to the north of another.

    It takes the earth for flat, which is right to a hundredth within fifteen miles. Both places
    must be known.
    """
    assert here.latitude is not None and here.longitude is not None  # noqa: PT018
    assert there.latitude is not None and there.longitude is not None  # noqa: PT018
    middle = math.radians((here.latitude + there.latitude) / 2)
    east = (there.longitude - here.longitude) * math.cos(middle)
    return east * A_DEGREE, (there.latitude - here.latitude) * A_DEGREE


def direction(here: Point, there: Point) -> int:
    """Return the eighth of the compass in which a point lies: 0 is north, 2 is east."""
    east, north = offset(here, there)
    return round(math.degrees(math.atan2(east, north)) / 45) % 8


def nearest(
    here: Point, among: Iterable[Somewhere], *, within: float, limit: int | None = None
) -> list[tuple[float, Somewhere]]:
    """Return what lies within so many miles, the nearest first, each with its miles."""
    measured = ((miles(here, there), there) for there in among)
    near = [(far, there) for far, there in measured if far is not None and far <= within]
    return sorted(near, key=lambda found: found[0])[:limit]


def box(here: Point, within: float) -> tuple[float, float, float, float]:
    """Return south, north, west and east of a box that holds every point within the miles.

    It lets the database leave out what is far away before anything is measured.
    """
    assert here.latitude is not None
    assert here.longitude is not None
    high = within / MILES_A_DEGREE
    narrowest = math.cos(math.radians(min(abs(here.latitude) + high, 89)))
    wide = within / (MILES_A_DEGREE * narrowest)
    return (
        here.latitude - high,
        here.latitude + high,
        here.longitude - wide,
        here.longitude + wide,
    )
