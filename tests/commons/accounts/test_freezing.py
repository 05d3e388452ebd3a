"""The second word stops the account, looks like a mistake, and two peers are told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from commons import audit, clock, permissions
from commons.accounts import freezing, proposals, service, sessions, signing_in
from commons.accounts.models import Account
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.messaging.models import MessageText
from commons.messaging.replies import Inbound
from commons.permissions import CONSOLE, Role
from commons.roster.models import Consent, ConsentState, Person
from tests import builders

WORD = "marigold tram"
NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def worded(rosa: Any) -> Any:
    """Rosa, who has a second word."""
    freezing.set_word(builders.actor(rosa.account), rosa.account, WORD)
    rosa.account = Account.get_by_id(rosa.account.id)
    return rosa


def with_signal(account: Account, site: Any, **given: Any) -> Person:
    person = builders.a_person(site, **given)
    Account.update(person=person).where(Account.id == account.id).execute()
    return person


def refused(who: Any, password: str) -> str:
    with pytest.raises(Invalid) as caught:
        signing_in.sign_in(who.name, password, who.code())
    return str(caught.value)


def test_typed_at_sign_in_it_freezes_and_reads_like_any_mistake(worded: Any) -> None:
    token = sessions.open_session(worded.account)
    assert refused(worded, WORD) == str(signing_in.NOT_RIGHT)
    assert sessions.find(token) is None
    assert refused(worded, worded.password) == str(signing_in.NOT_RIGHT)
    assert Account.get_by_id(worded.account.id).frozen_until == NOON + dt.timedelta(hours=12)


def test_after_twelve_hours_the_account_signs_in_again(
    worded: Any, time_machine: TimeMachineFixture
) -> None:
    refused(worded, WORD)
    time_machine.shift(dt.timedelta(hours=12))
    assert sessions.find(signing_in.sign_in(worded.name, worded.password, worded.code()))


def test_no_other_door_opens_meanwhile(worded: Any) -> None:
    before = service.make_sign_in_link(CONSOLE, worded.account)
    refused(worded, WORD)
    later = service.make_sign_in_link(CONSOLE, worded.account)
    for token in (before, later):
        with pytest.raises(Conflict):
            signing_in.sign_in_with_link(token)
    assert sessions.find(sessions.open_session(worded.account)) is None


def test_it_works_where_one_proves_oneself_again(worded: Any) -> None:
    found = sessions.find(sessions.open_session(worded.account))
    assert found is not None
    with pytest.raises(Invalid, match="The password or the code is not right"):
        signing_in.prove_again(found.account, found.session, WORD, worded.code())
    assert freezing.is_frozen(Account.get_by_id(worded.account.id))


def test_it_costs_the_same_work_as_a_wrong_password(worded: Any, counting: Any) -> None:
    counts = []
    for name, password in ((worded.name, "wrong"), ("nobody", "wrong"), (worded.name, WORD)):
        hasher = counting()
        with pytest.raises(Invalid):
            signing_in.sign_in(name, password, "123456")
        counts.append(hasher.compared)
    assert counts == [2, 2, 2]


def test_two_peers_are_told_in_their_language_and_nobody_is_named(cast: Any, worded: Any) -> None:
    with_signal(cast.mara, cast.lincoln, name="Mara Example", language="es")
    with_signal(cast.dana, cast.lincoln, name="Dana Example")
    with_signal(cast.ines, cast.other_school, name="Ines Example")
    with_signal(cast.carmen, cast.lincoln, name="Carmen Example")
    freezing.freeze(worded.account)
    texts = sorted(row.reveal("body") for row in MessageText.select())
    assert [text.split()[0] for text in texts] == ["Alguien", "Somebody"]
    assert not any("Rosa" in text or "Lincoln" in text for text in texts)
    assert not freezing.freeze(worded.account)
    assert MessageText.select().count() == 2


def test_whoever_stopped_their_messages_gets_none(cast: Any, worded: Any) -> None:
    person = with_signal(cast.mara, cast.lincoln, name="Mara Example", consent=None)
    builders.a_consent(person, cast.lincoln, ConsentState.WITHDRAWN)
    freezing.freeze(worded.account)
    assert Consent.select().count() == 1
    assert MessageText.select().count() == 0


def test_peers_are_at_most_two_of_the_same_place(cast: Any, worded: Any) -> None:
    for number in range(3):
        builders.an_account(Role.ADMINISTRATOR, cast.lincoln, name=f"Admin {number}")
    found = freezing.peers(worded.account)
    assert len(found) == 2
    assert cast.ines not in found
    assert worded.account not in found


def test_from_their_own_phone_the_word_freezes_and_the_answer_is_ordinary(
    cast: Any, worded: Any
) -> None:
    person = with_signal(worded.account, cast.lincoln, name="Rosa Example")
    assert freezing.reply(Inbound(person, NOON, "other", "something else")) is None
    assert freezing.reply(Inbound(person, NOON, "other", "short")) is None
    answer = freezing.reply(Inbound(person, NOON, "other", f" {WORD} "))
    assert answer == "Thank you. A person will read your message."
    assert freezing.is_frozen(Account.get_by_id(worded.account.id))


def test_the_word_of_somebody_else_freezes_nothing(cast: Any, worded: Any) -> None:
    person = with_signal(cast.mara, cast.lincoln, name="Mara Example")
    assert freezing.reply(Inbound(person, NOON, "other", WORD)) is None
    assert not freezing.is_frozen(Account.get_by_id(worded.account.id))


def test_the_word_is_long_enough_differs_from_the_password_and_is_ones_own(
    cast: Any, rosa: Any
) -> None:
    own = builders.actor(rosa.account)
    for word in ("seven77", "x" * 129, rosa.password):
        with pytest.raises(Invalid):
            freezing.set_word(own, rosa.account, word)
    with pytest.raises(Forbidden):
        freezing.set_word(builders.actor(cast.mara), rosa.account, WORD)
    stale = builders.actor(rosa.account, NOON - dt.timedelta(minutes=6))
    with pytest.raises(permissions.NotFresh):
        freezing.set_word(stale, rosa.account, WORD)


def test_a_new_password_is_not_the_second_word(rosa: Any) -> None:
    own, word = builders.actor(rosa.account), "copper window thistle"
    freezing.set_word(own, rosa.account, word)
    with pytest.raises(Invalid, match="second word"):
        service.set_password(own, Account.get_by_id(rosa.account.id), word)


def test_two_others_unfreeze_by_a_recovery(cast: Any, worded: Any) -> None:
    freezing.freeze(worded.account)
    asked = proposals.propose_recovery(builders.actor(cast.dana), worded.account)
    proposals.confirm(CONSOLE, asked.proposal.public_id)
    assert not freezing.is_frozen(Account.get_by_id(worded.account.id))


def test_nobody_unfreezes_alone_but_the_console(cast: Any, worded: Any) -> None:
    freezing.freeze(worded.account)
    with pytest.raises((Forbidden, NotFound)):
        freezing.unfreeze(builders.actor(cast.dana), worded.account)
    freezing.unfreeze(CONSOLE, worded.account)
    assert not freezing.is_frozen(Account.get_by_id(worded.account.id))
    kinds = {link.kind for link in audit.AuditLink.select()}
    assert {"account.second_word_set", "account.frozen", "account.unfrozen"} <= kinds
    assert clock.now() == NOON
