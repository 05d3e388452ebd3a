"""What the gateway fails to do, and what becomes of each message then."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import clock
from commons.messaging import outbox
from commons.messaging.models import AccountState, Message, MessageState, RelayAccount
from commons.roster.models import MethodState
from tests.commons.messaging.conftest import Post, method, state


def test_a_lost_answer_is_repeated_once_and_marked(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "reset_delivered", times=1)
    post.simulator.settings.automatic_receipts = False
    post.tell([person], "School is closed.")
    post.deliver()
    assert state(person) == ("unknown", "cut_off")
    post.deliver()
    assert len(post.texts(person)) == 1
    _wait_is_over()
    post.deliver()
    assert post.texts(person) == ["School is closed.", "(repeat) School is closed."]
    assert state(person) == ("sent", "")


def _wait_is_over() -> None:
    Message.update(due_at=clock.now()).where(Message.state == MessageState.UNKNOWN).execute()


def test_a_second_lost_answer_needs_a_person(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "reset_delivered")
    post.simulator.settings.automatic_receipts = False
    post.tell([person])
    for _ in range(4):
        post.deliver()
        _wait_is_over()
    assert state(person) == ("failed", "unknown_outcome")
    assert len(post.texts(person)) == 2


def test_a_receipt_settles_a_lost_answer_and_nothing_is_repeated(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "reset_delivered", times=1)
    post.tell([person])
    post.deliver()
    post.wait_for_receipts()
    assert state(person) == ("delivered", "")
    _wait_is_over()
    post.deliver()
    assert len(post.texts(person)) == 1


def test_limited_but_delivered_is_not_sent_again(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "limited_but_delivered", times=1)
    post.tell([person])
    post.deliver()
    post.wait_for_receipts()
    assert state(person) == ("delivered", "")
    assert RelayAccount.get().state is AccountState.LIMITED


def test_a_limit_stops_everybody_until_it_is_over(post: Post) -> None:
    first, *others = post.people(4)
    post.one_at_a_time()
    post.plan(first, "rate_limited", times=1, token="tok-1")
    post.tell([first], priority=1)
    post.tell(others)
    post.deliver()
    row = RelayAccount.get()
    assert (row.state, row.reveal("challenge")) == (AccountState.LIMITED, "tok-1")
    assert post.all_texts() == []
    with time_machine.travel(row.limited_until + dt.timedelta(seconds=5), tick=True):
        post.deliver()
        post.deliver()
    assert len(post.all_texts()) == 4
    assert RelayAccount.get().state is AccountState.WORKING


def test_a_gone_account_keeps_its_messages(post: Post) -> None:
    people = post.people(3)
    post.simulator.settings.account_gone = True
    topic = post.tell(people)
    post.deliver()
    assert outbox.tally([topic.id])[MessageState.QUEUED] == 3
    assert RelayAccount.get().state is AccountState.GONE
    post.simulator.settings.account_gone = False
    post.deliver()
    assert len(post.all_texts()) == 3


def test_a_gateway_that_is_away_costs_nobody_their_message(post: Post) -> None:
    topic = post.tell(post.people(3))
    post.simulator.refuse()
    post.deliver()
    assert outbox.tally([topic.id])[MessageState.QUEUED] == 3
    assert RelayAccount.get().state is AccountState.UNREACHABLE
    post.simulator.accept()
    post.deliver()
    assert len(post.all_texts()) == 3


def test_ten_minutes_without_a_gateway_need_a_person(post: Post) -> None:
    (person,) = post.people(1)
    post.simulator.refuse()
    post.tell([person])
    post.deliver()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11), tick=True):
        post.deliver()
    assert state(person) == ("failed", "gateway_unreachable")


@pytest.mark.parametrize(
    ("mode", "after", "reason"),
    [
        ("identity", dt.timedelta(0), "key_changed"),
        ("unregistered", dt.timedelta(minutes=16), "unregistered"),
    ],
)
def test_a_refusal_ends_with_its_reason(
    post: Post, mode: str, after: dt.timedelta, reason: str
) -> None:
    (person,) = post.people(1)
    post.plan(person, mode)
    post.tell([person])
    post.deliver()
    for step in range(1, 4):
        with time_machine.travel(clock.now() + after * step, tick=True):
            post.deliver()
    assert state(person) == ("failed", reason)
    assert method(person).state is not MethodState.WORKING


def test_a_network_failure_is_tried_three_times_more(post: Post) -> None:
    (person,) = post.people(1)
    post.plan(person, "network", times=3)
    post.simulator.settings.change({"mode": "normal", "webhook_url": ""})
    post.tell([person])
    for step in range(4):
        with time_machine.travel(clock.now() + dt.timedelta(seconds=10 * step), tick=True):
            post.deliver()
    assert len(post.texts(person)) == 1


def test_a_person_gets_six_alerts_a_minute_at_most(post: Post) -> None:
    (person,) = post.people(1)
    for number in range(8):
        post.tell([person], f"{number}")
    post.deliver()
    assert len(post.texts(person)) == 6
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61), tick=True):
        post.deliver()
    assert len(post.texts(person)) == 8
