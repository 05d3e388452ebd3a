"""How a drawn page is kept: as it is now, and as it is once the promised word is late.

Both are there from the start, so that a page turns late by itself, with no query and no job.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass

_HEAD = struct.Struct(">dI")


@dataclass(frozen=True)
class Kept:
    """The two pages, compressed; `late_from` in seconds since the epoch, none for never."""

    fresh: bytes
    late: bytes
    late_from: float


def pack(fresh: bytes, late: bytes, due: dt.datetime | None) -> bytes:
    """Return both pages as one value for the table; without `due` nothing is ever late."""
    late_from = due.timestamp() if due is not None else float("inf")
    return _HEAD.pack(late_from, len(fresh)) + fresh + late


def unpack(body: bytes) -> Kept:
    """Return what `pack` was given."""
    late_from, length = _HEAD.unpack_from(body)
    cut = _HEAD.size + length
    return Kept(body[_HEAD.size : cut], body[cut:], late_from)
