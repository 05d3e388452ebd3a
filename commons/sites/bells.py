"""Bell times: when the doors open and school starts and ends, on each day of the week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from commons.audit import record
from commons.database import transaction
from commons.errors import Invalid
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites.models import BellEvent, BellTime, Site

ORDER = tuple(BellEvent)  # in which they ring
Day = Mapping[BellEvent, dt.time]
Week = Mapping[int, Day]  # 1 is Monday, 7 is Sunday (ISO 8601)

NEEDS_START = _l("Enter when school starts on this day.")
NEEDS_DISMISSAL = _l("Enter when school ends on this day.")
DOORS_LATE = _l("The doors must open before school starts.")
ENDS_EARLY = _l("School must end after it starts.")
AFTER_EARLY = _l("The after-school program must end after school does.")


def field(weekday: int, event: BellEvent) -> str:
    """Return the name under which a day's bell is typed in and refused: `day_1_start`."""
    return f"day_{weekday}_{event.value}"


def week(site: Site) -> dict[int, dict[BellEvent, dt.time]]:
    """Return the bells of each day that has any; empty where nobody entered them."""
    found: dict[int, dict[BellEvent, dt.time]] = {}
    for row in BellTime.select().where(BellTime.site == site).order_by(BellTime.weekday):
        found.setdefault(row.weekday, {})[row.event] = dt.time.fromisoformat(row.at)
    return {day: {e: bells[e] for e in ORDER if e in bells} for day, bells in found.items()}


def save(actor: Actor, site: Site, wanted: Week) -> None:
    """Replace all bell times of a site; a day that is left out, or empty, has no school.

    Raises Invalid with a sentence for each field whose time is missing or out of order: the
    doors open no later than school starts, school ends after that, the after-school program no
    earlier.
    """
    require(actor, "sites.describe", site)
    faults = {
        field(day, event): sentence
        for day, bells in wanted.items()
        for event, sentence in _faults(bells).items()
    }
    if faults:
        raise Invalid(_l("Some bell times cannot be right."), faults)
    rows = [
        {"site": site, "weekday": day, "event": event, "at": f"{at:%H:%M}"}
        for day, bells in sorted(wanted.items())
        for event, at in bells.items()
    ]
    with transaction():
        # The audit comes first: it locks the site's chain, so that two weeks never mix.
        record(actor, "bells.changed", f"site:{site.public_id}", site=site.id)
        BellTime.delete().where(BellTime.site == site).execute()
        if rows:
            BellTime.insert_many(rows).execute()


def _faults(bells: Day) -> dict[BellEvent, object]:
    if not bells:
        return {}
    doors, start, dismissal, after = (bells.get(event) for event in ORDER)
    faults: dict[BellEvent, object] = {}
    if start is None:
        faults[BellEvent.START] = NEEDS_START
    if dismissal is None:
        faults[BellEvent.DISMISSAL] = NEEDS_DISMISSAL
    if doors and start and doors > start:
        faults[BellEvent.DOORS] = DOORS_LATE
    if start and dismissal and start >= dismissal:
        faults[BellEvent.DISMISSAL] = ENDS_EARLY
    if dismissal and after and dismissal > after:
        faults[BellEvent.AFTER_SCHOOL] = AFTER_EARLY
    return faults
