"""MY DATA and LEAVE in Signal: read, a page, or erased, in one's own language."""

from __future__ import annotations

import datetime as dt

import pytest

from commons import clock
from commons.accounts.by_signal import people
from commons.accounts.models import Account, SignInLink
from commons.accounts.own_data.flow import MOST_SCHOOLS, my_data_flow, summary
from commons.messaging.conversations.engine import Engine
from commons.messaging.models import Message, Reply
from commons.messaging.replies import hear
from commons.messaging.words import LOCALES, words
from commons.permissions import CONSOLE
from commons.retention import place_hold
from commons.roster import service as roster
from commons.roster.models import ContactMethod, Erasure, Group, Person
from tests import builders
from tests.builders import Cast
from tests.page import Browser

ENGINE = Engine([my_data_flow()])
_seconds = iter(range(1, 10_000))


@pytest.fixture
def mother(cast: Cast) -> Person:
    return builders.a_person(
        cast.lincoln, Group.FAMILY, name="Ana Example", language="es", number="+12135550142"
    )


def say(person: Person, *texts: str) -> str:
    """Say these things one after the other; return the last answer."""
    for text in texts:
        at = clock.now() + dt.timedelta(milliseconds=next(_seconds))
        hear(Person.get_by_id(person.id), at, text, None, (ENGINE.handle, ENGINE.ask_again))
    newest = Message.select().where(Message.person == person).order_by(Message.id.desc()).first()
    return newest.text.reveal("body") if newest else ""


def test_the_words_offer_three_things_in_ones_own_language(mother: Person) -> None:
    said = say(mother, "MIS DATOS")
    assert said.splitlines() == [
        "¿Qué quiere hacer con lo que se guarda sobre usted?",
        "1 leerlo aquí",
        "2 recibir una página con todo",
        "3 borrar todo e irme",
    ]


def test_reading_says_what_is_held_without_name_and_number(cast: Cast, mother: Person) -> None:
    other = builders.a_person(cast.other_school, Group.FAMILY, name="Olga Otherwise")
    roster.reveal_number(builders.actor(cast.rosa), cast.lincoln, mother, "phone is off")
    said = say(mother, "my data", "1")
    assert "termina en 42" in said
    assert "Lincoln Elementary" in said
    assert "miró su número: 1." in said
    for secret in ("Ana Example", "0142", "Olga", "Brookside", other.public_id):
        assert secret not in said


@pytest.mark.parametrize("locale", LOCALES)
def test_a_summary_stays_short_however_many_schools_there_are(cast: Cast, locale: str) -> None:
    person = builders.a_person(cast.lincoln, language=locale)
    for number in range(MOST_SCHOOLS + 2):
        site = builders.a_site(f"{'Very Long Name of a School ' * 5}{number}", cast.district)
        builders.RosterEntry.create(site=site, person=person, group=Group.FAMILY, since=clock.now())
    said = summary(person)
    assert len(said) <= 1500
    assert words(locale).say("my_data_more", count="3") in said


def test_somebody_who_hides_their_number_reads_so(cast: Cast) -> None:
    hidden = "7d3c1f5e-52a2-4a55-9a7b-0d6f5f0a1b2c"
    person = builders.a_person(cast.lincoln, Group.FAMILY, number=hidden)
    said = summary(person)
    assert "your Signal account (not its number)" in said
    assert "2c" not in said


def test_the_page_opens_by_a_link_that_works_once(mother: Person, browser: Browser) -> None:
    said = say(mother, "mis datos", "2")
    path = said.split("https://farolito.test", 1)[1].split()[0]
    page = browser.get(path).form("/sign-in").submit()
    assert page.path == "/own-data"
    assert "+1 213-555-0142" in page.words
    assert browser.get(path).status == 404


def test_the_link_lives_fifteen_minutes_and_is_made_for_one_account(mother: Person) -> None:
    say(mother, "mis datos", "2", "mis datos", "2")
    assert Account.select().where(Account.person == mother).count() == 1
    left = SignInLink.select().first().expires_at - clock.now()
    assert dt.timedelta(minutes=14) < left <= dt.timedelta(minutes=15)


def test_a_work_account_is_never_opened_from_a_telephone(cast: Cast) -> None:
    lead = builders.a_person(cast.lincoln)
    Account.update(person=lead).where(Account.id == cast.rosa.id).execute()
    assert say(lead, "my data", "2").endswith("https://farolito.test/own-data")
    assert SignInLink.select().count() == 0


def test_somebody_to_whom_no_page_would_open_is_offered_none(cast: Cast) -> None:
    teacher = builders.a_person(cast.lincoln)
    people.account_for(teacher)
    assert say(teacher, "my data").splitlines()[1:] == [
        "1 read it here",
        "2 erase everything and leave",
    ]


@pytest.mark.parametrize("begin", [("mis datos", "3"), ("salir",), ("DELETE ME",), ("borrarme",)])
def test_erasing_is_asked_once_more_and_then_done(mother: Person, begin: tuple[str, ...]) -> None:
    assert "No se puede deshacer." in say(mother, *begin)
    assert Erasure.select().count() == 0
    said = say(mother, "1")
    assert Erasure.get().receipt in said
    assert Person.get_by_id(mother.id).leaving_at is not None


def test_who_keeps_everything_is_not_asked_why(mother: Person) -> None:
    assert say(mother, "salir", "2") == "No se borró nada."
    assert Erasure.select().count() == 0
    assert Reply.select().count() == 0


def test_a_message_after_the_receipt_is_not_answered(mother: Person) -> None:
    receipt = say(mother, "salir", "1")
    assert say(mother, "mis datos", "1", "hola") == receipt
    assert Reply.select().count() == 0


def test_a_legal_hold_and_an_only_lead_are_told_why(cast: Cast, mother: Person) -> None:
    Account.update(person=mother).where(Account.id == cast.ines.id).execute()
    assert "Brookside Middle" in say(mother, "salir", "1")
    place_hold(CONSOLE, "everything", "court")
    assert "retención legal" in say(mother, "salir", "1")
    assert Erasure.select().count() == 0


def test_after_a_change_of_key_a_person_looks_first(mother: Person) -> None:
    ContactMethod.update(held_at=clock.now()).where(ContactMethod.person == mother).execute()
    say(mother, "salir")
    assert Reply.get().reveal("body") == "salir"
    assert Erasure.select().count() == 0


def test_whoever_said_stop_can_still_leave(mother: Person) -> None:
    assert Erasure.select().count() == 0
    say(mother, "ALTO", "salir", "1")
    assert Erasure.select().count() == 1
