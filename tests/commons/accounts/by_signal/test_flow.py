"""What the relay asks and says when somebody signs in, and what it makes of sprayed codes."""

from __future__ import annotations

import logging

import pytest
from time_machine import TimeMachineFixture

from commons import clock, crypto
from commons.accounts import sessions
from commons.accounts.by_signal import codes, people, service
from commons.accounts.by_signal.models import RequestState, SignInRequest
from commons.messaging.words import LOCALES, words
from commons.roster.models import ContactMethod, Group, Person
from tests import builders
from tests.commons.accounts.by_signal.conftest import Family, Phone
from tests.commons.accounts.by_signal.pages import wrong_choice


def a_page(device: str = "phone") -> tuple[SignInRequest, str, str]:
    token = service.start(device, crypto.token())
    found = service.shown(token)
    assert found is not None
    row = SignInRequest.get(SignInRequest.token_hash == crypto.token_hash(token))
    return row, found.code, found.number


def state(row: SignInRequest) -> RequestState:
    return SignInRequest.get_by_id(row.id).state


def test_the_relay_asks_which_of_three_numbers_the_page_shows(amina: Family) -> None:
    row, code, number = a_page("computer")
    lines = (amina.phone.say(code) or "").splitlines()
    assert lines[0] == (
        "Somebody wants to sign in on a computer. Which number does the page show? "
        "Did somebody else give you the code? Then choose the last answer."
    )
    assert number in {line.split()[-1] for line in lines[1:4]}
    assert lines[4] == "4 = None: it is not me"
    assert state(row) == RequestState.ASKED


@pytest.mark.parametrize("way", ["position", "number", "line"])
def test_the_right_number_is_picked_by_its_place_or_by_itself(amina: Family, way: str) -> None:
    row, code, number = a_page()
    question = amina.phone.say(code) or ""
    line = next(line for line in question.splitlines() if line.endswith(f" {number}"))
    said = {"position": line.split()[0], "number": number, "line": line}[way]
    assert amina.phone.say(said) == "Thank you. The page goes on now."
    assert state(row) == RequestState.APPROVED


@pytest.mark.parametrize("said", ["4", "no"])
def test_not_me_is_refused_for_good(amina: Family, said: str) -> None:
    row, code, number = a_page()
    amina.phone.say(code)
    assert (amina.phone.say(said) or "").startswith("Nobody was signed in.")
    assert state(row) == RequestState.REFUSED
    amina.phone.say(number)
    assert state(row) == RequestState.REFUSED


def test_a_wrong_number_is_refused_for_good(amina: Family) -> None:
    row, code, number = a_page()
    question = amina.phone.say(code) or ""
    amina.phone.say(wrong_choice(question, number))
    assert state(row) == RequestState.REFUSED


def test_the_order_of_the_numbers_tells_nothing(amina: Family) -> None:
    places = set()
    for _ in range(40):
        _row, code, number = a_page()
        question = (amina.phone.say(code) or "").splitlines()
        places.add(next(line.split()[0] for line in question if line.endswith(f" {number}")))
    assert places == {"1", "2", "3"}


def test_of_two_phones_that_send_one_code_the_first_has_it(
    amina: Family, cast: builders.Cast
) -> None:
    row, code, number = a_page()
    other = Phone(builders.a_person(cast.lincoln, Group.FAMILY, name="Other Example"))
    amina.phone.say(code)
    assert "not known" in (other.say(code) or "")
    other.say(number)
    assert state(row) == RequestState.ASKED
    assert SignInRequest.get_by_id(row.id).person_id == amina.person.id


def test_who_sends_the_code_twice_is_asked_again(amina: Family) -> None:
    row, code, number = a_page()
    amina.phone.say(code)
    assert "Which number" in (amina.phone.say(code) or "")
    amina.phone.say(number)
    assert state(row) == RequestState.APPROVED


def test_a_number_that_nobody_knows_is_sent_to_its_school(cast: builders.Cast) -> None:
    row, code, _number = a_page()
    said = Phone(builders.a_guest("en")).say(code)
    assert said == "This number is not known here. Ask your school for its link."
    assert state(row) == RequestState.OPEN


def test_staff_are_told_how_they_sign_in(cast: builders.Cast) -> None:
    row, code, _number = a_page()
    said = Phone(builders.a_person(cast.lincoln)).say(code)
    assert "sign-in name and password" in (said or "")
    assert state(row) == RequestState.OPEN


def test_a_phone_whose_key_changed_signs_nobody_in(amina: Family) -> None:
    row, code, _number = a_page()
    ContactMethod.update(held_at=clock.now()).execute()
    assert "Ask the site lead" in (amina.phone.say(code) or "")
    assert state(row) == RequestState.OPEN


def test_five_wrong_codes_an_hour_are_answered_and_then_none_is(
    amina: Family, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    for _ in range(5):
        assert "not known" in (amina.phone.say(codes.page_code()) or "")
    row, code, _number = a_page()
    assert amina.phone.say(code) == ""
    assert state(row) == RequestState.OPEN
    time_machine.shift(3601)
    _row, code, _number = a_page()
    assert "Which number" in (amina.phone.say(code) or "")


def test_a_spray_over_many_phones_ends_at_a_hundred_and_hits_nothing(
    cast: builders.Cast, caplog: pytest.LogCaptureFixture, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    phones = [Phone(builders.a_guest("en")) for _ in range(25)]
    with caplog.at_level(logging.WARNING):
        answered = sum(bool(phones[turn % 25].say(codes.page_code())) for turn in range(150))
    assert answered == 100
    assert [r.levelname for r in caplog.records if "wrong sign-in codes" in r.message] == [
        "WARNING"
    ]
    # 5,000 pages wait at once; a hit still has to pick one number of three.
    a_code_is_good = sum(codes._is_page_code(codes._random(6)) for _ in range(2000)) / 2000
    space = a_code_is_good * len(codes.ALPHABET) ** codes.PAGE_LENGTH
    assert answered * 5000 / space / 3 <= 0.001


def test_lock_signs_out_everywhere_at_once(amina: Family) -> None:
    account = people.account_for(amina.person)
    tokens = [sessions.open_session(account) for _ in range(3)]
    row, code, _number = a_page()
    amina.phone.say(code)
    assert (amina.phone.say("LOCK") or "").startswith("Signed out everywhere.")
    assert [sessions.find(token) for token in tokens] == [None] * 3
    assert state(row) == RequestState.REFUSED


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_is_asked_in_the_language_of_the_person(amina: Family, locale: str) -> None:
    Person.update(language=locale).where(Person.id == amina.person.id).execute()
    _row, code, _number = a_page()
    question = amina.phone.say(code) or ""
    assert words(locale).say("sign_in_ask_phone") in question
    assert words(locale).say("sign_in_not_me") in question
