"""The public page: only after the yes, exactly the families' words, nothing of anybody, an end."""

from __future__ import annotations

import datetime as dt
import gzip
import html
from collections.abc import Iterator

import pytest
import time_machine
from peewee import OperationalError

from commons import clock, crypto
from commons.messaging import answer_links, outbox
from commons.messaging.models import Message, MessageState
from commons.messaging.words import LOCALES, words
from commons.retention import purge
from commons.roster.models import Group
from commons.web.security import HEADERS
from rapidresponse.alerts import approvals, drawing
from rapidresponse.alerts.models import Alert, AlertPage, AlertVersion, VersionKind
from rapidresponse.alerts.public_page import lane, service
from rapidresponse.alerts.versions import versions_of
from tests import builders, page
from tests.rapidresponse.alerts.school import School, first, follow, heard, send, texts

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)


def approve(alert: Alert, school: School) -> None:
    approval = approvals.waiting(alert)
    assert approval is not None
    approvals.approve(builders.actor(school.cast.mara), alert, shown=approval.body_hash)


def approved(school: School) -> Alert:
    alert = send(school.site, school.cast.rosa)
    approve(alert, school)
    return alert


def path(alert: Alert, tag: str = "") -> str:
    token = service.token_of(alert.idempotency_key)
    return f"/p/{token}/{tag}" if tag else f"/p/{token}"


def drawn(alert: Alert) -> list[str]:
    return [row.language for row in AlertPage.select().where(AlertPage.alert == alert)]


@pytest.fixture
def later() -> Iterator[time_machine.Coordinates]:
    """A clock that is moved by hand: pages are held against the table once a second."""
    with time_machine.travel(clock.now(), tick=False) as clock_:
        yield clock_


