"""Sessions end when they should, and whatever cookie comes back is looked up anew."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from commons import clock, permissions
from commons.accounts import memberships, sessions
from commons.accounts.models import SignInSession
from commons.errors import NotFound
from commons.permissions import CONSOLE, PUBLIC_VISITOR, Actor, Role, may

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def found(token: str) -> sessions.Found:
    live = sessions.find(token)
    assert live is not None
    return live


@pytest.fixture(autouse=True)
def _noon(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)


def test_a_session_is_found_by_its_token_alone(cast: Any) -> None:
    token = sessions.open_session(cast.rosa, "phone")
    live = found(token)
    assert (live.account, live.session.device) == (cast.rosa, "phone")
    assert live.session.token_hash != token
    assert sessions.find(live.session.token_hash) is None


def test_the_actor_of_a_session_holds_the_roles_of_its_account(cast: Any) -> None:
    actor = found(sessions.open_session(cast.rosa)).actor
    assert (actor.ref, actor.account_id) == (f"account:{cast.rosa.public_id}", cast.rosa.id)
    assert actor.fresh_at == NOON
    assert may(actor, "account.own")


def test_a_role_revoked_is_gone_at_the_next_look(cast: Any) -> None:
    token = sessions.open_session(cast.rosa)
    memberships.revoke(CONSOLE, cast.rosa, Role.SITE_LEAD, site=cast.lincoln)
    assert found(token).actor.grants == frozenset()


@pytest.mark.parametrize(
    ("who", "idle"),
    [("rosa", 30), ("carmen", 30), ("mara", 15), ("dana", 15), ("luis", 1440)],
)
def test_a_session_ends_after_its_roles_idle_time(
    cast: Any, time_machine: TimeMachineFixture, who: str, idle: int
) -> None:
    token = sessions.open_session(getattr(cast, who))
    time_machine.shift(dt.timedelta(minutes=idle, seconds=-1))
    assert sessions.find(token) is not None
    time_machine.shift(dt.timedelta(minutes=idle))
    assert sessions.find(token) is None


def test_a_session_that_was_idle_too_long_stays_ended(
    cast: Any, time_machine: TimeMachineFixture
) -> None:
    token = sessions.open_session(cast.rosa)
    time_machine.shift(dt.timedelta(minutes=30))
    assert sessions.find(token) is None
    time_machine.move_to(NOON, tick=False)
    assert sessions.find(token) is None


@pytest.mark.parametrize(("who", "hours"), [("rosa", 12), ("mara", 8), ("noor", 12)])
def test_a_session_in_use_ends_at_its_roles_last_hour(
    cast: Any, time_machine: TimeMachineFixture, who: str, hours: int
) -> None:
    token = sessions.open_session(getattr(cast, who))
    for _ in range(hours * 6 - 1):
        time_machine.shift(dt.timedelta(minutes=10))
        assert sessions.find(token) is not None
    time_machine.shift(dt.timedelta(minutes=10))
    assert sessions.find(token) is None


def test_the_strictest_of_several_roles_sets_the_span(cast: Any) -> None:
    memberships.give_role(CONSOLE, cast.rosa, Role.ADMINISTRATOR, site=cast.lincoln)
    live = found(sessions.open_session(cast.rosa))
    assert live.session.ends_at == NOON + dt.timedelta(hours=8)


def test_that_a_session_was_seen_is_written_once_a_minute(
    cast: Any, time_machine: TimeMachineFixture
) -> None:
    token = sessions.open_session(cast.rosa)
    time_machine.shift(dt.timedelta(seconds=59))
    found(token)
    assert found(token).session.seen_at == NOON
    time_machine.shift(dt.timedelta(seconds=1))
    found(token)
    assert found(token).session.seen_at == clock.now()


def test_the_sixth_session_ends_the_oldest(cast: Any, time_machine: TimeMachineFixture) -> None:
    tokens = []
    for _ in range(6):
        tokens.append(sessions.open_session(cast.rosa))
        time_machine.shift(dt.timedelta(seconds=1))
    alive = [sessions.find(token) is not None for token in tokens]
    assert alive == [False, True, True, True, True, True]


def test_one_ends_the_other_sessions_and_keeps_this_one(cast: Any) -> None:
    mine, other, theirs = (sessions.open_session(a) for a in (cast.rosa, cast.rosa, cast.ines))
    assert sessions.end_all(cast.rosa, but=found(mine).session) == 1
    assert [sessions.find(t) is not None for t in (mine, other, theirs)] == [True, False, True]


def test_nobody_ends_the_session_of_somebody_else(cast: Any) -> None:
    token = sessions.open_session(cast.rosa)
    with pytest.raises(NotFound):
        sessions.end(cast.ines, found(token).session.public_id)
    sessions.end(cast.rosa, found(token).session.public_id)
    assert sessions.find(token) is None


def test_a_renewed_session_has_a_new_token_and_is_fresh(
    cast: Any, time_machine: TimeMachineFixture
) -> None:
    token = sessions.open_session(cast.rosa)
    time_machine.shift(dt.timedelta(minutes=6))
    new = sessions.renew(found(token).session)
    assert sessions.find(token) is None
    assert found(new).actor.fresh_at == clock.now()


def test_a_session_that_ended_is_not_renewed(cast: Any) -> None:
    live = found(sessions.open_session(cast.rosa))
    sessions.end_all(cast.rosa)
    with pytest.raises(NotFound):
        sessions.renew(live.session)


def test_freshness_lasts_five_minutes(cast: Any, time_machine: TimeMachineFixture) -> None:
    actor = found(sessions.open_session(cast.rosa)).actor
    time_machine.shift(dt.timedelta(minutes=5))
    permissions.require_fresh(actor)
    time_machine.shift(dt.timedelta(seconds=1))
    with pytest.raises(permissions.NotFresh):
        permissions.require_fresh(actor)


def test_the_console_is_always_fresh_and_the_public_never() -> None:
    permissions.require_fresh(CONSOLE)
    for actor in (PUBLIC_VISITOR, Actor("account:x", CONSOLE.grants, account_id=1)):
        with pytest.raises(permissions.NotFresh):
            permissions.require_fresh(actor)


def test_the_list_shows_live_sessions_only(cast: Any) -> None:
    kept = sessions.open_session(cast.rosa, "phone")
    ended = found(sessions.open_session(cast.rosa)).session
    sessions.end(cast.rosa, ended.public_id)
    assert [s.id for s in sessions.listed(cast.rosa)] == [found(kept).session.id]
    assert SignInSession.select().count() == 2
