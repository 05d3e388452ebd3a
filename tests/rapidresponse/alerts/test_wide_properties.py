"""Whatever is tried in whatever order: the wrong hand reaches nobody beyond the first few.

The rules are read here from the rows themselves, in other words than the product's.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from commons import clock, limits
from commons.errors import DomainError
from commons.messaging.models import Message, MessageState, MessageText
from commons.roster.models import Group, SlotKind
from rapidresponse.alerts import approvals, verifications
from rapidresponse.alerts.models import (
    Alert,
    AlertVersion,
    Approval,
    Certainty,
    Outcome,
    Verification,
    VersionKind,
)
from tests import builders
from tests.rapidresponse.alerts.school import School, follow, intent, send

NARROW = {"A1", "A3", "A4"}
# Those who may send, look or say yes, so that often enough one of them may; and those who may not.
HANDS = ("rosa", "mara", "dev", "noor")
WITHOUT_RIGHT = ("dev", "carmen", "amina", "luis", "ines", "stranger")
A_FEW = settings(
    max_examples=7,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
AUDIENCES = st.sampled_from([("A1",), ("A1", "A3", "A4"), ("A1", "A2"), ("A1", "A6"), ("A1", "A9")])
TYPES = st.sampled_from(["T1", "T2", "T3", "T6"])
OUTCOMES = st.sampled_from([Outcome.CONFIRMED] * 4 + list(Outcome))


class Hands(RuleBasedStateMachine):
    """A school where everybody tries everything; nobody says that they saw it themselves."""

    hands: tuple[str, ...] = HANDS

    def __init__(self) -> None:
        super().__init__()
        self.school = School.make(builders.Cast.make())
        builders.a_person(self.school.site, Group.OBSERVER)
        builders.a_person(self.school.site, Group.VOLUNTEER, slot=SlotKind.SECURITY)
        self.alert = send(self.school.site, self.school.cast.rosa, start("T1"))

    def hand(self, number: int) -> Any:
        return getattr(self.school.cast, self.hands[number % len(self.hands)])

    @rule(by=st.integers(0, 5), type_=TYPES, audiences=AUDIENCES)
    def start(self, by: int, type_: str, audiences: tuple[str, ...]) -> None:
        with contextlib.suppress(DomainError):
            self.alert = send(self.school.site, self.hand(by), start(type_, audiences))

    @rule(by=st.integers(0, 5), audiences=AUDIENCES, named=st.booleans())
    def widen(self, by: int, audiences: tuple[str, ...], named: bool) -> None:
        record = Verification.select().order_by(Verification.id.desc()).first()
        given: dict[str, Any] = {"audiences": audiences}
        if named and record is not None:
            given["verified"] = record.public_id
        self.attempt(follow, self.alert, self.hand(by), VersionKind.UPDATE, **given)

    @rule(by=st.integers(0, 5), outcome=OUTCOMES, minutes=st.sampled_from([0, 10, 45]))
    def look(self, by: int, outcome: Outcome, minutes: int) -> None:
        seen_at = clock.now() - dt.timedelta(minutes=minutes)
        actor = builders.actor(self.hand(by))
        given = {"seen_themselves": True, "seen_at": seen_at}
        self.attempt(verifications.verify, actor, self.alert, outcome, **given)

    @rule(by=st.integers(0, 5), stale=st.booleans(), right=st.booleans())
    def say_yes(self, by: int, stale: bool, right: bool) -> None:
        waiting = approvals.waiting(self.alert)
        shown = waiting.body_hash if waiting and right else "0" * 64
        fresh = clock.now() - dt.timedelta(minutes=6 if stale else 0)
        actor = builders.actor(self.hand(by), fresh)
        self.attempt(approvals.approve, actor, self.alert, shown=shown)

    @rule(hands=st.tuples(*[st.integers(0, 5)] * 3), audiences=AUDIENCES)
    def look_widen_and_say_yes(self, hands: tuple[int, int, int], audiences: Any) -> None:
        """The way that it is meant to go, by any three hands, or by one."""
        self.look(hands[0], Outcome.CONFIRMED, 0)
        self.widen(hands[1], audiences, True)
        self.say_yes(hands[2], False, True)

    def versions(self) -> list[AlertVersion]:
        """Every version at this school: what an earlier run left lies at another."""
        rows = AlertVersion.select().join(Alert).where(Alert.site == self.school.site)
        return list(rows.order_by(AlertVersion.id))

    def attempt(self, act: Any, *given: Any, **named: Any) -> None:
        with contextlib.suppress(DomainError):
            act(*given, **named)

    @invariant()
    def nothing_unverified_reaches_staff(self) -> None:
        for version in self.versions():
            if version.certainty is not Certainty.CONFIRMED:
                assert reached(version) <= NARROW

    @invariant()
    def whoever_made_it_certain_is_nobody_who_sent_it(self) -> None:
        found = self.versions()
        for version in (one for one in found if one.verification is not None):
            record = version.verification
            earlier = [one for one in found if one.alert_id == version.alert_id]
            senders = {one.sent_by for one in earlier if one.sent_at <= record.at}
            assert record.by not in senders | {version.sent_by}

    @invariant()
    def whoever_said_yes_had_no_hand_in_it(self) -> None:
        asked = {one.version_id: one for one in Approval.select()}
        for version in self.versions():
            one = asked.get(version.id)
            if one is None or one.decided_by is None:
                continue
            looked = {version.verification.by} if version.verification else set()
            assert one.decided_by not in {version.sent_by, version.alert.started_by} | looked

    @invariant()
    def families_hear_only_after_a_yes(self) -> None:
        for version in self.versions():
            if "A9" in reached(version):
                told = AlertVersion.select(AlertVersion.id).where(
                    AlertVersion.alert == version.alert, AlertVersion.number <= version.number
                )
                given = Approval.state == "given"
                assert Approval.select().where(given, Approval.version.in_(told)).exists()


class WrongHands(Hands):
    """Only people without the right to send try; a lead has told the core what nobody checked."""

    hands = WITHOUT_RIGHT

    @invariant()
    def nobody_new_hears_anything(self) -> None:
        for version in self.versions():
            assert reached(version) <= NARROW


def start(type_: str, audiences: tuple[str, ...] = ("A1",)) -> Any:
    return intent(type_, audiences, seen=False)


def reached(version: AlertVersion) -> set[str]:
    """As whom people were written to, but for those who wait for a yes."""
    rows: Any = (
        Message.select(MessageText.audience)
        .join(MessageText, on=(MessageText.id == Message.text))
        .where(
            Message.topic == version.topic_id,
            Message.state.not_in((MessageState.HELD, MessageState.CANCELLED)),
        )
        .distinct()
    )
    return {audience for (audience,) in rows.tuples()}


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
@pytest.mark.parametrize("machine", [Hands, WrongHands])
def test_no_order_of_acts_lets_the_wrong_hand_reach_more(
    db: str, machine: type[Hands], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "alert-send", ("1000 per hour",))
    run_state_machine_as_test(machine, settings=A_FEW)


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
@pytest.mark.parametrize(
    ("planted", "flaw"),
    [
        ("commons.accounts.who.same_person", lambda actor, refs: False),
        ("rapidresponse.alerts.grounds.barred", lambda *given, **named: ()),
    ],
    ids=["same person", "unverified"],
)
def test_a_planted_flaw_is_found(
    db: str, planted: str, flaw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "alert-send", ("1000 per hour",))
    monkeypatch.setattr(planted, flaw)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Hands, settings=settings(A_FEW, phases=[Phase.generate]))