def test_there_is_no_page_before_the_second_persons_yes(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    assert drawn(alert) == []
    approve(alert, school)
    assert sorted(drawn(alert)) == ["es", "ko"]


def test_a_no_makes_no_page(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    approval = approvals.waiting(alert)
    assert approval is not None
    approvals.decline(builders.actor(school.cast.mara), alert, shown=approval.body_hash)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    assert drawn(alert) == []


def test_words_that_were_all_taken_back_leave_no_page(school: School) -> None:
    alert = approved(school)
    outbox.cancel(first(alert).topic_id, "taken_back")
    assert service.draw(alert.id) == 0
    assert drawn(alert) == []


def test_only_a_hash_of_its_token_is_kept(school: School) -> None:
    alert = approved(school)
    token = service.token_of(alert.idempotency_key)
    assert len(token) == 22
    assert {row.token_hash for row in AlertPage.select()} == {crypto.token_hash(token)}


def test_families_words_end_with_the_link_and_no_other_words_do(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    address = f"{page.ADDRESS}{path(alert)}"
    for (audience, language), text in texts(first(alert)).items():
        assert text.endswith(f"\n{address}") is (audience == "A9"), (audience, language)
    said = texts(first(alert))["A9", "es"]
    assert "Esta página siempre muestra el mensaje más reciente:" in said


def test_without_an_address_of_ours_there_is_no_link(school: School) -> None:
    answer_links.use("")
    alert = send(school.site, school.cast.rosa)
    assert not [text for text in texts(first(alert)).values() if "/p/" in text]


def test_who_joins_later_waits_and_the_page_shows_what_families_have(school: School) -> None:
    alert = approved(school)
    update = follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert set(heard(update, MessageState.HELD)) == set()
    new = builders.a_person(school.site, Group.FAMILY, language="fa")
    second = follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert set(heard(second, MessageState.HELD)) == {new.id}
    # Nobody said yes to the words in Persian, and nobody has got them.
    assert sorted(drawn(alert)) == ["es", "ko"]
    approve(alert, school)
    assert sorted(drawn(alert)) == ["es", "fa", "ko"]


def test_the_page_ends_a_day_after_its_alert_and_is_gone(school: School) -> None:
    alert = approved(school)
    assert AlertPage.get().ends_at is None
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    ended = Alert.get_by_id(alert.id).ended_at
    assert {row.ends_at for row in AlertPage.select()} == {ended + dt.timedelta(hours=24)}
    assert service.has_page(alert)
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        assert not service.has_page(alert)
        purge()
    assert drawn(alert) == []


def test_a_correction_that_says_it_is_not_over_opens_the_page_again(school: School) -> None:
    alert = approved(school)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    back = {"old": "all_clear", "new": "not_over"}
    follow(alert, school.cast.rosa, VersionKind.CORRECTION, back)
    assert {row.ends_at for row in AlertPage.select()} == {None}


@only_sqlcipher
def test_the_page_says_what_families_were_sent_and_nothing_of_anybody(
    school: School, browser: page.Browser
) -> None:
    alert = approved(school)
    spanish = browser.get(path(alert, "es"))
    assert texts(first(alert))["A9", "es"] in html.unescape(spanish.text)
    assert alert.code in spanish.heading
    assert school.site.name in spanish.heading
    assert words("es").say("page_code", code=alert.code) in spanish.words
    for hidden in ("entrada principal", "Ana", "Rosa", alert.public_id):
        assert hidden not in spanish.text
    assert f"{path(alert)}/ko" in spanish.links()


@only_sqlcipher
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ko-KR,ko;q=0.9", "ko"),
        ("fr, es-MX;q=0.5", "es"),
        ("fr", "es"),
        ("", "es"),
        ("\x00;", "es"),
    ],
)
def test_the_browsers_language_is_chosen_among_those_there_are(
    school: School, browser: page.Browser, wanted: str, found: str
) -> None:
    answer = browser.get(path(approved(school)), headers={"Accept-Language": wanted})
    assert answer.root.get("lang") == found
    assert "Accept-Language" in answer.response.headers["Vary"]


@only_sqlcipher
def test_the_page_follows_the_alert_within_a_second(
    school: School, browser: page.Browser, later: time_machine.Coordinates
) -> None:
    alert = send(school.site, school.cast.rosa)
    assert browser.get(path(alert)).status == 404
    approve(alert, school)
    early = browser.get(path(alert, "es"))
    assert words("es").say("page_live") in early.words
    later.shift(2)
    follow(alert, school.cast.rosa, VersionKind.UPDATE)
    later.shift(1.1)
    update = browser.get(path(alert, "es"))
    assert f"{alert.code}.v2" in update.words
    later.shift(2)
    follow(alert, school.cast.rosa, VersionKind.ALL_CLEAR)
    later.shift(1.1)
    over = browser.get(path(alert, "es"))
    assert "Esto terminó, desde las" in over.words
    later.shift(24 * 3600)
    ended = browser.get(path(alert, "es"))
    assert (ended.status, ended.heading) == (404, words("es").say("page_ended"))
    assert alert.code not in ended.text
    purge()
    later.shift(2)
    assert browser.get(path(alert, "es")).heading == browser.get("/nothing-here").heading


@only_sqlcipher
def test_a_crowd_costs_one_look_at_the_table_a_second(
    school: School,
    browser: page.Browser,
    later: time_machine.Coordinates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, looks, look = path(approved(school)), [], lane._mark
    monkeypatch.setattr(lane, "_mark", lambda token: looks.append(token) or look(token))
    for _ in range(20):
        assert browser.client.get(address).status_code == 200
    assert len(looks) == 1
    later.shift(1.1)
    for _ in range(20):
        assert browser.client.get(address).status_code == 200
    assert len(looks) == 2
    # What is no token at all is not looked for.
    assert browser.client.get(f"/p/{'x' * 5000}").status_code == 404
    assert len(looks) == 2


@only_sqlcipher
def test_a_page_is_served_on_while_the_database_is_away(
    school: School,
    browser: page.Browser,
    later: time_machine.Coordinates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = path(approved(school))
    assert browser.client.get(address).status_code == 200

    def away(_token: str) -> frozenset[object]:
        raise OperationalError

    monkeypatch.setattr(lane, "_mark", away)
    later.shift(60)
    assert browser.client.get(address).status_code == 200


@only_sqlcipher
def test_a_page_turns_late_by_itself_without_any_query(
    school: School, browser: page.Browser, later: time_machine.Coordinates
) -> None:
    alert = approved(school)
    due = first(alert).next_update_at
    assert due is not None
    fresh = browser.get(path(alert, "es"))
    later.move_to(due + dt.timedelta(seconds=1))
    late = browser.get(path(alert, "es"))
    assert "Sin confirmar que haya terminado" in late.words
    assert late.response.headers["ETag"] != fresh.response.headers["ETag"]


@only_sqlcipher
def test_the_head_is_the_same_as_everywhere_and_sets_no_cookie(
    school: School, browser: page.Browser
) -> None:
    browser.sign_in(school.cast.rosa)
    alert = approved(school)
    headers = browser.get(f"{path(alert)}?language=es").response.headers
    assert headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Strict-Transport-Security"]
    assert headers["Cache-Control"] == "public, max-age=15"
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers["Vary"]


@only_sqlcipher
def test_only_looking_is_answered_and_what_is_known_is_not_sent_again(
    school: School, browser: page.Browser
) -> None:
    address = path(approved(school))
    seen = browser.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert seen.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(seen.data).startswith(b"<!DOCTYPE html>")
    assert browser.client.head(address).data == b""
    again = browser.client.get(address, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert browser.client.post(address).status_code in (400, 404, 405)
    for other in (f"{address}/tlh", f"{address[:-1]}!", "/p/", "/p/x/es"):
        assert browser.get(other).status == 404


@only_sqlcipher
def test_the_page_is_small_and_whole_in_all_six_languages(
    school: School, browser: page.Browser
) -> None:
    for locale in LOCALES:
        builders.a_person(school.site, Group.FAMILY, language=locale)
    alert = approved(school)
    for locale in LOCALES:
        tag, said = locale.replace("_", "-"), words(locale)
        found = browser.get(path(alert, tag))
        assert (found.root.get("lang"), found.root.get("dir")) == (tag, said.direction)
        for phrase in ("page_ask", "emergency", "page_live"):
            assert said.say(phrase) in found.words
        assert "<script" not in found.text
        assert len(found.text.encode()) + len(drawing.style()) <= drawing.MOST_BYTES


@only_sqlcipher
def test_staff_hand_the_link_on_as_a_square(school: School, browser: page.Browser) -> None:
    alert = send(school.site, school.cast.rosa)
    browser.sign_in(school.cast.mara)
    there = f"/alerts/{alert.public_id}"
    assert f"{there}/public-page" not in browser.get(there).links()
    assert "families have not been told yet" in browser.get(f"{there}/public-page").words
    approve(alert, school)
    sheet = browser.get(there).follow("Public page")
    assert f"{page.ADDRESS}{path(alert)}" in sheet.links()
    assert "data:image/svg" in sheet.text


def test_a_rolled_back_yes_leaves_no_page(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = send(school.site, school.cast.rosa)
    monkeypatch.setattr(approvals, "_record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        approve(alert, school)
    assert drawn(alert) == []
    assert {row.state for row in Message.select()} == {MessageState.QUEUED, MessageState.HELD}
    assert AlertVersion.select().count() == len(versions_of(alert))
