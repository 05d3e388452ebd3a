"""The link below somebody's copy: their words, three answers, no session, and an end."""

from __future__ import annotations

import datetime as dt
import html
from pathlib import Path
from typing import Any

import pytest
import time_machine

from commons import clock
from commons.errors import Invalid, NotFound, RateLimited
from commons.messaging import answer_links
from commons.messaging.models import Message, MessageState
from commons.messaging.words import LOCALES, words
from commons.roster.models import Group, Person
from rapidresponse.alerts import drawing
from rapidresponse.alerts.answers import links
from rapidresponse.alerts.models import AckKind, Acknowledgement, Alert, VersionKind
from rapidresponse.alerts.versions import versions_of
from tests import builders, page
from tests.rapidresponse.alerts.school import School, follow, intent, put, send, texts

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
HERE = {"Sec-Fetch-Site": "same-origin"}


def copy(alert: Alert, person: Person, number: int = 1) -> Message:
    version = versions_of(alert)[number - 1]
    return put(version, person, MessageState.DELIVERED)


def link(message: Message) -> str:
    return f"/a/{answer_links.token(message.id)}"


def kinds() -> list[tuple[str, str]]:
    return [(row.kind.value, row.via) for row in Acknowledgement.select()]


def press(browser: page.Browser, path: str, answer: str, **given: Any) -> page.Page:
    return browser.post(path, {"answer": answer}, **{"headers": HERE, **given})


def test_an_answer_by_the_link_is_that_persons(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    token = answer_links.token(copy(alert, school.teacher).id)
    for word in ("received", "safe", "need_help", "need_help"):
        links.answer(token, word)
    assert kinds() == [("received", "link"), ("safe", "link"), ("need_help", "link")]
    assert {row.person_id for row in Acknowledgement.select()} == {school.teacher.id}


def test_what_the_link_says_last_is_how_somebody_is(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    token = answer_links.token(copy(alert, school.teacher).id)
    for word in ("need_help", "safe", "need_help"):
        links.answer(token, word)
    answer = links.open_link(token).answer
    assert answer is not None
    assert answer.kind is AckKind.NEED_HELP


@pytest.mark.parametrize("word", ["", "read", "RECEIVED"])
def test_only_three_answers_are_answers(school: School, word: str) -> None:
    message = copy(send(school.site, school.cast.rosa), school.teacher)
    with pytest.raises(Invalid):
        links.answer(answer_links.token(message.id), word)


def test_one_link_answers_thirty_times_an_hour(school: School) -> None:
    token = answer_links.token(copy(send(school.site, school.cast.rosa), school.teacher).id)
    for _ in range(30):
        links.answer(token, "received")
    with pytest.raises(RateLimited):
        links.answer(token, "received")


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "A" * 23, "é" * 22])
def test_a_made_up_link_leads_nowhere(school: School, token: str) -> None:
    send(school.site, school.cast.rosa)
    with pytest.raises(NotFound):
        links.open_link(token)


def test_the_link_of_a_message_about_something_else_leads_nowhere(school: School) -> None:
    from commons.messaging import outbox

    outbox.say(school.teacher, "Your messages will be in English.", "answer")
    with pytest.raises(NotFound):
        links.open_link(answer_links.token(Message.get().id))


