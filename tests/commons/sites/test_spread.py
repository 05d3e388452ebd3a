"""Farthest-point sampling: spread out, the same every time, never past the limit."""

import math

from hypothesis import given
from hypothesis import strategies as st

from commons.sites.spread import farthest_first

SPOT = st.tuples(st.floats(-5, 5), st.floats(-5, 5))
SPOTS = st.lists(SPOT, max_size=30)


def test_the_farthest_from_what_is_taken_comes_first() -> None:
    assert farthest_first([(1, 0), (3, 0), (0, -2)], [(0.0, 0.0)], 2, 0.1) == [1, 2]


def test_nothing_is_taken_twice_and_nothing_that_is_near() -> None:
    assert farthest_first([(1, 0), (1, 0), (1.05, 0)], [(0.0, 0.0)], 5, 0.1) == [2]


@given(SPOTS, SPOTS, st.integers(0, 12))
def test_what_is_chosen_lies_apart_and_within_the_limit(
    candidates: list[tuple[float, float]], taken: list[tuple[float, float]], limit: int
) -> None:
    chosen = farthest_first(candidates, taken, limit, 0.2)
    assert len(chosen) == len(set(chosen)) <= limit
    spots = [*taken, *(candidates[at] for at in chosen)]
    for at, spot in enumerate(spots):
        for other in spots[max(at + 1, len(taken)) :]:
            assert math.dist(spot, other) >= 0.2


@given(SPOTS, st.integers(1, 12))
def test_what_is_left_is_no_farther_than_the_chosen_are_apart(
    candidates: list[tuple[float, float]], limit: int
) -> None:
    chosen = farthest_first(candidates, [(0.0, 0.0)], limit, 0.2)
    spots = [(0.0, 0.0), *(candidates[at] for at in chosen)]
    left = max((min(math.dist(c, s) for s in spots) for c in candidates), default=0.0)
    if len(chosen) < limit:
        assert left < 0.2
    else:
        apart = min(math.dist(a, b) for a in spots for b in spots if a is not b)
        assert left <= apart + 1e-9
