"""Adding, showing, removing and forgetting people."""

import datetime as dt
import json

import pytest

import commons.accounts.own_data.erasing  # noqa: F401 - what stands above hears of it
from commons import clock
from commons.accounts.models import Account
from commons.audit import AuditContent, AuditLink, faults
from commons.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from commons.messaging.models import Message
from commons.permissions import CONSOLE, NotFresh
from commons.retention import lift_hold, place_hold
from commons.roster import service
from commons.roster.models import Consent, ConsentState, ContactMethod, Group, Person, RosterEntry
from tests import builders
from tests.builders import Cast, actor

ANA = {"name": "Ana  Lee", "language": "es", "group": Group.FAMILY, "number": "213 555 0142"}


def test_whoever_is_added_is_only_invited(cast: Cast) -> None:
    person = service.add_person(actor(cast.rosa), cast.lincoln, **ANA)
    assert (person.reveal("name"), builders.number_of(person)) == ("Ana Lee", "+12135550142")
    assert Consent.get().state == ConsentState.INVITED
    assert AuditLink.select().where(AuditLink.kind == "person.added").count() == 1


def test_a_person_may_have_no_number(cast: Cast) -> None:
    service.add_person(actor(cast.rosa), cast.lincoln, **{**ANA, "number": None})
    assert ContactMethod.select().count() == 0


def test_the_same_person_at_a_second_school_is_one_person(cast: Cast) -> None:
    one = service.add_person(actor(cast.rosa), cast.lincoln, **ANA)
    two = service.add_person(actor(cast.ines), cast.other_school, **{**ANA, "name": "ana lee"})
    assert one == two
    assert RosterEntry.select().count() == Consent.select().count() == 2


def test_a_number_of_somebody_else_is_refused_and_nobody_is_added(cast: Cast) -> None:
    service.add_person(actor(cast.rosa), cast.lincoln, **ANA)
    with pytest.raises(Conflict, match="another name"):
        service.add_person(actor(cast.ines), cast.other_school, **{**ANA, "name": "Bo"})
    assert Person.select().count() == 1


def test_nobody_is_added_to_a_group_twice(cast: Cast) -> None:
    service.add_person(actor(cast.rosa), cast.lincoln, **ANA)
    with pytest.raises(Conflict, match="already on the roster"):
        service.add_person(actor(cast.rosa), cast.lincoln, **ANA)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("name", "x" * 101), ("language", "Klingon"), ("number", "1")],
)
def test_what_cannot_be_used_is_told_beside_its_field(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        service.add_person(actor(cast.rosa), cast.lincoln, **{**ANA, field: value})
    assert list(refusal.value.fields) == [field]


def test_a_number_is_shown_with_a_reason_that_is_kept(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln, number="+12135550142")
    shown = service.reveal_number(actor(cast.rosa), cast.lincoln, person, "Phone is off")
    assert shown == "+1 213-555-0142"
    kept = AuditContent.get(AuditContent.subject == f"person:{person.public_id}").reveal("content")
    assert json.loads(kept)["details"] == {"reason": "Phone is off"}


def test_a_number_without_a_reason_stays_hidden(cast: Cast) -> None:
    with pytest.raises(Invalid):
        service.reveal_number(actor(cast.rosa), cast.lincoln, builders.a_person(cast.lincoln), "  ")


def test_a_session_that_is_not_fresh_must_prove_itself_again(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    stale = actor(cast.rosa, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(NotFresh):
        service.reveal_number(stale, cast.lincoln, person, "phone is off")
    with pytest.raises(NotFresh):
        service.forget_person(stale, person)
    assert Person.select().count() == 1


def test_whoever_looks_at_too_many_numbers_is_stopped(cast: Cast) -> None:
    person, rosa = builders.a_person(cast.lincoln), actor(cast.rosa)
    for _time in range(30):
        service.reveal_number(rosa, cast.lincoln, person, "calling everybody")
    with pytest.raises(RateLimited):
        service.reveal_number(rosa, cast.lincoln, person, "calling everybody")


def test_counselors_districts_and_other_schools_see_no_number(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    for account in (cast.carmen, cast.dana, cast.noor, cast.dev):
        with pytest.raises(Forbidden):
            service.reveal_number(actor(account), cast.lincoln, person, "curious")
    with pytest.raises(NotFound):
        service.reveal_number(actor(cast.ines), cast.lincoln, person, "curious")


def test_whoever_leaves_leaves_their_roles_too(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln, slot=service.slots.SlotKind.SITE_LEAD)
    service.remove_person(actor(cast.rosa), cast.lincoln, person)
    assert service.slots.gaps(cast.lincoln) == [service.slots.SlotKind.SITE_LEAD]
    with pytest.raises(Conflict):
        service.remove_person(actor(cast.rosa), cast.lincoln, person)
    with pytest.raises(NotFound):
        service.person_at(cast.lincoln, person.public_id)


def test_whoever_is_forgotten_is_gone_everywhere(cast: Cast) -> None:
    person = builders.a_person(cast.lincoln)
    Account.update(person=person).where(Account.id == cast.amina.id).execute()
    service.forget_person(actor(cast.rosa), person)
    for model in (Person, ContactMethod, Consent, RosterEntry, Message):
        assert model.select().count() == 0
    assert Account.get_or_none(Account.id == cast.amina.id) is None
    assert faults(f"site:{cast.lincoln.id}") == []


def test_a_lead_cannot_forget_somebody_of_another_school_as_well(cast: Cast) -> None:
    person = service.add_person(CONSOLE, cast.lincoln, **ANA)
    service.add_person(CONSOLE, cast.other_school, **ANA)
    with pytest.raises(NotFound):
        service.forget_person(actor(cast.rosa), person)
    service.forget_person(CONSOLE, person)


@pytest.mark.parametrize("subject", ["everything", "site", "person"])
def test_a_legal_hold_stops_forgetting(cast: Cast, subject: str) -> None:
    person = builders.a_person(cast.lincoln)
    ids = {"site": cast.lincoln.public_id, "person": person.public_id}
    covered = f"{subject}:{ids[subject]}" if subject in ids else subject
    hold = place_hold(CONSOLE, covered, "court order")
    with pytest.raises(Conflict, match="legal hold"):
        service.forget_person(actor(cast.rosa), person)
    lift_hold(CONSOLE, hold)
    service.forget_person(actor(cast.rosa), person)


def test_groups_are_counted(cast: Cast) -> None:
    builders.a_person(cast.lincoln, Group.FAMILY)
    builders.a_person(cast.other_school, Group.FAMILY)
    counts = service.counts(cast.lincoln)
    assert (counts[Group.FAMILY], counts[Group.STAFF]) == (1, 0)


def test_another_school_adds_nobody_here(cast: Cast) -> None:
    with pytest.raises(NotFound):
        service.add_person(actor(cast.ines), cast.lincoln, **ANA)
    with pytest.raises(Forbidden):
        service.add_person(actor(cast.dana), cast.lincoln, **ANA)
