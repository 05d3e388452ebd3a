"""A family comes and goes with nothing but a telephone, in Spanish; another never hears of it."""

from __future__ import annotations

import json

from app import ENGINE, REPLY_HANDLERS
from commons import clock
from commons.accounts.models import Account, SignInSession
from commons.accounts.own_data import erasing
from commons.accounts.own_data.gathering import document, gather
from commons.roster.joining.models import JoinRequest
from commons.roster.models import Consent, ContactMethod, Erasure, Person, RosterEntry
from tests import builders
from tests.commons.accounts.by_signal.pages import begin, code_of, go_on, number_of
from tests.commons.messaging.conftest import Post
from tests.page import Browser
from tests.test_crawl import crawl

PHONE, NAME = "+12135550193", "Guadalupe"
GIVEN = {"handlers": REPLY_HANDLERS, "may_begin": ENGINE.may_begin}


def say(post: Post, *texts: str) -> str:
    """Write from the family's phone, one after another; return what came back last."""
    for text in texts:
        post.simulator.people.say(PHONE, text)
        assert post.simulator.drain()
        post.deliver(**GIVEN)
        post.wait_for_receipts(**GIVEN)
    phone = post.simulator.state.phone(PHONE)
    return [m.text for m in post.simulator.state.thread(phone) if m.to_phone and m.arrived][-1]


def test_a_family_joins_signs_in_and_leaves_and_another_cannot_see_that_it_existed(
    post: Post, browser: Browser, cast: builders.Cast
) -> None:
    kim = builders.a_person(cast.lincoln, builders.Group.FAMILY, name="Kim Example")
    before = everything_about(kim)
    code = builders.an_invite(cast.lincoln).reveal("code")

    # It joins.
    assert "nombre" in say(post, f"Unirme {code}")
    assert "idioma" in say(post, NAME)
    assert "sí" in say(post, "español").lower()
    said = say(post, "sí")
    assert "responsable" in said
    assert "Lincoln Elementary" in said
    browser.sign_in(cast.rosa)
    page = browser.get("/home").follow("See who")
    assert NAME in page.words
    page.form("/admit").submit()
    assert JoinRequest.get().state == "admitted"
    assert Consent.select().where(Consent.state == "given").count() == 2

    # It signs in.
    phone = Browser(browser.client.application)
    found = begin(phone)
    say(post, code_of(found), number_of(found))
    home = go_on(phone, found)
    assert home.heading == "Lincoln Elementary"
    assert home.root.get("lang") == "es"
    assert PHONE[-4:] in phone.get("/own-data").text

    # It leaves.
    assert "No se puede deshacer" in say(post, "Salir")
    assert Erasure.select().count() == 0
    receipt = say(post, "1")
    assert Erasure.get().receipt in receipt
    erasing.finish(clock.now())
    assert phone.get("/home").heading != "Lincoln Elementary"

    # Nothing of it is left, and nobody at the school can tell.
    assert [p.reveal("name") for p in Person.select()].count(NAME) == 0
    assert Person.select().where(Person.leaving_at.is_null(False)).count() == 0
    assert ContactMethod.value_index.of(PHONE).data not in {
        method.value_index.data for method in ContactMethod.select()
    }
    assert not Account.select().where(Account.person.is_null(False)).exists()
    assert SignInSession.select().join(Account).where(Account.id != cast.rosa.id).count() == 0
    assert [entry.person_id for entry in RosterEntry.select()] == [kim.id]
    assert everything_about(kim) == before
    for seen in crawl(browser):
        assert NAME not in seen.text


def everything_about(person: Person) -> str:
    """Return all that somebody can ever be shown about themselves."""
    found = {**document(gather(person, None)), "made_at": ""}
    return json.dumps(found, sort_keys=True, default=str)
