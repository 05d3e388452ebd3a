"""How much is measured: enough to be believed, or just enough to see that a row runs."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of the rows; one count means the same everywhere."""

    rounds: int = 5
    # B1: recipients of an alert, and presses a round for each of them.
    recipients: tuple[tuple[int, int], ...] = ((300, 8), (10_000, 5))
    # B2: latency in seconds → messages, a whole multiple of what is in flight.
    in_flight: int = 32
    messages: tuple[tuple[float, int], ...] = ((0.3, 192), (0.05, 960), (0.0, 960))
    one_by_one: tuple[tuple[float, int], ...] = ((0.3, 4), (0.05, 16), (0.0, 128))
    least_limit: float = 0.9  # a round in which the limit has less of its own bound is dropped
    growth: tuple[int, ...] = ()  # B2: messages at 0 ms whose rates must be alike
    # B3: as B2, on a slow disk
    slow_messages: tuple[tuple[float, int], ...] = ((0.3, 192), (0.05, 960))
    # B4
    kills: int = 12
    crash_messages: int = 3_200
    # B7, B8, and B1 while phones a second open the page
    page_requests: int = 2_000
    herd: int = 500
    herd_messages: int = 960
    visits: int = 1_000
    visit_seconds: int = 60
    # B10
    import_rows: tuple[int, ...] = (10_000,)
    created_rows: int = 2_000
    # B13: routine messages in the queue, and the urgent ones that overtake them
    overtaking: tuple[int, int] = (6_000, 100)
    # S1
    sign_ins: int = 600
    # B11, P2
    starts: int = 5
    held_after: int = 2_000  # messages
    serves: int = 3


USUAL = Scale()
FULL = Scale(growth=(1_000, 10_000, 70_000), import_rows=(10_000, 70_000))
TINY = Scale(
    rounds=1,
    recipients=((6, 1),),
    in_flight=4,
    messages=((0.01, 8),),
    one_by_one=((0.01, 2),),
    slow_messages=((0.01, 8),),
    least_limit=0.0,
    kills=1,
    crash_messages=40,
    page_requests=20,
    herd=8,
    herd_messages=8,
    visits=4,
    visit_seconds=1,
    import_rows=(20,),
    created_rows=5,
    overtaking=(20, 4),
    sign_ins=6,
    starts=1,
    held_after=5,
    serves=1,
)


def chosen(tiny: bool) -> Scale:
    """Return the scale: tiny for the tests, the growth rows with SIZE=full."""
    if tiny:
        return TINY
    return FULL if os.environ.get("SIZE") == "full" else USUAL
