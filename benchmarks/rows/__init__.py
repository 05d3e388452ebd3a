"""The rows, by the names that BENCHMARKS gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.figures import Line
from benchmarks.rows import (
    guessing,
    handing_over,
    importing,
    killing,
    opening,
    overtaking,
    pressing,
    serving,
    slow_disk,
    starting,
)
from benchmarks.scale import Scale

Measure = Callable[[Scale, Callable[[str], None]], list[Line]]

ROWS: Mapping[str, Measure] = {
    "B1": pressing.measure,
    "B2": handing_over.measure,
    "B3": slow_disk.measure,
    "B4": killing.measure,
    "B7": opening.measure_pages,
    "B8": opening.measure_herd,
    "B10": importing.measure,
    "B11": starting.measure,
    "B13": overtaking.measure,
    "S1": guessing.measure,
    "P1": serving.measure_pages,
    "P2": serving.measure_serving,
}