def test_the_newest_words_that_went_to_them_are_shown(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    first = copy(alert, school.teacher)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    token = answer_links.token(first.id)
    assert not links.open_link(token).newer
    copy(alert, school.teacher, number=2)
    opened = links.open_link(token)
    assert (opened.newer, opened.version.number) == (True, 2)


def test_a_link_ends_a_day_after_its_alert(school: School) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    token = answer_links.token(copy(alert, school.teacher).id)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    ended = Alert.get_by_id(alert.id).ended_at
    assert not links.open_link(token, ended + dt.timedelta(hours=23, minutes=59)).ended
    assert links.open_link(token, ended + dt.timedelta(hours=24)).ended


@only_sqlcipher
def test_the_page_shows_the_words_and_looking_answers_nothing(
    school: School, browser: page.Browser
) -> None:
    alert = send(school.site, school.cast.rosa)
    message = copy(alert, school.teacher)
    found = browser.get(link(message), headers={"User-Agent": "TelegramBot (like TwitterBot)"})
    assert found.status == 200
    assert texts(versions_of(alert)[0])["A2", "en"] in html.unescape(found.text)
    assert "Nobody has said yet that this is over. Next message by" in found.words
    assert kinds() == []
    assert found.response.headers["Cache-Control"] == "no-store"
    assert found.response.headers["Referrer-Policy"] == "no-referrer"
    assert found.response.headers["X-Robots-Tag"] == "noindex"


@only_sqlcipher
def test_pressing_says_what_was_recorded_and_lets_them_ask_for_help(
    school: School, browser: page.Browser
) -> None:
    path = link(copy(send(school.site, school.cast.rosa), school.teacher))
    after = press(browser, path, "safe")
    assert after.status == 200
    assert "I am safe" in after.words.split("Recorded at")[1]
    assert 'value="need_help"' in after.text
    after = press(browser, path, "need_help")
    assert "see that you need help" in after.words
    assert 'value="safe"' in after.text
    # A page left open, where they had not asked for help yet, takes nothing back.
    assert "see that you need help" in press(browser, path, "received").words


@only_sqlcipher
def test_no_cookie_is_ever_set_not_even_for_somebody_signed_in(
    school: School, browser: page.Browser
) -> None:
    path = link(copy(send(school.site, school.cast.rosa), school.teacher))
    for _ in range(2):
        for answer in (
            browser.get(f"{path}?language=es"),
            browser.get("/a/nobody"),
            press(browser, path, "received", follow=False),
        ):
            assert "Set-Cookie" not in answer.response.headers
        assert "Rosa" not in browser.get(path).text
        browser.sign_in(school.cast.rosa)


@only_sqlcipher
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": page.ADDRESS}, 403),
        ({}, 303),
        ({"Origin": page.ADDRESS}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": f"{page.ADDRESS}.evil.example"}, 403),
    ],
)
def test_a_form_of_another_site_answers_nothing(
    school: School, browser: page.Browser, headers: dict[str, str], status: int
) -> None:
    path = link(copy(send(school.site, school.cast.rosa), school.teacher))
    assert press(browser, path, "received", headers=headers, follow=False).status == status
    assert bool(kinds()) is (status == 303)


@only_sqlcipher
def test_a_made_up_link_finds_the_same_page_as_anything_unknown(
    school: School, browser: page.Browser
) -> None:
    unknown = browser.get("/nothing-here")
    for answer in (browser.get(f"/a/{'A' * 22}"), press(browser, "/a/x", "safe")):
        assert (answer.status, answer.heading) == (404, unknown.heading)


@only_sqlcipher
def test_after_its_end_the_page_says_so_and_shows_no_words(
    school: School, browser: page.Browser
) -> None:
    alert = send(school.site, school.cast.rosa, intent(audiences=("A1", "A2")))
    path = link(copy(alert, school.teacher))
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert "This is over, since" in browser.get(path).words
    with time_machine.travel(clock.now() + dt.timedelta(hours=24, minutes=1)):
        found = browser.get(path)
        assert found.status == 410
        assert "This link has ended" in found.words
        assert alert.code not in found.text
        assert press(browser, path, "need_help").status == 410
    assert kinds() == []


@only_sqlcipher
def test_a_promised_word_that_is_late_is_not_over(school: School, browser: page.Browser) -> None:
    path = link(copy(send(school.site, school.cast.rosa), school.teacher))
    with time_machine.travel(clock.now() + dt.timedelta(hours=3)):
        assert "Not confirmed over. The message promised for" in browser.get(path).words


@only_sqlcipher
@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_is_small_and_whole_in_their_language(
    school: School, browser: page.Browser, locale: str
) -> None:
    person = builders.a_person(school.site, Group.STAFF, language=locale)
    path = link(copy(send(school.site, school.cast.rosa), person))
    found = press(browser, path, "need_help")
    said = words(locale)
    assert (found.root.get("lang"), found.root.get("dir")) == (
        locale.replace("_", "-"),
        said.direction,
    )
    for phrase in ("answer_help_note", "answer_yours", "answer_which", "emergency"):
        assert said.say(phrase) in found.words
    assert "<script" not in found.text
    sheets = [each.get("href", "") for each in found.root.iter("link")]
    assert sheets == ["data:,", drawing.style_path()]
    assert len(found.text.encode()) + len(drawing.style()) <= drawing.MOST_BYTES


@only_sqlcipher
def test_the_style_sheet_is_served_for_a_year(browser: page.Browser) -> None:
    style = browser.get(drawing.style_path())
    assert "immutable" in style.response.headers["Cache-Control"]
    assert style.text.encode() == drawing.style()
    assert all(Path(sheet).name in ("tokens.css", "public.css") for sheet in drawing.SHEETS)
