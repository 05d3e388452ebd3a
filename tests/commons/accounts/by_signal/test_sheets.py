"""Codes on paper: shown once, good until taken back, in the language of whoever holds them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from time_machine import TimeMachineFixture

from commons import clock, crypto
from commons.accounts import sessions
from commons.accounts.by_signal import people, sheets
from commons.accounts.by_signal.models import ReturnCode
from commons.audit import AuditContent
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import NotFresh
from commons.roster.models import Group, Person, RosterEntry
from tests import builders, page
from tests.commons.accounts.by_signal.conftest import Family

CODE = re.compile(r"(?:[2-9A-HJKMNP-Z]{4}-){5}[2-9A-HJKMNP-Z]{4}")


def a_sheet(cast: builders.Cast, person: Person) -> str:
    return sheets.make(builders.actor(cast.rosa), cast.lincoln, person)


def address(cast: builders.Cast, person: Person) -> str:
    return f"/sites/{cast.lincoln.public_id}/roster/people/{person.public_id}"


def printed(browser: page.Browser, cast: builders.Cast, person: Person) -> page.Page:
    browser.sign_in(cast.rosa)
    found = browser.get(address(cast, person)).follow("a code on paper")
    return found.form("/sheet").submit()


def come_back(browser: page.Browser, code: str, **given: str) -> page.Page:
    return browser.get("/return").form("/return").submit(code=code, **given)


def test_the_lead_prints_a_sheet_that_is_shown_once(
    browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    found = printed(browser, cast, amina.person)
    assert found.heading == "Your code for signing in"
    code = CODE.findall(found.words)[0]
    assert any(e.get("src", "").startswith("data:image/svg") for e in found.root.iter("img"))
    again = browser.get(f"{address(cast, amina.person)}/sheet")
    assert code not in again.text
    row = ReturnCode.get()
    assert row.code_hash == crypto.token_hash(code.replace("-", ""))
    assert row.expires_at - row.made_at == dt.timedelta(days=180)


def test_a_sheet_is_in_the_language_of_the_person(
    browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    Person.update(language="es").where(Person.id == amina.person.id).execute()
    found = printed(browser, cast, amina.person)
    assert found.root.get("lang") == "es"


def test_scanning_the_sheet_changes_nothing_and_the_button_signs_in(
    browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    code = a_sheet(cast, amina.person)
    found = browser.get(f"/return/{code}")
    assert ReturnCode.get().used_at is None
    assert found.form("/return").submit().heading == "Lincoln Elementary"
    assert ReturnCode.get().used_at is not None
    live = sessions.listed(people.account_for(amina.person))
    assert live[0].ends_at - live[0].made_at == dt.timedelta(days=30)


def test_a_code_works_again_and_each_use_is_written_down(
    browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    code = a_sheet(cast, amina.person)
    for _ in range(2):
        assert come_back(browser, code.lower(), shared="y").path == "/home"
    account = people.account_for(amina.person)
    rows = AuditContent.select().where(AuditContent.subject == f"account:{account.public_id}")
    assert sum('"sheet"' in row.reveal("content") for row in rows) == 2


def test_a_new_sheet_ends_the_one_before(
    browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    old, new = a_sheet(cast, amina.person), a_sheet(cast, amina.person)
    assert come_back(browser, old).status == 422
    assert come_back(browser, new).path == "/home"


def test_every_code_that_does_not_work_has_the_same_words(
    cast: builders.Cast, amina: Family, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    said = set()
    old = a_sheet(cast, amina.person)
    good = a_sheet(cast, amina.person)
    for code in (old, "", "AAAA", "22" * 12, good[:-1]):
        with pytest.raises(Invalid) as caught:
            sheets.sign_in(code, "phone", "net")
        said.add(str(caught.value))
    time_machine.shift(dt.timedelta(days=180, seconds=1))
    with pytest.raises(Invalid) as caught:
        sheets.sign_in(good, "phone", "net")
    assert said == {str(caught.value)}


def test_a_code_of_somebody_who_left_opens_nothing(cast: builders.Cast, amina: Family) -> None:
    code = a_sheet(cast, amina.person)
    RosterEntry.update(until=clock.now()).where(RosterEntry.person == amina.person).execute()
    with pytest.raises(Invalid):
        sheets.sign_in(code, "phone", "net")
    assert ReturnCode.get().used_at is None


def test_guessing_is_stopped_by_network(browser: page.Browser, db: str) -> None:
    for _ in range(20):
        assert come_back(browser, "AAAA-BBBB").status == 422
    assert come_back(browser, "AAAA-BBBB").status == 429


def test_only_the_lead_and_administrators_make_sheets_and_freshly(
    cast: builders.Cast, amina: Family
) -> None:
    make = sheets.make
    with pytest.raises(Forbidden):
        make(builders.actor(cast.carmen), cast.lincoln, amina.person)
    with pytest.raises(NotFound):
        make(builders.actor(cast.ines), cast.lincoln, amina.person)
    stale = builders.actor(cast.rosa, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(NotFresh):
        make(stale, cast.lincoln, amina.person)
    assert ReturnCode.select().count() == 0


def test_staff_get_no_sheet(browser: page.Browser, cast: builders.Cast) -> None:
    person = builders.a_person(cast.lincoln, Group.STAFF)
    with pytest.raises(Conflict):
        a_sheet(cast, person)
    browser.sign_in(cast.rosa)
    assert "not by Signal" in browser.get(f"{address(cast, person)}/sheet").words


def test_the_lead_signs_a_lost_phone_out_and_takes_the_paper_back(
    browser: page.Browser, other_browser: page.Browser, cast: builders.Cast, amina: Family
) -> None:
    code = a_sheet(cast, amina.person)
    come_back(other_browser, code)
    browser.sign_in(cast.rosa)
    found = browser.get(f"{address(cast, amina.person)}/sheet").form("/lock").submit()
    assert "signed out everywhere" in found.words
    assert other_browser.get("/home").heading == "Sign in"
    assert come_back(other_browser, code).status == 422


def test_the_lead_cannot_end_the_work_sessions_of_somebody(
    cast: builders.Cast, amina: Family
) -> None:
    account = type(cast.mara)
    account.update(person=amina.person).where(account.id == cast.mara.id).execute()
    token = sessions.open_session(cast.mara)
    people.lock_for(builders.actor(cast.rosa), cast.lincoln, amina.person)
    assert sessions.find(token) is not None
    people.lock(amina.person)
    assert sessions.find(token) is None


def test_nobody_locks_out_the_people_of_another_school(cast: builders.Cast, amina: Family) -> None:
    with pytest.raises(NotFound):
        people.lock_for(builders.actor(cast.ines), cast.lincoln, amina.person)
