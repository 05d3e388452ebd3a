"""Coming in by an invite: who may ask, how often, and that only the lead admits."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from commons import audit, clock
from commons.errors import Conflict, Forbidden, Invalid, NotFound, RateLimited
from commons.permissions import NotFresh
from commons.roster import service as roster
from commons.roster.joining import codes, listing, service
from commons.roster.joining.models import Invite, JoinRequest, JoinState
from commons.roster.joining.service import Asked
from commons.roster.models import Consent, ConsentState, Group, Person, RosterEntry
from commons.roster.reach import reach
from tests import builders
from tests.builders import Cast, a_guest, a_person, actor, an_invite

HOUR = dt.timedelta(hours=1)


def ask(invite: Invite, person: Person, name: str = "Ana", language: str = "es") -> Asked:
    return service.ask_to_join(invite, person, name, language, clock.now())


def the_request(person: Person) -> JoinRequest:
    newest = JoinRequest.select().where(JoinRequest.person == person)
    return newest.order_by(JoinRequest.id.desc()).get()


def code_of(invite: Invite) -> str:
    return invite.reveal("code")


def test_a_lead_makes_an_invite_that_lives_three_days(cast: Cast) -> None:
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        invite = service.make_invite(actor(cast.rosa), cast.lincoln, Group.FAMILY)
        assert invite.expires_at - clock.now() == 72 * HOUR
    assert invite.most_uses == 25
    assert audit.faults(f"site:{cast.lincoln.id}") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"hours": 73}, "hours"),
        ({"hours": 0}, "hours"),
        ({"most_uses": 26}, "most_uses"),
        ({"group": Group.STAFF}, "group"),
    ],
)
def test_an_invite_is_short_small_and_for_no_staff(cast: Cast, given: dict, field: str) -> None:  # type: ignore[type-arg]
    wanted = {"group": Group.FAMILY, **given}
    with pytest.raises(Invalid) as refusal:
        service.make_invite(actor(cast.rosa), cast.lincoln, **wanted)
    assert list(refusal.value.fields) == [field]


def test_only_who_proved_who_they_are_makes_an_invite(cast: Cast) -> None:
    stale = actor(cast.rosa, clock.now() - 6 * dt.timedelta(minutes=1))
    with pytest.raises(NotFresh):
        service.make_invite(stale, cast.lincoln, Group.FAMILY)
    with pytest.raises(Forbidden):
        service.make_invite(actor(cast.amina), cast.lincoln, Group.FAMILY)
    with pytest.raises(NotFound):
        service.make_invite(actor(cast.ines), cast.lincoln, Group.FAMILY)


def test_a_code_that_cannot_be_used_says_the_same_for_every_reason(cast: Cast) -> None:
    expired = an_invite(cast.lincoln, expires_at=clock.now() - HOUR)
    revoked = an_invite(cast.lincoln, revoked_at=clock.now())
    used_up = an_invite(cast.lincoln, uses=25)
    tried = [code_of(expired), code_of(revoked), code_of(used_up), codes.make(), "hello"]
    said = set()
    for code in tried:
        with pytest.raises(NotFound) as refusal:
            service.find_invite(code)
        said.add(str(refusal.value))
    assert len(said) == 1


def test_five_wrong_codes_in_an_hour_are_enough(cast: Cast) -> None:
    live = code_of(an_invite(cast.lincoln))
    for _ in range(5):
        with pytest.raises(NotFound):
            service.find_invite(codes.make(), person="p1")
    with pytest.raises(RateLimited):
        service.find_invite(live, person="p1")
    assert service.find_invite(live, person="p2").site == cast.lincoln


def test_somebody_asks_and_the_lead_admits_them(cast: Cast) -> None:
    person = a_guest("en")
    assert ask(an_invite(cast.lincoln), person) == Asked.WAITING
    assert reach(cast.lincoln, groups=[Group.FAMILY]).reachable == []
    seen = listing.waiting(actor(cast.rosa), cast.lincoln)
    assert [(one.name, one.language, one.group) for one in seen] == [("Ana", "es", Group.FAMILY)]
    service.admit(actor(cast.rosa), cast.lincoln, the_request(person))
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1
    agreed = Consent.get()
    assert (agreed.reveal("source"), agreed.recorded_by) == ("joined by Signal", "relay")
    assert listing.waiting(actor(cast.rosa), cast.lincoln) == []
    assert audit.faults(f"site:{cast.lincoln.id}") == []


def test_a_double_tap_is_one_request_and_one_use(cast: Cast) -> None:
    person, invite = a_guest(), an_invite(cast.lincoln)
    assert [ask(invite, person), ask(invite, person)] == [Asked.WAITING, Asked.ALREADY_WAITING]
    assert JoinRequest.select().count() == 1
    assert Invite.get().uses == 1


def test_the_last_use_is_taken_once(cast: Cast) -> None:
    invite = an_invite(cast.lincoln, most_uses=1)
    ask(invite, a_guest())
    with pytest.raises(NotFound):
        ask(invite, a_guest())  # found before the other was counted
    assert JoinRequest.select().count() == 1
    assert Invite.get().uses == 1


def test_an_invite_that_ran_out_meanwhile_lets_nobody_in(cast: Cast) -> None:
    person = a_guest()
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as travel:
        invite, sent = an_invite(cast.lincoln), clock.now()
        travel.shift(73 * HOUR)
        with pytest.raises(NotFound):
            # Whatever the phone says of when it was sent.
            service.ask_to_join(invite, person, "Ana", "es", sent)
    assert Person.get_by_id(person.id).reveal("name") == ""


def test_whoever_is_known_keeps_name_and_language(cast: Cast) -> None:
    person = a_person(cast.other_school, Group.FAMILY, name="Bo Kim", language="ko")
    ask(an_invite(cast.lincoln), person, "Someone Else", "en")
    known = Person.get_by_id(person.id)
    assert (known.reveal("name"), known.language) == ("Bo Kim", "ko")


def test_whoever_is_on_the_roster_makes_no_second_entry(cast: Cast) -> None:
    person, invite = a_person(cast.lincoln, Group.FAMILY), an_invite(cast.lincoln)
    assert ask(invite, person) == Asked.ALREADY_HERE
    assert JoinRequest.select().count() == 0
    assert RosterEntry.select().count() == 1
    assert Invite.get().uses == 0


def test_an_employee_may_ask_to_be_a_family_as_well(cast: Cast) -> None:
    person = a_person(cast.lincoln, Group.STAFF)
    assert ask(an_invite(cast.lincoln), person) == Asked.WAITING
    service.admit(actor(cast.rosa), cast.lincoln, the_request(person))
    assert {row.group for row in RosterEntry.select()} == {Group.STAFF, Group.FAMILY}


def test_who_said_stop_joins_again_from_their_own_phone(cast: Cast) -> None:
    person = a_person(cast.lincoln, Group.FAMILY)
    roster.withdraw_everywhere(person)
    roster.remove_person(actor(cast.rosa), cast.lincoln, person)
    assert ask(an_invite(cast.lincoln), person) == Asked.WAITING
    assert Consent.get().state == ConsentState.WITHDRAWN
    service.admit(actor(cast.rosa), cast.lincoln, the_request(person))
    assert Consent.get().state == ConsentState.GIVEN
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1


def test_who_said_stop_and_is_still_listed_is_reached_again_at_once(cast: Cast) -> None:
    person = a_person(cast.lincoln, Group.FAMILY)
    roster.withdraw_everywhere(person)
    assert ask(an_invite(cast.lincoln), person) == Asked.ALREADY_HERE
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1


def test_a_stop_while_waiting_ends_the_waiting(cast: Cast) -> None:
    person = a_guest()
    ask(an_invite(cast.lincoln), person)
    assert service.take_back(person) == 1
    with pytest.raises(Conflict):
        service.admit(actor(cast.rosa), cast.lincoln, the_request(person))
    assert Consent.select().count() == 0


def test_two_leads_admit_at_once_and_one_of_them_does(cast: Cast) -> None:
    person, told = a_guest(), []
    ask(an_invite(cast.lincoln), person)
    seen_by_both = the_request(person), the_request(person)
    service.when_admitted.append(lambda *about: told.append(about))
    try:
        service.admit(actor(cast.rosa), cast.lincoln, seen_by_both[0])
        with pytest.raises(Conflict):
            service.admit(actor(cast.mara), cast.lincoln, seen_by_both[1])
        with pytest.raises(Conflict):
            service.decline(actor(cast.mara), cast.lincoln, seen_by_both[1])
    finally:
        service.when_admitted.pop()
    assert RosterEntry.select().count() == 1
    assert [(site, who) for _, site, who in told] == [(cast.lincoln, person)]


def test_an_invite_of_one_school_never_admits_to_another(cast: Cast) -> None:
    person = a_guest()
    ask(an_invite(cast.lincoln), person)
    request = the_request(person)
    with pytest.raises(NotFound):
        service.admit(actor(cast.ines), cast.lincoln, request)
    with pytest.raises(Conflict):
        service.admit(actor(cast.ines), cast.other_school, request)
    with pytest.raises(NotFound):
        listing.request_at(cast.other_school, request.public_id)
    assert RosterEntry.select().count() == 0


def test_revoking_burns_everybody_who_waits_through_it_and_nobody_else(cast: Cast) -> None:
    burnt, kept = an_invite(cast.lincoln), an_invite(cast.lincoln)
    stranger, neighbour, family = a_guest(), a_guest(), a_guest()
    for invite, person in ((burnt, stranger), (burnt, neighbour), (kept, family)):
        ask(invite, person)
    assert service.revoke_invite(actor(cast.rosa), cast.lincoln, burnt) == 2
    assert the_request(stranger).state == JoinState.DECLINED
    assert the_request(family).state == JoinState.WAITING
    with pytest.raises(Conflict):
        service.revoke_invite(actor(cast.rosa), cast.lincoln, burnt)
    with pytest.raises(NotFound):
        ask(burnt, a_guest())
    with pytest.raises(NotFound):
        service.find_invite(code_of(burnt))


def test_revoking_leaves_alone_who_was_admitted(cast: Cast) -> None:
    invite, person = an_invite(cast.lincoln), a_guest()
    ask(invite, person)
    service.admit(actor(cast.rosa), cast.lincoln, the_request(person))
    assert service.revoke_invite(actor(cast.rosa), cast.lincoln, invite) == 0
    assert len(reach(cast.lincoln, groups=[Group.FAMILY]).reachable) == 1


def test_nobody_can_use_up_an_invite_alone(cast: Cast) -> None:
    invite, person = an_invite(cast.lincoln), a_guest()
    for _ in range(5):
        ask(invite, person)
        service.decline(actor(cast.rosa), cast.lincoln, the_request(person))
    with pytest.raises(RateLimited):
        ask(invite, person)
    assert Invite.get().uses == 5


def test_admitting_needs_a_fresh_proof_and_the_right(cast: Cast) -> None:
    person = a_guest()
    ask(an_invite(cast.lincoln), person)
    request = the_request(person)
    with pytest.raises(NotFresh):
        service.admit(actor(cast.rosa, clock.now() - HOUR), cast.lincoln, request)
    with pytest.raises(Forbidden):
        service.admit(actor(cast.carmen), cast.lincoln, request)
    assert the_request(person).state == JoinState.WAITING


@pytest.mark.parametrize("name", ["", "  ", "A" * 25])
def test_a_name_is_short_and_there(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        ask(an_invite(cast.lincoln), a_guest(), name)
    assert JoinRequest.select().count() == 0


def test_a_hidden_number_shows_no_digits(cast: Cast) -> None:
    hidden, shown = a_guest(number="6f9619ff-8b86-4d01-b42d-00cf4fc96401"), a_guest()
    invite = an_invite(cast.lincoln)
    for person in (hidden, shown):
        ask(invite, person)
    endings = [one.ending for one in listing.waiting(actor(cast.rosa), cast.lincoln)]
    assert endings == ["", builders.number_of(shown)[-2:]]
