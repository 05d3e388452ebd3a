"""PERSON: the next words are read at the person's school."""

from __future__ import annotations

import pytest

from commons import clock
from commons.messaging.conversations.person import person_flow
from commons.messaging.models import Conversation, Reply
from commons.messaging.words import words
from commons.roster.models import Group, Person, RosterEntry
from tests import builders
from tests.commons.messaging.conversations.talking import answers, say

FLOWS = (person_flow(),)


def test_the_next_words_go_to_their_school(db: str) -> None:
    site = builders.a_site()
    person = builders.a_person(site, Group.FAMILY, language="es")
    say(person, "Persona", "¿Quién abre la puerta?", flows=FLOWS)
    reply = Reply.get()
    assert (reply.site, reply.reveal("body")) == (site, "¿Quién abre la puerta?")
    assert answers(person) == [words("es").say("person_write"), words("es").say("unknown")]
    assert not Conversation.select().exists()


@pytest.mark.parametrize("choice", ["1", "Brookside Middle"])
def test_somebody_of_two_schools_says_which(db: str, choice: str) -> None:
    person = builders.a_person(builders.a_site("Lincoln Elementary"))
    other = builders.a_site("Brookside Middle")
    RosterEntry.create(site=other, person=person, group=Group.FAMILY, since=clock.now())
    say(person, "person", choice, "Hello", flows=FLOWS)
    assert answers(person)[0].splitlines()[1:] == ["1 Brookside Middle", "2 Lincoln Elementary"]
    assert Reply.get().site == other


def test_somebody_of_no_school_is_told_how_to_join(db: str) -> None:
    person = builders.a_person(builders.a_site())
    RosterEntry.update(until=clock.now()).execute()
    say(Person.get_by_id(person.id), "person", flows=FLOWS)
    assert answers(person) == [words("en").say("person_none")]
    assert not Reply.select().exists()


def test_words_do_not_reach_a_school_that_they_have_left(db: str) -> None:
    site = builders.a_site()
    person = builders.a_person(site)
    say(person, "person", flows=FLOWS)
    RosterEntry.update(until=clock.now()).execute()
    say(person, "Hello", flows=FLOWS)
    assert Reply.get().site is None
