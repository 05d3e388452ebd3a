"""Signing in by Signal as a browser sees it: bound to it, used once, the same for everybody."""

from __future__ import annotations

import datetime as dt
import logging
import re

import pytest
from time_machine import TimeMachineFixture

from commons import clock
from commons.accounts import sessions
from commons.accounts.by_signal import people
from commons.accounts.models import SignInSession
from commons.database import transaction
from commons.messaging.models import Message
from commons.permissions import Role
from commons.roster.models import Group, RosterEntry
from tests import builders, page
from tests.commons.accounts.by_signal.conftest import Family
from tests.commons.accounts.by_signal.pages import (
    START,
    begin,
    code_of,
    go_on,
    number_of,
    sign_in,
    wrong_choice,
)


def live_sessions() -> list[SignInSession]:
    return list(SignInSession.select().where(SignInSession.ended_at.is_null()))


def test_a_family_signs_in_with_nothing_but_signal(browser: page.Browser, amina: Family) -> None:
    home = browser.get("/").follow("I use Signal")
    found = home.form(START).submit()
    assert found.heading == "Send this code from Signal"
    assert "https://signal.me/#p/+12135550100" in found.links()
    answer = amina.phone.pick(code_of(found), number_of(found))
    assert answer == "Thank you. The page goes on now."
    home = go_on(browser, found)
    assert (home.path, home.heading) == ("/home", "Lincoln Elementary")
    assert "People of this school" not in home.words
    assert "Languages of this school: English, Español" in home.words


def test_a_page_that_looks_again_by_itself_goes_on_by_itself(
    browser: page.Browser, amina: Family
) -> None:
    found = begin(browser)
    assert "Your answer has come." not in browser.get(f"{START}/live").words
    amina.phone.pick(code_of(found), number_of(found))
    piece = browser.get(f"{START}/live")
    assert "Your answer has come." in piece.words
    htmx = {"HX-Request": "true"}
    answer = browser.post(f"{START}/go-on", piece.form("/go-on").values, headers=htmx)
    assert answer.response.headers["HX-Redirect"] == "/home"


def test_the_page_is_the_same_to_the_byte_whoever_looks(
    browser: page.Browser, other_browser: page.Browser, amina: Family
) -> None:
    guest = builders.a_guest("en")
    ours, theirs = begin(browser), begin(other_browser)
    amina.phone.say(code_of(ours))
    type(amina.phone)(guest).say(code_of(theirs))
    assert masked(browser.get(START)) == masked(other_browser.get(START)) == masked(ours)
    pieces = browser.get(f"{START}/live"), other_browser.get(f"{START}/live")
    assert masked(pieces[0]) == masked(pieces[1])


def test_the_page_costs_the_same_work_whoever_sent_its_code(
    browser: page.Browser, amina: Family, caplog: pytest.LogCaptureFixture
) -> None:
    found = begin(browser)
    before = statements(browser, caplog)
    amina.phone.say(code_of(found))
    assert statements(browser, caplog) == before


