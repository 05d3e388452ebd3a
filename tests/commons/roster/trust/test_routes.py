"""The pages of trust: what they show, what they never show, and what is read before an act."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.roster import holds
from commons.roster.models import ContactMethod, Person
from commons.roster.trust import service
from commons.roster.trust.models import Vouch
from tests.builders import Cast
from tests.commons.roster.trust.network import Network
from tests.page import Browser


@pytest.fixture
def rosa(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def mara(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.mara)
    return browser


def page_of(network: Network, person: Person, more: str = "") -> str:
    return f"/sites/{network.site.public_id}/trust/people/{person.public_id}{more}"


def hold(person: Person) -> None:
    holds.hold(ContactMethod.get(ContactMethod.person == person).id, clock.now())


def test_a_person_climbs_the_ladder(rosa: Browser, network: Network) -> None:
    person = network.member("Ana Member")
    page = rosa.get(f"/sites/{network.site.public_id}/roster/people/{person.public_id}")
    page = page.follow("How far they are trusted")
    assert "Level 0: not seen yet (here they are)" in page.words
    assert "2 members from different branches" in page.words
    page = page.form("/seen").submit()
    assert "Level 1: seen by the site lead (here they are)" in page.words
    assert "It is written down that they were seen." in page.words
    for voucher in (network.lead, network.vera):
        page = (
            page.follow("a member gives their word")
            .form("/vouch")
            .fill(voucher=voucher.public_id)
            .submit()
        )
        assert "they are reviewed along with you" in page.words
        assert not Vouch.select().where(Vouch.voucher == voucher).exists()
        page = page.form("/vouch").submit()
        assert "The member's word is written down." in page.words
    page = page.form("/confirm").submit()
    assert "Level 2: members gave their word, and the lead said yes (here they are)" in page.words
    assert service.level(network.site, person) == 2


def test_nobody_is_shown_who_gave_their_word(rosa: Browser, network: Network) -> None:
    person = network.at_level_2("Ana Member")
    shown = rosa.get(page_of(network, person)).words
    assert "Vera" not in shown
    assert "Rosa Lead" not in shown


def test_a_word_that_the_rules_refuse_is_explained_beside_the_choice(
    rosa: Browser, network: Network
) -> None:
    person = network.member()
    form = rosa.get(page_of(network, person, "/vouch")).form("/vouch")
    form.fill(voucher=network.vera.public_id)
    first = form.submit()
    service.vouch(network.rosa, network.site, network.vera, person)
    again = first.form("/vouch").submit()
    assert again.status == 422
    assert "They have given their word for this person already." in again.words


def test_a_word_is_taken_back(rosa: Browser, network: Network) -> None:
    person = network.at_level_2()
    service.freeze(network.rosa, network.site, person)
    service.unfreeze(network.rosa, network.site, person)
    form = rosa.get(page_of(network, person, "/vouch")).form("/vouch")
    page = form.fill(voucher=network.vera.public_id, act="take-back").submit()
    assert "loses what they had only by your word" in page.words
    page.form("/vouch").submit()
    assert service.level(network.site, person) == 0


def test_a_review_says_first_whom_it_touches(rosa: Browser, network: Network) -> None:
    ana, below = network.at_level_2("Ana Member"), network.member("Bo Below")
    service.vouch(network.rosa, network.site, ana, below)
    page = rosa.get(page_of(network, ana)).follow("Have them reviewed")
    assert "One more person whom they brought in falls to level 0 as well." in page.words
    assert "Bo" not in page.words
    assert service.level(network.site, ana) == 2
    page.form("/freeze").submit()
    index = rosa.get(f"/sites/{network.site.public_id}/trust")
    assert "Ana Member Gave their word for: Bo Below" in index.words
    page = index.follow("Bo Below").form("/unfreeze").submit()
    assert "Their review has ended." in page.words
    assert service.under_review(network.rosa, network.site) == [(ana, [])]


def test_an_administrator_verifies_until_a_day(mara: Browser, network: Network) -> None:
    person = network.member()
    form = mara.get(page_of(network, person)).form("/verify")
    assert form.submit(until="").status == 422
    late = (clock.now() + dt.timedelta(days=500)).date().isoformat()
    page = form.submit(until=late)
    assert page.status == 422
    assert "Choose a day from tomorrow to a year from now." in page.words
    page = page.form("/verify").submit(until=(clock.now().date() + dt.timedelta(90)).isoformat())
    assert "They are at level 3 now." in page.words
    page = page.form("/end-verification").submit()
    assert service.level(network.site, person) == 0


def test_the_lead_is_not_offered_to_verify(rosa: Browser, network: Network) -> None:
    assert "/verify" not in rosa.get(page_of(network, network.vera)).text


def test_a_changed_phone_is_on_every_page_that_it_matters_on(
    rosa: Browser, network: Network
) -> None:
    hold(network.vera)
    home = rosa.get("/home")
    assert "One person's Signal changed: nothing is sent to them." in home.words
    page = home.follow("Make sure of them").follow("Vera Verified")
    assert page.heading == "Is it still Vera Verified?"
    roster = rosa.get(f"/sites/{network.site.public_id}/roster")
    assert "Their Signal changed. Make sure that it is them." in roster.words
    assert "Changed phones and reviews (1)" in roster.words
    person = rosa.get(f"/sites/{network.site.public_id}/roster/people/{network.vera.public_id}")
    assert "No alert reaches them Their Signal changed." in person.words


def test_whom_somebody_made_sure_of_is_written_to_again(rosa: Browser, network: Network) -> None:
    hold(network.vera)
    form = rosa.get(page_of(network, network.vera, "/phone")).form("/release")
    assert "They get messages again in a moment." in form.submit().words
    assert not holds.is_held(network.vera)
    assert form.submit().status == 409
    assert "Nothing about their Signal is in doubt." in form.page.browser.get(form.page.path).words


def test_somebody_elses_number_is_taken_away(rosa: Browser, network: Network) -> None:
    hold(network.vera)
    page = rosa.get(page_of(network, network.vera, "/phone")).form("/not-them").submit()
    assert "The number is taken away from them." in page.words
    assert "They wait for a review." in page.words
    assert not ContactMethod.select().where(ContactMethod.person == network.vera).exists()


@pytest.mark.parametrize("who", ["amina", "dev", "carmen", "luis"])
def test_members_see_nothing_of_it(
    browser: Browser, cast: Cast, network: Network, who: str
) -> None:
    hold(network.vera)
    home = browser.sign_in(getattr(cast, who))
    assert "Signal changed" not in home.words
    for more in ("", "/vouch", "/freeze", "/phone"):
        assert browser.get(page_of(network, network.vera, more)).status == 403
