"""Agreements: given with a source, taken back at once."""

import pytest

from commons import audit
from commons.errors import Conflict, Forbidden, Invalid
from commons.permissions import RELAY
from commons.roster import service
from commons.roster.models import Consent, ConsentState, Person
from commons.roster.reach import reach
from tests import builders
from tests.builders import Cast, actor


def state_of(person: Person) -> ConsentState:
    return Consent.get(Consent.person == person).state


@pytest.fixture
def invited(cast: Cast) -> Person:
    return builders.a_person(cast.lincoln, consent=ConsentState.INVITED)


def test_a_yes_needs_its_source(cast: Cast, invited: Person) -> None:
    with pytest.raises(Invalid):
        service.give_consent(actor(cast.rosa), invited, cast.lincoln, "  ")
    service.give_consent(actor(cast.rosa), invited, cast.lincoln, "paper form")
    found = Consent.get()
    assert (found.state, found.reveal("source")) == (ConsentState.GIVEN, "paper form")
    assert found.recorded_by == f"account:{cast.rosa.public_id}"


def test_saying_yes_twice_changes_nothing(cast: Cast, invited: Person) -> None:
    for source in ("paper form", "told the front desk"):
        service.give_consent(actor(cast.rosa), invited, cast.lincoln, source)
    assert Consent.get().reveal("source") == "paper form"


def test_stop_withdraws_at_every_site_at_once(cast: Cast, invited: Person) -> None:
    service.give_consent(RELAY, invited, cast.other_school, "joined by Signal")
    assert service.withdraw_everywhere(invited) == 2
    assert {row.state for row in Consent.select()} == {ConsentState.WITHDRAWN}
    assert {row.withdrawn_by for row in Consent.select()} == {"signal"}
    assert service.withdraw_everywhere(invited) == 0
    assert audit.faults(f"site:{cast.lincoln.id}") == []


def test_a_stop_is_undone_only_by_the_person(cast: Cast, invited: Person) -> None:
    service.withdraw_everywhere(invited)
    with pytest.raises(Conflict, match="They can send START"):
        service.give_consent(actor(cast.rosa), invited, cast.lincoln, "paper form")
    assert service.resume_everywhere(invited) == 1
    assert state_of(invited) == ConsentState.GIVEN


def test_start_does_not_undo_what_was_said_at_the_front_desk(cast: Cast, invited: Person) -> None:
    service.withdraw(actor(cast.rosa), invited, cast.lincoln)
    assert service.resume_everywhere(invited) == 0
    service.give_consent(actor(cast.rosa), invited, cast.lincoln, "paper form")
    assert state_of(invited) == ConsentState.GIVEN


def test_whoever_said_stop_is_out_of_reach(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    service.withdraw_everywhere(person)
    assert reach(cast.lincoln, groups=["staff"]).reachable == []  # type: ignore[list-item]


def test_withdrawing_twice_is_told(cast: Cast, invited: Person) -> None:
    service.withdraw(actor(cast.rosa), invited, cast.lincoln)
    with pytest.raises(Conflict):
        service.withdraw(actor(cast.rosa), invited, cast.lincoln)


def test_the_front_desk_writes_down_no_consent(cast: Cast, invited: Person) -> None:
    with pytest.raises(Forbidden):
        service.give_consent(actor(cast.dev), invited, cast.lincoln, "paper form")
