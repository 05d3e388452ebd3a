"""What anybody may read about a school, in words."""

import datetime as dt

from commons import i18n
from commons.sites import bells
from commons.sites.describing import facts
from commons.sites.models import Holiday, Site
from tests import builders
from tests.builders import Cast, actor
from tests.commons.sites.test_bells import day


def test_a_school_that_says_nothing_has_only_its_languages(cast: Cast) -> None:
    found = facts.facts(cast.lincoln)
    assert [language.code for language in found["languages"]] == ["en", "es"]
    assert not any(found[name] for name in ("points", "bells", "holidays", "sketch"))


def test_times_and_days_are_said_in_the_language_in_force(cast: Cast) -> None:
    bells.save(actor(cast.rosa), cast.lincoln, {1: day(start="08:05", dismissal="14:30")})
    found = facts.bell_times(cast.lincoln)
    assert found["bells"] == [{"day": "Monday", "times": ["8:05 am", "2:30 pm"]}]
    assert [str(words) for words in found["bell_events"]] == ["School starts", "School ends"]
    one = Holiday(name="x", first_day=dt.date(2026, 12, 21), last_day=dt.date(2026, 12, 21))
    assert facts.holiday_words(one) == "Monday 21 December 2026"
    i18n.speak("es")
    assert facts.bell_times(cast.lincoln)["bells"][0]["day"] == "lunes"
    assert facts.holiday_words(one) == "lunes, 21 de diciembre de 2026"


def test_a_retired_point_is_not_shown_and_one_at_the_gate_is_at_the_school(cast: Cast) -> None:
    Site.update(latitude=34.0145, longitude=-118.0).where(Site.id == cast.lincoln.id).execute()
    site = Site.get_by_id(cast.lincoln.id)
    builders.a_point(site)
    builders.a_point(site, "Old Park", retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    shown = facts.meeting_points(site)["points"]
    assert [(one.number, one.point.name, one.far) for one in shown] == [
        (1, "Harbor Library", "at the school")
    ]
