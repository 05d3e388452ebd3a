"""Chooses places that lie well apart, so that few of them cover the surroundings of a school."""

from __future__ import annotations

import math
from collections.abc import Sequence

Spot = tuple[float, float]  # miles to the east and to the north of the school


def farthest_first(
    candidates: Sequence[Spot], taken: Sequence[Spot], limit: int, least: float
) -> list[int]:
    """Return which candidates to take, each the farthest from all that are taken before it.

    Stops at the limit, or when every candidate is nearer than `least` miles to one taken. The
    same candidates give the same choice: of two that are equally far, the first wins. It covers
    at worst half as well as the best choice there is (Gonzalez 1985).
    """
    gaps = [min((math.dist(spot, one) for one in taken), default=math.inf) for spot in candidates]
    chosen: list[int] = []
    while len(chosen) < min(limit, len(candidates)):
        best = max(range(len(candidates)), key=lambda at: (gaps[at], -at))
        if gaps[best] < least or best in chosen:
            break
        chosen.append(best)
        gaps = [
            min(gap, math.dist(spot, candidates[best]))
            for gap, spot in zip(gaps, candidates, strict=True)
        ]
    return chosen
