"""From *something is happening* to the all-clear: pages, relay, gateway and phones."""

from __future__ import annotations

from app import REPLY_HANDLERS
from commons.messaging.models import Message, MessageState
from commons.roster.models import Group
from rapidresponse.alerts.models import Acknowledgement, Alert, Approval
from rapidresponse.alerts.replies import acknowledge
from tests import builders
from tests.commons.messaging.conftest import Post
from tests.page import Browser, Page
from tests.rapidresponse.alerts.school import School, signal_for

HANDLERS = (acknowledge,)


def go(post: Post) -> None:
    """Let the relay send, wait for the phones, and take in what they answered."""
    post.deliver(handlers=HANDLERS)
    post.wait_for_receipts(handlers=HANDLERS)


def send(browser: Browser, school: School) -> Page:
    browser.sign_in(school.cast.rosa)
    page = browser.get("/home").follow("Something is happening").follow("Agents at the entrance")
    page = page.follow("Main entrance").follow("core, staff and families")
    return page.form("/alerts/new").submit()


def yes(browser: Browser, school: School) -> Page:
    second = Browser(browser.client.application)
    second.sign_in(school.cast.mara)
    page = second.get("/home").follow("Say yes or no")
    return page.form("/approve").submit()


def test_everyone_gets_it_in_their_language_and_the_page_knows(
    school: School, browser: Browser, post: Post
) -> None:
    page = send(browser, school)
    go(post)
    assert "CONFIRMED" in post.texts(school.lead)[0]
    assert post.texts(school.garcia) == []
    yes(browser, school)
    go(post)
    assert "CONFIRMADO" in post.texts(school.garcia)[0]
    assert "2 of 4" not in browser.get(page.path).words
    assert "4 of 4 have it." in browser.get(page.path).words


def test_a_second_person_says_yes_from_their_phone_in_spanish(
    school: School, browser: Browser, post: Post
) -> None:
    mara = builders.a_person(school.cast.other_school, Group.VOLUNTEER, language="es")
    signal_for(school.cast.mara, mara)
    page = send(browser, school)
    post.deliver(handlers=REPLY_HANDLERS)
    assert "2 personas esperan el sí" in post.texts(mara)[0]
    post.say(mara, f"SÍ {Approval.get().code}")
    post.wait_for_receipts(handlers=REPLY_HANDLERS)
    go(post)
    assert "CONFIRMADO" in post.texts(school.garcia)[0]
    assert "Su sí quedó registrado" in post.texts(mara)[1]
    assert "Mara Example said yes." in browser.get(page.path).words


def test_a_read_an_answer_and_a_reaction_come_back_to_the_page(
    school: School, browser: Browser, post: Post
) -> None:
    page = send(browser, school)
    yes(browser, school)
    go(post)
    number = builders.number_of
    post.simulator.people.read(number(school.lead))
    post.say(school.teacher, "1")
    post.simulator.people.react(number(school.kim), "👍")
    post.wait_for_receipts(handlers=HANDLERS)
    assert {a.via for a in Acknowledgement.select()} == {"reply", "reaction"}
    assert Message.get(Message.person == school.lead).state is MessageState.READ
    assert "2 people have answered this alert." in browser.get(page.path).words


def test_a_number_that_signal_does_not_know_needs_a_call(
    school: School, browser: Browser, post: Post
) -> None:
    page = send(browser, school)
    Message.update(state=MessageState.FAILED, reason="unregistered").where(
        Message.person == school.teacher
    ).execute()
    go(post)
    words = browser.get(page.path).words
    assert "1 needs a call." in words
    assert "Signal does not know their number." in words


def test_the_all_clear_reaches_everybody_who_got_the_alert(
    school: School, browser: Browser, post: Post
) -> None:
    page = send(browser, school)
    yes(browser, school)
    go(post)
    end = browser.get(page.path).follow("All clear").follow("Normal").form("/follow-up")
    assert "All clear given" in end.submit(seen="y").words
    go(post)
    for person in (school.lead, school.teacher, school.garcia, school.kim):
        assert len(post.texts(person)) == 2
    assert Alert.get().state == "closed"


def test_whoever_says_stop_hears_no_more_of_it(
    school: School, browser: Browser, post: Post
) -> None:
    page = send(browser, school)
    yes(browser, school)
    go(post)
    post.say(school.garcia, "ALTO")
    post.wait_for_receipts(handlers=HANDLERS)
    before = post.texts(school.garcia)
    end = browser.get(page.path).follow("All clear").follow("Normal").form("/follow-up")
    end.submit(seen="y")
    go(post)
    assert post.texts(school.garcia) == before
    assert len(post.texts(school.kim)) == 2
