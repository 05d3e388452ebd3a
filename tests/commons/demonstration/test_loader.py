"""The demonstration is loaded once, by the ways an installation uses, and reaches nobody."""

from pathlib import Path

import pytest

from commons.accounts.models import Account
from commons.demonstration import loader
from commons.roster.models import ContactMethod, Group, Person
from commons.roster.reach import reach
from commons.settings import Settings
from commons.sites.models import Site, SiteState


@pytest.fixture
def said(settings: Settings) -> list[str]:
    return loader.load(settings)


def test_two_invented_schools_can_alert_and_22_real_ones_are_neighbours(said: list[str]) -> None:
    assert Site.select().where(Site.state == SiteState.OPEN).count() == 2
    assert Site.select().where(Site.state == SiteState.LISTED).count() == 22
    assert all("(demonstration)" in s.name for s in Site.select().where(Site.state == "open"))


def test_each_school_reaches_300_people_and_says_who_is_left_out(said: list[str]) -> None:
    for site in Site.select().where(Site.state == SiteState.OPEN):
        found = reach(site, groups=(Group.STAFF, Group.FAMILY))
        assert len(found.reachable) == 300
        assert {one.reason.value for one in found.left_out} == {
            "no_contact_method", "not_agreed", "said_stop",
        }  # fmt: skip


def test_every_number_is_one_that_no_telephone_has(said: list[str]) -> None:
    assert all(row.reveal("value")[5:10] == "55501" for row in ContactMethod.select())


def test_loading_again_changes_nothing_and_gives_new_links(
    said: list[str], settings: Settings
) -> None:
    before = (Person.select().count(), Account.select().count())
    again = loader.load(settings)
    assert (Person.select().count(), Account.select().count()) == before
    assert again[-1] == said[-1]
    assert not set(again[1:-1]) & set(said[1:-1])


def test_the_phones_are_written_down_for_the_simulator(said: list[str], settings: Settings) -> None:
    file: Path = settings.data / "phones.json"
    assert file.read_text().count('"number"') == 610
