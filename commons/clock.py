"""The only caller of the system clock, so that a test can move time."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

UTC = dt.UTC


def now() -> dt.datetime:
    """Return this instant in UTC."""
    return dt.datetime.now(UTC)


def milliseconds(moment: dt.datetime | None = None) -> int:
    """Return milliseconds since the epoch, the unit of every Signal timestamp."""
    return int((moment or now()).timestamp() * 1000)


def from_milliseconds(value: int) -> dt.datetime:
    """Return the instant of a Signal timestamp."""
    return dt.datetime.fromtimestamp(value / 1000, UTC)


def monotonic() -> float:
    """Return seconds that never go backwards, for measuring how long something took."""
    return time.monotonic()


def local(moment: dt.datetime, timezone: str) -> dt.datetime:
    """Return the instant in a site's own time zone."""
    return moment.astimezone(ZoneInfo(timezone))
