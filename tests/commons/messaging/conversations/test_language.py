"""LANGUAGE: by number, by name in whatever language, and answered in the new one."""

from __future__ import annotations

import pytest

from commons.errors import Conflict
from commons.messaging.conversations.language import change, language_flow, recognise
from commons.messaging.models import Reply
from commons.messaging.words import LOCALES, words
from commons.roster.models import Person
from tests import builders
from tests.commons.messaging.conversations.talking import answers, say

FLOWS = (language_flow(),)


@pytest.fixture
def person(db: str) -> Person:
    return builders.a_person(builders.a_site())


def spoken(person: Person) -> str:
    return Person.get_by_id(person.id).language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Español", "es"),
        ("espanol", "es"),
        ("LANGUAGE español", "es"),
        ("Idioma: inglés", "en"),
        ("language Korean", "ko"),
        ("语言 中文", "zh_Hans"),
        ("Հայերեն", "hy"),
        ("زبان فارسی", "fa"),
    ],
)
def test_a_name_is_enough(person: Person, text: str, code: str) -> None:
    say(person, text, flows=FLOWS)
    assert spoken(person) == code
    assert answers(person) == [words(code).say("language_done")]


def test_the_list_shows_each_language_in_its_own_words(person: Person) -> None:
    say(person, "IDIOMA", "2", flows=FLOWS)
    first, last = answers(person)
    assert first.splitlines()[:3] == ["Which language do you want?", "1 English", "2 Español"]
    assert first.splitlines()[6] == "\u200e6 \u2068فارسی\u2069"
    assert last == words("es").say("language_done")
    assert spoken(person) == "es"


def test_a_persian_list_keeps_its_numbers_first(person: Person) -> None:
    change(person, "fa")
    say(person, "زبان", "۱", flows=FLOWS)
    assert answers(person)[0].splitlines()[1] == "\u200f1 \u2068English\u2069"
    assert spoken(person) == "en"


@pytest.mark.parametrize("text", ["language barrier at the school", "es", "I speak Spanish"])
def test_other_words_change_no_language(person: Person, text: str) -> None:
    say(person, text, flows=FLOWS)
    assert recognise(text) is None
    assert spoken(person) == "en"
    assert Reply.select().count() == 1


def test_all_languages_of_the_relay_can_be_chosen(person: Person) -> None:
    for number, code in enumerate(LOCALES, start=1):
        say(person, "language", str(number), flows=FLOWS)
        assert spoken(person) == code


def test_a_language_that_changed_meanwhile_is_not_overwritten(person: Person) -> None:
    stale = Person.get_by_id(person.id)
    change(person, "ko")
    with pytest.raises(Conflict):
        change(stale, "es")
    assert spoken(person) == "ko"
