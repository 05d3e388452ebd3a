"""On which days there is school, and which bell rings next; holidays of a site or its district."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from peewee import Expression

from commons import clock
from commons.audit import record
from commons.database import transaction
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, require
from commons.sites import bells, naming
from commons.sites.models import BellEvent, District, Holiday, Site
from commons.sites.order import MOVED

LONGEST_NAME = 80
LONGEST_DAYS = 120  # the summer is about eighty
YEARS = dt.timedelta(days=3 * 366)
LOOK_AHEAD_DAYS = 200
FRIDAY = 5


@dataclass(frozen=True)
class WholeDistrict:
    """A district as a place where something is allowed: no single site's role reaches it."""

    district_id: int
    id: int = 0


def district(public_id: str) -> District:
    """Return the district with this id or code; raise NotFound."""
    same = (District.public_id == public_id) | (District.code == public_id)
    found = District.get_or_none(same)
    if found is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    return found


def require_for(actor: Actor, owner: Site | District) -> None:
    """Raise Forbidden or NotFound unless the actor may write the holidays of a site or district."""
    if isinstance(owner, District):
        require(actor, "sites.describe-district", WholeDistrict(owner.id))
    else:
        require(actor, "sites.describe", owner)


def holidays(owner: Site | District, since: dt.date | None = None) -> list[Holiday]:
    """Return the holidays of a site, its district's among them, or of a district, by day.

    `since` leaves out what was over before that day.
    """
    rows = Holiday.select().where(_counts_for(owner))
    if since is not None:
        rows = rows.where(Holiday.last_day >= since)
    return list(rows.order_by(Holiday.first_day, Holiday.id))


def _counts_for(owner: Site | District) -> Expression:
    if isinstance(owner, District):
        return Holiday.district == owner
    return (Holiday.site == owner) | (Holiday.district == owner.district_id)


def add_holiday(
    actor: Actor, owner: Site | District, *, name: str, first_day: dt.date, last_day: dt.date
) -> Holiday:
    """Write down days without lessons, of one site or of every site of a district.

    Raises Invalid with a sentence for `name`, `first_day` or `last_day`.
    """
    require_for(actor, owner)
    name = naming.checked(name, LONGEST_NAME, published=True)
    _check_days(first_day, last_day)
    with transaction():
        # The audit comes first: it locks the chain, so that a double click finds the first one.
        days = {"first_day": first_day, "last_day": last_day}
        _record(actor, owner, "added", name=name, **days)
        mine = {"district" if isinstance(owner, District) else "site": owner}
        if Holiday.get_or_none(name=name, **mine, **days):
            sentence = _l("This holiday is on the list already.")
            raise Invalid(sentence, {"name": sentence})
        return Holiday.create(name=name, **mine, **days)


def remove_holiday(actor: Actor, owner: Site | District, public_id: str) -> None:
    """Take a holiday off the list of a site or district; raise Conflict when it is not on it."""
    require_for(actor, owner)
    column = Holiday.district if isinstance(owner, District) else Holiday.site
    with transaction():
        _record(actor, owner, "removed", holiday=public_id)
        mine = (Holiday.public_id == public_id) & (column == owner)
        if not Holiday.delete().where(mine).execute():
            raise Conflict(MOVED)


def _record(actor: Actor, owner: Site | District, act: str, **details: object) -> None:
    site_id = None if isinstance(owner, District) else owner.id
    subject = f"{owner._meta.table_name}:{owner.public_id}"
    record(actor, f"holiday.{act}", subject, site=site_id, details=details)


def _check_days(first: dt.date, last: dt.date) -> None:
    if last < first:
        sentence = _l("The last day must not be before the first.")
        raise Invalid(sentence, {"last_day": sentence})
    if (last - first).days >= LONGEST_DAYS:
        sentence = _l("A holiday has at most 120 days. Look at the year.")
        raise Invalid(sentence, {"last_day": sentence})
    if abs(first - clock.now().date()) > YEARS:
        sentence = _l("This day is more than three years away. Look at the year.")
        raise Invalid(sentence, {"first_day": sentence})


def school_day(site: Site, day: dt.date) -> bool:
    """Return whether there is school on a day: its bells ring, and it is no holiday.

    Where no bell time was entered at all, Monday to Friday count.
    """
    return _has_bells(bells.week(site), day) and not _is_holiday(holidays(site, day), day)


def _has_bells(week: bells.Week, day: dt.date) -> bool:
    return bool(week.get(day.isoweekday())) if week else day.isoweekday() <= FRIDAY


def _is_holiday(free: list[Holiday], day: dt.date) -> bool:
    return any(one.first_day <= day <= one.last_day for one in free)


def next_bell(site: Site, now: dt.datetime) -> tuple[BellEvent, dt.datetime] | None:
    """Return the next bell after this instant and when it rings, in UTC.

    The bells ring by the clock on the wall, so the hours between two of them differ when the
    clocks change. None where no bell times were entered, or no school in 200 days.
    """
    week, zone = bells.week(site), ZoneInfo(site.timezone)
    if not week:
        return None
    today = clock.local(now, site.timezone).date()
    free = holidays(site, today)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = today + dt.timedelta(days=ahead)
        if _is_holiday(free, day):
            continue
        for event, at in week.get(day.isoweekday(), {}).items():
            moment = dt.datetime.combine(day, at, zone).astimezone(dt.UTC)
            if moment > now:
                return event, moment
    return None
