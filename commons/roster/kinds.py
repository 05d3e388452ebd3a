"""What each role is: whose, whether somebody must fill it, and how many may at once."""

from __future__ import annotations

import enum
import tomllib
from dataclasses import dataclass
from pathlib import Path

from commons.roster.models import SlotKind

DATA = Path(__file__).with_name("slots.toml")


class Level(enum.StrEnum):
    """Whose role it is; what stands above a site holds at each of its sites."""

    SITE = "site"
    DISTRICT = "district"
    COUNTY_OFFICE = "county_office"


@dataclass(frozen=True)
class Kind:
    """A role as slots.toml has it; `most` does not count backups."""

    level: Level
    required: bool
    most: int


def _read() -> dict[SlotKind, Kind]:
    return {
        SlotKind(name): Kind(Level(given["level"]), given.get("required", False), given["most"])
        for name, given in tomllib.loads(DATA.read_text(encoding="utf-8")).items()
    }


KINDS = _read()
ORDER = {kind: position for position, kind in enumerate(KINDS)}


def required(*levels: Level) -> tuple[SlotKind, ...]:
    """Return the roles of these levels that somebody must fill, in calling order."""
    return tuple(kind for kind, has in KINDS.items() if has.required and has.level in levels)
