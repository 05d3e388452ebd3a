"""HELP lists words that work."""

from __future__ import annotations

import pytest

from commons.messaging.conversations.help import help_flow
from commons.messaging.models import Reply
from commons.messaging.words import LOCALES, command, plain, words
from tests import builders
from tests.commons.messaging.conversations.talking import answers, say


@pytest.mark.parametrize("text", ["help", "AYUDA", "?", "도움말", "menu"])
def test_help_is_understood_in_any_language(db: str, text: str) -> None:
    person = builders.a_person(builders.a_site(), language="es")
    say(person, text, flows=(help_flow(),))
    assert answers(person) == [words("es").say("help")]


def test_a_call_for_help_is_read_by_a_person(db: str) -> None:
    person = builders.a_person(builders.a_site())
    say(person, "help there are agents here", flows=(help_flow(),))
    assert Reply.get().reveal("body") == "help there are agents here"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["language", "join", "person", "my_data", "leave", "help"])
def test_the_list_names_a_word_of_each_command(locale: str, key: str) -> None:
    said = f" {plain(words(locale).say('help'))} "
    known = words(locale).commands[key]
    assert any(word in said and command(key)(word) for word in known)
