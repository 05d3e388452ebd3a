"""The figures on the page are counted from the tables, and claim no more than is known."""

from __future__ import annotations

import pytest

from commons import clock
from commons.messaging.models import MessageState
from commons.messaging.replies import hear, react
from commons.roster.models import Group
from rapidresponse.alerts import tallies
from rapidresponse.alerts.models import VersionKind
from rapidresponse.alerts.replies import acknowledge
from tests import builders
from tests.rapidresponse.alerts.school import School, first, follow, intent, put, send

ROWS = {
    MessageState.HELD: ("waiting", 0, 0),
    MessageState.QUEUED: ("queued", 0, 1),
    MessageState.SENDING: ("sending", 0, 1),
    MessageState.UNKNOWN: ("unknown", 0, 1),
    MessageState.SENT: ("sent", 0, 1),
    MessageState.DELIVERED: ("delivered", 1, 0),
    MessageState.READ: ("read", 1, 0),
    MessageState.FAILED: ("call", 0, 0),
    MessageState.EXPIRED: ("call", 0, 0),
    MessageState.CANCELLED: ("taken_back", 0, 0),
}


@pytest.mark.parametrize("state", list(MessageState))
def test_every_state_of_a_message_has_its_place(school: School, state: MessageState) -> None:
    version = first(send(school.site, school.cast.rosa, intent(audiences=("A1",))))
    put(version, school.lead, state)
    row, have, under_way = ROWS[state]
    counted = tallies.tally(version)
    assert counted.counts[row] == 1
    assert sum(counted.counts.values()) == 1
    assert (counted.have, counted.under_way) == (have, under_way)
    assert counted.total == (0 if state is MessageState.CANCELLED else 1)


def test_an_answer_proves_that_somebody_has_it(school: School) -> None:
    version = first(send(school.site, school.cast.rosa))
    message = put(version, school.teacher, MessageState.SENT)
    react(school.teacher, clock.now(), "👍", message, (acknowledge,))
    counted = tallies.tally(version)
    assert (counted.counts["acknowledged"], counted.counts["sent"], counted.have) == (1, 0, 1)


def test_an_answer_to_an_older_version_is_no_answer_to_the_new_one(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    message = put(first(alert), school.teacher, MessageState.READ)
    react(school.teacher, clock.now(), "👍", message, (acknowledge,))
    update = follow(alert, school.cast.rosa, VersionKind.UPDATE)
    assert tallies.tally(update).counts["acknowledged"] == 0
    assert tallies.acknowledged(alert) == 1


def test_left_out_are_counted_by_reason(school: School) -> None:
    for _ in range(2):
        builders.a_person(school.site, Group.FAMILY, number=None)
    assert tallies.left_out(first(send(school.site, school.cast.rosa))) == {"no_contact_method": 2}


def test_somebody_who_answers_three_times_is_one_person(school: School) -> None:
    alert = send(school.site, school.cast.rosa)
    put(first(alert), school.teacher, MessageState.READ)
    for text in ("1", "2", "3"):
        hear(school.teacher, clock.now(), text, None, (acknowledge,))
    counted = tallies.tally(first(alert))
    assert (counted.counts["acknowledged"], counted.have) == (1, 1)
    assert sum(counted.counts.values()) == 4
    assert tallies.acknowledged(alert) == 1
