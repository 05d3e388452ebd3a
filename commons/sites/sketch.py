"""Where the dots of a small map stand: the school in the middle, north at the top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from commons.sites import distance
from commons.sites.distance import Point

HALF = 50.0  # the drawing is a square of a hundred by a hundred
EDGE = 44.0  # how far from the middle the farthest dot stands
RINGS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)  # miles


@dataclass(frozen=True)
class Dot:
    """One numbered place in the drawing."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Sketch:
    """The dots, and a ring of so many miles around the school."""

    dots: tuple[Dot, ...]
    ring: float
    ring_miles: float


def sketch(school: Point, places: Sequence[Point]) -> Sketch | None:
    """Return the drawing of the places around a school; None where there is nothing to draw."""
    if school.latitude is None or school.longitude is None or not places:
        return None
    spots = [distance.offset(school, place) for place in places]
    farthest = max(math.hypot(*spot) for spot in spots)
    scale = EDGE / max(farthest, RINGS[0])
    ring = max((miles for miles in RINGS if miles * scale <= EDGE), default=RINGS[0])
    dots = tuple(
        Dot(number, round(HALF + east * scale, 1), round(HALF - north * scale, 1))
        for number, (east, north) in enumerate(spots, 1)
    )
    return Sketch(dots, round(ring * scale, 1), ring)
