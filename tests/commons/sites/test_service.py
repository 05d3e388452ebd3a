"""Opening, finding and measuring sites, and their posture."""

import datetime as dt
import threading
import tomllib
from pathlib import Path

import pytest
import time_machine

from commons import audit, clock
from commons.database import connection
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE, PUBLIC_VISITOR
from commons.roster import slots
from commons.sites import service
from commons.sites.models import Posture, PostureValue, Site, SitePlace, SiteState
from tests import builders
from tests.builders import Cast, actor

PACK = Path(__file__).parents[3] / "rapidresponse" / "alerts" / "library" / "types.toml"


def listed(name: str = "Maple Elementary", **given: object) -> Site:
    site = builders.a_site(name, state=SiteState.LISTED, **given)
    SitePlace.delete().where(SitePlace.site == site).execute()
    return site


def test_a_site_that_opens_has_its_places_and_the_slots_it_must_fill(db: str) -> None:
    site = service.open_site(CONSOLE, listed())
    assert site.state == SiteState.OPEN
    assert [place.key for place in site.places.order_by(SitePlace.position)] == list(
        service.DEFAULT_PLACES
    )
    assert slots.gaps(site) == list(slots.REQUIRED)


def test_every_usual_place_has_its_words_in_the_alert_pack() -> None:
    pack = tomllib.loads(PACK.read_text(encoding="utf-8"))
    assert set(service.DEFAULT_PLACES) <= set(pack["lists"]["places"])


def test_a_site_opens_once(db: str) -> None:
    site = listed()
    service.open_site(CONSOLE, site)
    with pytest.raises(Conflict):
        service.open_site(CONSOLE, site)


def test_a_site_that_leaves_is_a_neighbour_again(db: str) -> None:
    site = service.close_site(CONSOLE, service.open_site(CONSOLE, listed()))
    assert site.state == SiteState.LISTED
    with pytest.raises(Conflict):
        service.close_site(CONSOLE, site)


def test_a_site_lead_cannot_open_a_site(cast: Cast) -> None:
    with pytest.raises(NotFound):
        service.open_site(actor(cast.rosa), listed())
    with pytest.raises(Forbidden):
        service.close_site(actor(cast.rosa), cast.lincoln)


@pytest.mark.parametrize("field", ["cds_code", "nces_code", "public_id"])
def test_a_site_is_found_by_any_of_its_codes(db: str, field: str) -> None:
    site = listed(cds_code="19647330100289", nces_code="062271011333")
    assert service.by_code(getattr(site, field)) == site


def test_a_code_that_no_site_has_is_not_found(db: str) -> None:
    with pytest.raises(NotFound, match="123"):
        service.by_code("123")


def test_the_list_turns_its_pages_in_both_directions(db: str) -> None:
    for name in ("Ash", "Birch", "Birch", "Cedar", "Elm"):
        listed(name)
    first = service.sites_page(CONSOLE, size=2)
    second = service.sites_page(CONSOLE, size=2, after=first.rows[-1].public_id)
    third = service.sites_page(CONSOLE, size=2, after=second.rows[-1].public_id)
    names = [[site.name for site in page.rows] for page in (first, second, third)]
    assert names == [["Ash", "Birch"], ["Birch", "Cedar"], ["Elm"]]
    back = service.sites_page(CONSOLE, size=2, before=third.rows[0].public_id)
    assert back == second
    assert (first.has_previous, first.has_next) == (False, True)
    assert (third.has_previous, third.has_next) == (True, False)


@pytest.mark.parametrize("words", ["maple", "Maple bell", "bell", "90201", "%"])
def test_sites_are_found_by_name_city_or_zip_code(db: str, words: str) -> None:
    site = listed(city="Bell", zip_code="90201")
    listed("Oak High", city="Maywood", zip_code="90270")
    found = service.sites_page(CONSOLE, words).rows
    assert found == ([site] if words != "%" else [])


def test_the_public_sees_no_list(db: str) -> None:
    with pytest.raises(Forbidden):
        service.sites_page(PUBLIC_VISITOR)


def test_neighbours_come_by_distance_without_those_that_have_closed(db: str) -> None:
    here = listed("Here", latitude=34.0, longitude=-118.0)
    far = listed("Far", latitude=34.02, longitude=-118.0)
    near = listed("Near", latitude=34.01, longitude=-118.0)
    listed("Unknown")
    builders.a_site("Gone", state=SiteState.CLOSED, latitude=34.0, longitude=-118.0)
    assert [found.site for found in service.neighbours(here, 2)] == [near, far]
    assert service.neighbours(Site.get(Site.name == "Unknown")) == []


def test_a_posture_counts_until_the_next_and_is_looked_at_again(cast: Cast) -> None:
    rosa, site = actor(cast.rosa), cast.lincoln
    with time_machine.travel("2026-11-21 18:00Z", tick=False):
        service.set_posture(rosa, site, PostureValue.SECURE, 30)
        current = service.current_posture(site)
        assert current is not None
        assert current.value == PostureValue.SECURE
        assert current.review_at == clock.now() + dt.timedelta(minutes=30)
    service.set_posture(rosa, site, PostureValue.NORMAL)
    assert service.current_postures([site.id]) == {site.id: PostureValue.NORMAL}
    assert Posture.select().count() == 2
    assert audit.faults(f"site:{site.id}") == []


def test_where_nothing_was_decided_the_posture_is_normal(cast: Cast) -> None:
    assert service.current_posture(cast.lincoln) is None
    assert service.current_postures([cast.lincoln.id])[cast.lincoln.id] == PostureValue.NORMAL


def test_whoever_did_not_see_the_last_decision_is_told(cast: Cast) -> None:
    service.set_posture(actor(cast.rosa), cast.lincoln, PostureValue.HOLD, 30, seen="")
    with pytest.raises(Conflict, match="a moment ago"):
        service.set_posture(actor(cast.mara), cast.lincoln, PostureValue.SECURE, 30, seen="")
    assert Posture.select().count() == 1


def test_of_two_decisions_at_once_one_is_told_of_the_other(cast: Cast) -> None:
    refused: list[Conflict] = []

    def decide(value: PostureValue) -> None:
        with connection():
            try:
                service.set_posture(actor_of_rosa, cast.lincoln, value, 30, seen="")
            except Conflict as clash:
                refused.append(clash)

    actor_of_rosa = actor(cast.rosa)
    both = [
        threading.Thread(target=decide, args=(value,))
        for value in (PostureValue.HOLD, PostureValue.SHELTER)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (len(refused), Posture.select().count()) == (1, 1)


@pytest.mark.parametrize("minutes", [None, 4, 1441])
def test_a_posture_without_a_time_to_look_again_is_refused(cast: Cast, minutes: int | None) -> None:
    with pytest.raises(Invalid):
        service.set_posture(actor(cast.rosa), cast.lincoln, PostureValue.HOLD, minutes)


def test_the_front_desk_sets_no_posture_and_another_school_finds_none(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        service.set_posture(actor(cast.dev), cast.lincoln, PostureValue.HOLD, 30)
    with pytest.raises(NotFound):
        service.set_posture(actor(cast.ines), cast.lincoln, PostureValue.HOLD, 30)
