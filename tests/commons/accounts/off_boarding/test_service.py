"""Whoever leaves holds nothing at the site a moment later, and the proof says what ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from commons import audit, clock, crypto, permissions
from commons.accounts import links, memberships, proposals, service, sessions, signing_in
from commons.accounts.by_signal.models import ReturnCode
from commons.accounts.models import Account, ProposalState
from commons.accounts.off_boarding import service as off_boarding
from commons.errors import Conflict, Forbidden, NotFound
from commons.messaging import outbox
from commons.messaging.models import Message, MessageState
from commons.permissions import CONSOLE, Role
from commons.roster import slots
from commons.roster.models import ContactMethod, Person, SlotKind
from commons.roster.trust.models import Vouch
from tests import builders


@pytest.fixture
def carmen(cast: Any) -> Person:
    """Carmen, counselor at Lincoln: on the roster, in a slot, signed in, with a message queued."""
    person = builders.a_person(cast.lincoln, name="Carmen Example", slot=SlotKind.COUNSELOR)
    Account.update(person=person).where(Account.id == cast.carmen.id).execute()
    return person


def queue(person: Person, site: Any, about: str, held: bool = False) -> Message:
    method = ContactMethod.get(ContactMethod.person == person)
    recipient = outbox.Recipient(person.id, method.id, "", "en", 10, held)
    topic = outbox.enqueue(about, site and site.id, {("", "en"): "words"}, [recipient])
    return Message.get(Message.topic == topic)


def state(message: Message) -> MessageState:
    return Message.get_by_id(message.id).state


def test_everything_ends_in_one_act_and_the_proof_counts_it(cast: Any, carmen: Person) -> None:
    token = sessions.open_session(cast.carmen)
    link = service.make_sign_in_link(CONSOLE, cast.carmen)
    code = ReturnCode.create(
        public_id=crypto.public_id(), account=cast.carmen, code_hash="x", made_by="test",
        made_at=clock.now(), expires_at=clock.now() + dt.timedelta(days=9),
    )  # fmt: skip
    asked = proposals.propose_role(
        builders.actor(cast.dana), cast.carmen, Role.SITE_LEAD, site=cast.lincoln
    ).proposal
    here = [queue(carmen, cast.lincoln, "a"), queue(carmen, cast.lincoln, "b", held=True)]
    elsewhere = [queue(carmen, cast.other_school, "c"), queue(carmen, None, "d")]
    proof = off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert proof.counts == {
        "slots": 1, "entries": 1, "memberships": 1, "sessions": 1, "links": 1, "codes": 1,
        "proposals": 1, "messages": 2, "vouches": 0,
    }  # fmt: skip
    assert sessions.grants_of(cast.carmen) == frozenset()
    assert sessions.find(token) is None
    assert not signing_in.link_is_open(link)
    assert ReturnCode.get_by_id(code.id).revoked_at is not None
    assert proposals.find(asked.public_id).state == ProposalState.DECLINED
    assert slots.kinds_of(cast.lincoln) == {}
    assert [state(message) for message in here] == [MessageState.CANCELLED] * 2
    assert [state(message) for message in elsewhere] == [MessageState.QUEUED] * 2


def test_every_queued_message_is_taken_back_in_the_same_act(cast: Any, carmen: Person) -> None:
    messages = [queue(carmen, cast.lincoln, f"about-{number}") for number in range(50)]
    off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert {state(message) for message in messages} == {MessageState.CANCELLED}


def test_the_proof_can_be_seen_again(cast: Any, carmen: Person) -> None:
    rosa = builders.actor(cast.rosa)
    proof = off_boarding.off_board(rosa, cast.lincoln, carmen)
    assert off_boarding.proof(rosa, cast.lincoln, proof.receipt) == proof
    assert off_boarding.proofs(rosa, cast.lincoln) == [proof]
    assert off_boarding.proofs(builders.actor(cast.ines), cast.other_school) == []
    with pytest.raises(NotFound):
        off_boarding.proof(rosa, cast.lincoln, "NO-SUCH")
    assert audit.faults(f"site:{cast.lincoln.id}") == []


def test_the_second_press_finds_nothing_left(cast: Any, carmen: Person) -> None:
    rosa = builders.actor(cast.rosa)
    off_boarding.off_board(rosa, cast.lincoln, carmen)
    with pytest.raises(Conflict):
        off_boarding.off_board(rosa, cast.lincoln, carmen)
    assert len(off_boarding.proofs(rosa, cast.lincoln)) == 1


def test_roles_at_another_site_stay(cast: Any, carmen: Person) -> None:
    memberships.give_role(CONSOLE, cast.carmen, Role.COUNSELOR, site=cast.other_school)
    off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert {grant.site_id for grant in sessions.grants_of(cast.carmen)} == {cast.other_school.id}


def test_a_district_administrator_ends_the_roles_in_the_district_too(
    cast: Any, carmen: Person
) -> None:
    memberships.give_role(CONSOLE, cast.carmen, Role.COUNSEL, district=cast.district)
    off_boarding.off_board(builders.actor(cast.dana), cast.lincoln, carmen)
    assert sessions.grants_of(cast.carmen) == frozenset()


def test_a_site_lead_leaves_the_district_role(cast: Any, carmen: Person) -> None:
    memberships.give_role(CONSOLE, cast.carmen, Role.COUNSEL, district=cast.district)
    off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert {grant.role for grant in sessions.grants_of(cast.carmen)} == {Role.COUNSEL}


def test_a_site_lead_does_not_remove_an_administrator(cast: Any) -> None:
    person = builders.a_person(cast.lincoln, name="Mara Example")
    Account.update(person=person).where(Account.id == cast.mara.id).execute()
    with pytest.raises(Forbidden):
        off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, person)
    assert sessions.grants_of(cast.mara)


def test_the_words_they_gave_and_got_end_with_them(cast: Any, carmen: Person) -> None:
    others = [builders.a_person(cast.lincoln, name=f"Other {n}") for n in range(2)]
    now = clock.now()
    for one in others:
        Vouch.create(site=cast.lincoln, voucher=carmen, person=one, made_at=now)
    Vouch.create(site=cast.lincoln, voucher=others[0], person=others[1], made_at=now)
    proof = off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert proof.counts["vouches"] == 2
    assert Vouch.select().where(Vouch.ended_at.is_null()).count() == 1


def test_a_code_on_paper_that_was_used_ends_as_well(cast: Any, carmen: Person) -> None:
    now = clock.now()
    ReturnCode.create(
        account=cast.carmen,
        code_hash="x",
        made_by="test",
        made_at=now,
        expires_at=now + dt.timedelta(days=180),
        used_at=now,
    )
    proof = off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert proof.counts["codes"] == 1
    assert ReturnCode.get().revoked_at is not None


def test_a_room_that_fails_leaves_everything_as_it_was(
    cast: Any, carmen: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> dict[str, int]:
        raise Conflict("no")

    monkeypatch.setattr(off_boarding, "when_removed", [fail])
    with pytest.raises(Conflict):
        off_boarding.off_board(builders.actor(cast.rosa), cast.lincoln, carmen)
    assert sessions.grants_of(cast.carmen)
    assert slots.kinds_of(cast.lincoln)


@pytest.mark.parametrize("who", ["carmen", "dev", "noor", "ines"])
def test_others_cannot(cast: Any, carmen: Person, who: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        off_boarding.off_board(builders.actor(getattr(cast, who)), cast.lincoln, carmen)


def test_it_needs_a_fresh_proof(cast: Any, carmen: Person) -> None:
    stale = builders.actor(cast.rosa, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(permissions.NotFresh):
        off_boarding.off_board(stale, cast.lincoln, carmen)


def test_links_end_once(cast: Any) -> None:
    service.make_sign_in_link(CONSOLE, cast.carmen)
    assert [links.end_all(cast.carmen), links.end_all(cast.carmen)] == [1, 0]
