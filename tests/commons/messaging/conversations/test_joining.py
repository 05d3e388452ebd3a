"""JOIN and a code: from a stranger's first word to the welcome, with nothing but Signal."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from commons import clock
from commons.messaging.conversations.engine import Engine
from commons.messaging.conversations.joining import joining_flow, recognise
from commons.messaging.conversations.language import language_flow
from commons.messaging.models import Message, Topic
from commons.messaging.replies import hear
from commons.messaging.words import LOCALES, words
from commons.permissions import Role
from commons.roster import service as roster
from commons.roster.joining import codes, service
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.models import Consent, ConsentState, Group, Person, RosterEntry
from commons.roster.reach import reach
from tests.builders import Cast, a_guest, a_person, actor, an_account, an_invite
from tests.commons.messaging.conftest import Post

ENGINE = Engine((joining_flow(), language_flow()))
_seconds = iter(range(1, 100_000))


def say(person: Person, *texts: str) -> None:
    for text in texts:
        now = clock.now() + dt.timedelta(milliseconds=next(_seconds))
        fresh = Person.get_by_id(person.id)
        hear(fresh, now, text, None, (ENGINE.handle, ENGINE.ask_again))


def told(person: Person) -> list[str]:
    rows = Message.select().where(Message.person == person).order_by(Message.id)
    return [row.text.reveal("body") for row in rows]


def code_of(invite: Invite) -> str:
    return codes.shown(invite.reveal("code"))


def spoken(locale: str, phrase: str, **values: str) -> str:
    return words(locale).say(phrase, **values)


def test_a_family_joins_in_spanish_with_nothing_but_signal(cast: Cast) -> None:
    invite, person = an_invite(cast.lincoln), a_guest("es")
    say(person, f"UNIRME {code_of(invite).lower()}", "Ana", "1", "sí")
    asked = told(person)
    assert asked[0] == spoken("es", "join_name")
    assert asked[1].startswith(spoken("es", "language_which") + "\n1 Español\n2 ")
    assert asked[2].startswith(spoken("es", "join_meaning", school="Lincoln Elementary"))
    assert asked[2].endswith("\n1 Sí\n2 No")
    assert asked[3] == spoken("es", "join_waiting", school="Lincoln Elementary")
    assert reach(cast.lincoln, groups=[Group.FAMILY]).reachable == []
    service.admit(actor(cast.rosa), cast.lincoln, JoinRequest.get())
    assert told(person)[4] == spoken("es", "join_admitted", school="Lincoln Elementary")
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1
    known = Person.get_by_id(person.id)
    assert (known.reveal("name"), known.language) == ("Ana", "es")


def test_nothing_the_relay_says_names_anybody(cast: Cast) -> None:
    invite, person = an_invite(cast.lincoln), a_guest("en")
    say(person, code_of(invite), "Zoraida", "1", "1")
    service.admit(actor(cast.rosa), cast.lincoln, JoinRequest.get())
    assert len(told(person)) == 5
    for text in told(person):
        assert "Zoraida" not in text
        assert "Rosa" not in text


def test_another_language_is_spoken_as_soon_as_it_is_chosen(cast: Cast) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "Ara", "Հայերեն")
    assert told(person)[-1].startswith(spoken("hy", "join_meaning", school="Lincoln Elementary"))
    say(person, "այո")
    assert JoinRequest.get().person.language == "hy"


def test_whoever_is_known_is_asked_only_whether_they_want_to(cast: Cast) -> None:
    person = a_person(cast.other_school, Group.FAMILY, language="ko")
    say(person, f"JOIN {code_of(an_invite(cast.lincoln))}", "네")
    assert told(person)[0].startswith(spoken("ko", "join_meaning", school="Lincoln Elementary"))
    assert JoinRequest.get().site == cast.lincoln


@pytest.mark.parametrize("answer", ["no", "2", "아니요"])
def test_whoever_says_no_asks_nothing(cast: Cast, answer: str) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "Ana", "1", answer)
    assert told(person)[-1] == spoken("en", "join_not")
    assert JoinRequest.select().count() == 0
    assert Invite.get().uses == 0


def test_join_alone_asks_for_the_code(cast: Cast) -> None:
    person, invite = a_guest("en"), an_invite(cast.lincoln)
    say(person, "JOIN")
    assert told(person) == [spoken("en", "join_code")]
    say(person, invite.reveal("code").lower())
    assert told(person)[-1] == spoken("en", "join_name")


def test_a_wrong_code_is_answered_alike_for_every_reason(cast: Cast) -> None:
    dead = [
        an_invite(cast.lincoln, expires_at=clock.now()),
        an_invite(cast.lincoln, revoked_at=clock.now()),
        an_invite(cast.lincoln, uses=25),
    ]
    tried = [*(code_of(invite) for invite in dead), codes.make(), "LUZ0-K4M"]
    person = a_guest("en")
    say(person, *(f"JOIN {code}" for code in tried))
    assert told(person) == [spoken("en", "join_wrong_code")] * 5


def test_after_five_wrong_codes_it_is_said_once_and_then_nothing(cast: Cast) -> None:
    person, live = a_guest("en"), code_of(an_invite(cast.lincoln))
    say(person, *(f"JOIN {codes.make()}" for _ in range(6)), f"JOIN {live}", live)
    assert told(person)[5:] == [spoken("en", "join_too_often")]
    other = a_guest("en")
    say(other, live)
    assert told(other) == [spoken("en", "join_name")]


def test_a_name_too_long_is_asked_again_kindly(cast: Cast) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "Maria Guadalupe Hernandez-Villanueva")
    assert told(person)[-1].endswith(spoken("en", "join_name"))
    say(person, "Maria")
    assert told(person)[-1].startswith(spoken("en", "language_which"))


@pytest.mark.parametrize("text", ["1", "yes", "❤️", "ok"])
def test_an_answer_that_is_no_name_is_asked_again(cast: Cast, text: str) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), text)
    assert told(person)[-1].endswith(spoken("en", "join_name"))
    say(person, "Ana", "1", "1")
    assert Person.get_by_id(person.id).reveal("name") == "Ana"


def test_a_command_in_place_of_a_name_is_a_command(cast: Cast) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "LANGUAGE", "Español")
    assert told(person)[-1] == spoken("es", "language_done")
    assert Person.get_by_id(person.id).reveal("name") == ""


def test_a_code_in_place_of_a_name_begins_again(cast: Cast) -> None:
    person, invite = a_guest("en"), an_invite(cast.lincoln)
    say(person, code_of(invite), f"join {code_of(invite)}", "Ana", "1", "1")
    assert Person.get_by_id(person.id).reveal("name") == "Ana"
    assert Invite.get().uses == 1


def test_an_invite_revoked_while_they_answered_lets_nobody_wait(cast: Cast) -> None:
    person, invite = a_guest("en"), an_invite(cast.lincoln)
    say(person, code_of(invite), "Ana", "1")
    service.revoke_invite(actor(cast.rosa), cast.lincoln, invite)
    say(person, "1")
    assert told(person)[-1] == spoken("en", "join_wrong_code")
    assert JoinRequest.select().count() == 0


def test_revoking_tells_whoever_waited(cast: Cast) -> None:
    person, invite = a_guest("en"), an_invite(cast.lincoln)
    say(person, code_of(invite), "Ana", "1", "1")
    service.revoke_invite(actor(cast.rosa), cast.lincoln, invite)
    assert told(person)[-1] == spoken("en", "join_declined", school="Lincoln Elementary")


def test_asking_twice_is_one_request(cast: Cast) -> None:
    person, code = a_guest("en"), code_of(an_invite(cast.lincoln))
    say(person, code, "Ana", "1", "1", code, "1")
    assert told(person)[-1] == spoken("en", "join_waiting", school="Lincoln Elementary")
    assert JoinRequest.select().count() == 1
    assert Invite.get().uses == 1


def test_a_stop_while_waiting_takes_the_request_back(cast: Cast) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "Ana", "1", "1", "STOP")
    assert JoinRequest.get().state == JoinState.DECLINED
    assert told(person)[-1] == spoken("en", "stop_done")
    assert RosterEntry.select().count() == 0


def test_who_said_stop_joins_again_and_is_reached(cast: Cast) -> None:
    person = a_person(cast.lincoln, Group.FAMILY)
    roster.withdraw_everywhere(person)
    say(person, f"JOIN {code_of(an_invite(cast.lincoln))}", "1")
    assert told(person)[-1] == spoken("en", "join_here", school="Lincoln Elementary")
    assert Consent.get().state == ConsentState.GIVEN
    assert JoinRequest.select().count() == 0


def test_the_welcome_needs_no_agreement_to_go(cast: Cast) -> None:
    person = a_guest("en")
    say(person, code_of(an_invite(cast.lincoln)), "Ana", "1", "1")
    service.admit(actor(cast.rosa), cast.lincoln, JoinRequest.get())
    newest = Topic.select().order_by(Topic.id.desc()).first()
    assert newest.site is None


@pytest.mark.parametrize(
    "text", ["join us at the gate", "join us at gate 2 now", "luz", "gate 2345", "23452345", "hola"]
)
def test_a_sentence_does_not_begin_it(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "JOIN LUZ7-K4MP",
        "unirme luz7k4mp",
        "Join: LUZ7 K4MP",
        "가입 LUZ7-K4MP",
        "luz7-k4mp",
        "ＬＵＺ７Ｋ４ＭＰ",
    ],
)
def test_a_code_is_found_behind_join_and_alone(text: str) -> None:
    found = recognise(text)
    assert found is not None
    assert found.answers == {"code": "LUZ7K4MP"}


@pytest.mark.parametrize("locale", LOCALES)
def test_what_joining_means_offers_a_stop_that_is_understood(locale: str) -> None:
    said = spoken(locale, "join_meaning", school="Lincoln")
    stops = words(locale).replies["stop"]
    assert any(re.search(re.escape(stop), said.casefold()) for stop in stops)


class Phone:
    """A simulated phone whose number nobody knows, writing to a relay that lets strangers join."""

    def __init__(self, post: Post, number: str) -> None:
        self.post, self.number = post, number

    def writes(self, text: str) -> None:
        self.post.simulator.people.say(self.number, text)
        assert self.post.simulator.drain()
        self.hears()

    def hears(self) -> None:
        for _ in range(2):  # what came in, then the answer to it
            self.post.deliver(
                handlers=(ENGINE.handle, ENGINE.ask_again), may_begin=ENGINE.may_begin
            )

    @property
    def texts(self) -> list[str]:
        found = self.post.simulator.state.find(self.number)
        thread = self.post.simulator.state.thread(found) if found else []
        return [message.text for message in thread if message.to_phone]


def test_a_family_needs_only_a_phone_and_another_learns_nothing_of_it(post: Post) -> None:
    rosa = actor(an_account(Role.SITE_LEAD, post.site))
    invite = an_invite(post.site)
    first, second = Phone(post, "+12135550177"), Phone(post, "+12135550178")
    for text in (f"UNIRME {code_of(invite)}", "Zoraida", "1", "sí"):
        first.writes(text)
    service.admit(rosa, post.site, JoinRequest.get())
    first.hears()
    assert first.texts[-1] == spoken("es", "join_admitted", school=post.site.name)
    second.writes(code_of(invite))
    assert len(second.texts) == 1
    assert "Zoraida" not in " ".join(second.texts)
    first.writes("ALTO")
    assert reach(post.site, groups=[Group.FAMILY]).reachable == []


def test_a_stranger_with_a_hidden_number_joins_as_well(post: Post) -> None:
    invite, aci = an_invite(post.site), "6f9619ff-8b86-4d01-b42d-00cf4fc96401"
    post.simulator.state.put_phone({"uuid": aci, "number": "+12135550179", "hidden": True})
    phone = Phone(post, "+12135550179")
    for text in (f"JOIN {code_of(invite)}", "Bo", "1", "1"):
        phone.writes(text)
    assert JoinRequest.get().person.reveal("name") == "Bo"


def test_a_stranger_who_only_chats_is_left_alone(post: Post) -> None:
    phone = Phone(post, "+12135550177")
    phone.writes("join us for pizza")
    assert Person.select().count() == 0
    assert phone.texts == []
