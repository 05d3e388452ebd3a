"""What anybody may read about a school, ready for a page: it is all public record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from commons import clock, i18n
from commons.sites import bells, distance, languages, points, school_days
from commons.sites.models import Holiday, MeetingPoint, Site
from commons.sites.sketch import sketch
from commons.sites.words import BELL_EVENTS, POINT_KINDS, far_words


@dataclass(frozen=True)
class Shown:
    """A meeting point with its number in the drawing, and where it lies from the school."""

    number: int
    point: MeetingPoint
    kind: object
    far: str  # 0.8 miles north


def meeting_points(site: Site) -> dict[str, Any]:
    """Return the site's points with their numbers and distances, and the drawing of them."""
    live = points.live(site)
    shown = [
        Shown(number, point, POINT_KINDS[point.kind], far(site, point))
        for number, point in enumerate(live, 1)
    ]
    return {"points": shown, "sketch": sketch(site, live)}


def far(site: Site, point: MeetingPoint) -> str:
    """Return where a point lies from the school; empty where the school's place is not known."""
    miles = distance.miles(site, point)
    return "" if miles is None else far_words(miles, distance.direction(site, point))


def bell_times(site: Site) -> dict[str, Any]:
    """Return the bells that ring at all, and for each day with school their times in words."""
    week = bells.week(site)
    rung = [event for event in bells.ORDER if any(event in day for day in week.values())]
    rows = [
        {
            "day": i18n.weekday_words(weekday),
            "times": [i18n.bell_words(day[e]) if e in day else "" for e in rung],
        }
        for weekday, day in week.items()
    ]
    return {"bells": rows, "bell_events": [BELL_EVENTS[event] for event in rung]}


def holiday_words(one: Holiday) -> str:
    """Return the days of a holiday in words."""
    first = i18n.date_words(one.first_day, year=True)
    if one.first_day == one.last_day:
        return first
    last = i18n.date_words(one.last_day, year=True)
    return i18n.gettext("%(first)s to %(last)s", first=first, last=last)


def holidays(owner: Any, since: dt.date) -> list[dict[str, Any]]:
    """Return the holidays from a day on, with their days in words and whose they are."""
    return [
        {
            "public_id": one.public_id,
            "name": one.name,
            "days": holiday_words(one),
            "of_district": one.district_id is not None,
        }
        for one in school_days.holidays(owner, since)
    ]


def facts(site: Site) -> dict[str, Any]:
    """Return everything that the page of a site shows of what the site says of itself."""
    today = clock.local(clock.now(), site.timezone).date()
    return {
        **meeting_points(site),
        **bell_times(site),
        "holidays": holidays(site, today),
        "languages": [i18n.language(code) for code in languages.of(site)],
    }