def statements(browser: page.Browser, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The statements that the page which looks again costs."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "peewee"):
        browser.get(f"{START}/live")
    return [str(record.args or record.msg)[:60] for record in caplog.records]


def test_signing_in_sends_nothing_to_anybody_who_did_not_write(
    browser: page.Browser, amina: Family
) -> None:
    for _ in range(3):
        begin(browser)
    assert Message.select().count() == 0


def masked(found: page.Page) -> str:
    """A page without its code, its number and its form token."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", found.text)
    text = re.sub(r'(id="code" dir="ltr">)\w{6}<', r"\1<", text)
    return re.sub(r">\d\d</bdi>", "></bdi>", text)


def test_an_answer_is_used_once(browser: page.Browser, amina: Family) -> None:
    found = begin(browser)
    amina.phone.pick(code_of(found), number_of(found))
    stolen = browser.client.get_cookie("__Host-farolito", domain="farolito.test").value
    go_on(browser, found)
    thief = page.Browser(browser.client.application)
    thief.client.set_cookie("__Host-farolito", stolen, domain="farolito.test", secure=True)
    again = thief.post(f"{START}/go-on", found.form("/go-on").values)
    assert again.heading == "Sign in"
    assert len(live_sessions()) == 1


def test_a_double_press_opens_one_session_and_ends_at_home(
    browser: page.Browser, amina: Family
) -> None:
    found = begin(browser)
    amina.phone.pick(code_of(found), number_of(found))
    before = browser.client.get_cookie("__Host-farolito", domain="farolito.test").value
    assert go_on(browser, found).path == "/home"
    after = browser.client.get_cookie("__Host-farolito", domain="farolito.test").value
    browser.client.set_cookie("__Host-farolito", before, domain="farolito.test", secure=True)
    second = browser.post(f"{START}/go-on", found.form("/go-on").values, follow=False)
    assert (second.status, second.response.headers["Location"]) == (303, "/home")
    assert "Set-Cookie" not in second.response.headers
    browser.client.set_cookie("__Host-farolito", after, domain="farolito.test", secure=True)
    assert browser.get("/home").heading == "Lincoln Elementary"
    assert len(live_sessions()) == 1


def test_another_browser_gets_nothing_from_the_answer(
    browser: page.Browser, other_browser: page.Browser, amina: Family
) -> None:
    found, theirs = begin(browser), begin(other_browser)
    amina.phone.pick(code_of(found), number_of(found))
    assert go_on(other_browser, theirs).heading == "Send this code from Signal"
    assert other_browser.get("/home").heading == "Sign in"
    assert live_sessions() == []


def test_the_button_before_the_answer_leads_back_to_the_page(
    browser: page.Browser, db: str
) -> None:
    found = begin(browser)
    assert code_of(go_on(browser, found)) == code_of(found)


def test_a_wrong_pick_is_refused_for_good_and_leaves_other_sessions(
    browser: page.Browser, other_browser: page.Browser, amina: Family
) -> None:
    sign_in(other_browser, amina.phone)
    found = begin(browser)
    question = amina.phone.say(code_of(found)) or ""
    answer = amina.phone.say(wrong_choice(question, number_of(found)))
    assert (answer or "").startswith("Nobody was signed in.")
    assert "Another number was picked" in go_on(browser, found).words
    amina.phone.pick(code_of(found), number_of(found))
    assert "Nobody was signed in" in browser.get(START).words
    assert other_browser.get("/home").heading == "Lincoln Elementary"


def test_a_code_that_is_too_old_signs_nobody_in(
    browser: page.Browser, amina: Family, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    found = begin(browser)
    time_machine.shift(dt.timedelta(minutes=10, seconds=1))
    assert "This code is not known" in (amina.phone.say(code_of(found)) or "")
    assert "This code is too old" in go_on(browser, found).words
    assert browser.get(START).follow("Start again").heading == "Sign in with Signal"


def test_an_answer_after_two_minutes_is_too_late(
    browser: page.Browser, amina: Family, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    found = begin(browser)
    amina.phone.say(code_of(found))
    time_machine.shift(dt.timedelta(minutes=2, seconds=1))
    assert "took too long" in (amina.phone.say(number_of(found)) or "")
    assert "This code is too old" in go_on(browser, found).words


def test_a_cookie_from_before_is_worth_nothing_after_signing_in(
    browser: page.Browser, amina: Family
) -> None:
    found = begin(browser)
    with browser.client.session_transaction(base_url=page.ADDRESS) as kept:
        kept["planted"] = "x"
        before = dict(kept)
    amina.phone.pick(code_of(found), number_of(found))
    go_on(browser, found)
    with browser.client.session_transaction(base_url=page.ADDRESS) as kept:
        assert "planted" not in kept
        assert "signal" not in kept
        assert kept["_user_id"] != before["signal"]["token"]
        assert kept["csrf_token"] != before["csrf_token"]


def test_a_shared_device_is_signed_out_after_twelve_hours(
    browser: page.Browser, other_browser: page.Browser, amina: Family
) -> None:
    sign_in(browser, amina.phone, shared="y")
    sign_in(other_browser, amina.phone)
    short, long = sorted(row.ends_at - row.made_at for row in live_sessions())
    assert (short, long) == (dt.timedelta(hours=12), dt.timedelta(days=30))
    assert browser.client.get_cookie("__Host-farolito", domain="farolito.test").expires is None
    assert other_browser.client.get_cookie("__Host-farolito", domain="farolito.test").expires


def test_whoever_leaves_the_roster_can_do_nothing_at_the_next_request(
    browser: page.Browser, amina: Family
) -> None:
    assert sign_in(browser, amina.phone).status == 200
    with transaction():
        RosterEntry.update(until=clock.now()).where(RosterEntry.person == amina.person).execute()
    assert "Lincoln Elementary" not in browser.get("/home").words
    assert browser.get("/sites").status == 403


def test_a_network_gets_ten_codes_an_hour(browser: page.Browser, db: str) -> None:
    for _ in range(10):
        assert begin(browser).status == 200
    assert begin(browser).status == 429


def test_a_school_evening_is_not_stopped_by_one_network(
    browser: page.Browser, cast: builders.Cast
) -> None:
    for _ in range(10):
        begin(browser)
    code = builders.an_invite(cast.lincoln).reveal("code")
    for n in range(15):
        guest = page.Browser(browser.client.application)
        form = guest.get(f"/join/{code}").form("/join")
        assert form.submit(name=f"Family {n}", language="es").status == 200


def test_looking_makes_no_code(browser: page.Browser, db: str) -> None:
    from commons.accounts.by_signal.models import SignInRequest

    browser.get(START)
    browser.get(f"{START}/live")
    assert SignInRequest.select().count() == 0


def test_an_old_session_is_proved_by_signal_again(
    browser: page.Browser, amina: Family, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    sign_in(browser, amina.phone)
    token = live_sessions()[0].token_hash
    time_machine.shift(dt.timedelta(minutes=30))
    found = browser.get("/account/prove-again", query={"next": "/account"})
    found = found.form("/prove-again/signal").submit()
    amina.phone.pick(code_of(found), number_of(found))
    assert go_on(browser, found).path == "/account"
    (session,) = live_sessions()
    assert session.fresh_at == clock.now()
    assert session.token_hash != token


def test_nobody_else_can_prove_an_old_session(
    browser: page.Browser, amina: Family, cast: builders.Cast
) -> None:
    other = builders.a_person(cast.lincoln, Group.FAMILY, name="Other Example")
    sign_in(browser, amina.phone)
    fresh = live_sessions()[0].fresh_at
    found = browser.get("/account/prove-again").form("/prove-again/signal").submit()
    type(amina.phone)(other).pick(code_of(found), number_of(found))
    assert "Answer from the phone that this account belongs to." in go_on(browser, found).words
    assert live_sessions()[0].fresh_at == fresh


def test_a_work_account_is_not_proved_by_signal(browser: page.Browser, cast: builders.Cast) -> None:
    browser.sign_in(cast.rosa)
    values = browser.get("/account").form("preferences").values
    assert browser.post("/account/prove-again/signal", values).status == 404


def test_a_family_sees_and_ends_its_sessions_and_no_password(
    browser: page.Browser, other_browser: page.Browser, amina: Family
) -> None:
    sign_in(other_browser, amina.phone)
    sign_in(browser, amina.phone)
    account = browser.get("/account")
    assert "Password" not in account.words
    assert "Authenticator" not in account.words
    account.form("end-others").submit()
    assert other_browser.get("/home").heading == "Sign in"
    assert browser.get("/account/password").status == 404
    assert browser.get("/account/second-factor").status == 404


@pytest.mark.parametrize("group", [Group.FAMILY, Group.VOLUNTEER])
def test_a_family_reads_of_no_other_family(
    browser: page.Browser, cast: builders.Cast, amina: Family, group: Group
) -> None:
    builders.a_person(cast.lincoln, group, name="Canary Bird", number="+12135550177")
    sign_in(browser, amina.phone)
    seen, waiting = set(), {"/home", f"/sites/{cast.lincoln.public_id}", "/account"}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        found = browser.get(address)
        assert "Canary" not in found.text
        assert "5550177" not in re.sub(r"\D", "", found.text)
        if found.response.mimetype != "text/html":
            continue
        links = {link.split("#")[0] for link in found.links() if link.startswith("/")}
        waiting |= {link for link in links if "language=" not in link} - seen
    assert len(seen) >= 4


def test_a_work_account_of_the_same_person_stays_shut(
    browser: page.Browser, amina: Family, cast: builders.Cast
) -> None:
    with transaction():
        type(cast.rosa).update(person=amina.person).where(
            type(cast.rosa).id == cast.rosa.id
        ).execute()
    sign_in(browser, amina.phone)
    account = people.account_of(amina.person)
    assert account is not None
    assert account.id != cast.rosa.id
    assert {grant.role for grant in sessions.grants_of(account)} == {Role.PARENT}
