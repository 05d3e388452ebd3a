"""A family that nobody knows joins and signs in with nothing but a phone, in its own language."""

from __future__ import annotations

from app import ENGINE, REPLY_HANDLERS
from commons.roster.joining import service as joining
from commons.roster.joining.models import JoinRequest
from commons.roster.models import ContactMethod, Person
from tests import builders
from tests.commons.accounts.by_signal.pages import begin, code_of, go_on, number_of
from tests.commons.messaging.conftest import Post
from tests.page import Browser

PHONE = "+12135550191"
GIVEN = {"handlers": REPLY_HANDLERS, "may_begin": ENGINE.may_begin}


def say(post: Post, text: str) -> str:
    """Write from the family's phone, and return what the relay answered last."""
    post.simulator.people.say(PHONE, text)
    assert post.simulator.drain()
    post.deliver(**GIVEN)
    post.wait_for_receipts(**GIVEN)
    phone = post.simulator.state.phone(PHONE)
    texts = [m.text for m in post.simulator.state.thread(phone) if m.to_phone and m.arrived]
    return texts[-1] if texts else ""


def test_a_family_joins_waits_is_admitted_and_signs_in_again(
    post: Post, browser: Browser, cast: builders.Cast
) -> None:
    invite = builders.an_invite(cast.lincoln)
    form = browser.get(f"/join/{invite.reveal('code')}").form("/join")
    found = form.submit(name="Lupe", language="es")
    question = say(post, code_of(found))
    assert "¿Qué número muestra la página?" in question
    assert say(post, number_of(found)) == "Gracias. La página continúa ahora."
    waiting = go_on(browser, found)
    assert waiting.root.get("lang") == "es"
    assert "Lincoln Elementary" not in waiting.words

    request = JoinRequest.get()
    joining.admit(builders.actor(cast.rosa), cast.lincoln, request)
    assert browser.get("/home").heading == "Lincoln Elementary"

    again = Browser(browser.client.application)
    found = begin(again)
    say(post, code_of(found))
    say(post, number_of(found))
    assert go_on(again, found).heading == "Lincoln Elementary"

    assert say(post, "LOCK").startswith("Sesión cerrada en todas partes.")
    assert again.get("/home").heading == "Sign in"
    assert browser.get("/home").heading == "Sign in"


def test_a_phone_that_nobody_knows_learns_nothing_and_opens_nothing(
    post: Post, browser: Browser, cast: builders.Cast
) -> None:
    found = begin(browser)
    assert (
        say(post, code_of(found)) == "This number is not known here. Ask your school for its link."
    )
    assert go_on(browser, found).heading == "Send this code from Signal"
    assert Person.select().count() == ContactMethod.select().count() == 1
