"""Accounts are made, equipped, given roles and suspended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyotp
import pytest

from commons import clock, permissions
from commons.accounts import passwords, service, sessions
from commons.accounts.models import Account, SignInLink
from commons.errors import Conflict, Forbidden, Invalid, NotFound
from commons.permissions import CONSOLE
from tests import builders

STRONG = "violin harbor umbrella plum"


def made(name: str = "Ana Example", sign_in_name: str = "ana@farolito.test") -> Account:
    return service.create_account(CONSOLE, sign_in_name=sign_in_name, name=name, language="es")


def test_a_new_account_has_no_role_and_no_password(db: str) -> None:
    account = made(sign_in_name="  ANA@Farolito.test ")
    assert service.find_account("ana@farolito.test") == account
    assert (account.reveal("name"), account.language) == ("Ana Example", "es")
    assert account.password_hash is None
    assert sessions.grants_of(account) == frozenset()


def test_a_sign_in_name_is_taken_once(db: str) -> None:
    made()
    with pytest.raises(Conflict):
        made(sign_in_name="Ana@farolito.test")
    assert Account.select().count() == 1


@pytest.mark.parametrize(("name", "sign_in_name"), [("", "ana"), ("x" * 61, "ana"), ("Ana", "a b")])
def test_names_that_cannot_be_used_are_refused(db: str, name: str, sign_in_name: str) -> None:
    with pytest.raises(Invalid):
        made(name, sign_in_name)


def test_an_account_cannot_make_accounts_or_links_or_suspend_elsewhere(cast: Any) -> None:
    for account in (cast.rosa, cast.mara, cast.dana, cast.stranger):
        actor = builders.actor(account)
        with pytest.raises(Forbidden):
            service.create_account(actor, sign_in_name="new@farolito.test", name="New")
        with pytest.raises(Forbidden):
            service.make_sign_in_link(actor, cast.ines)
        with pytest.raises((Forbidden, NotFound)):
            service.suspend(actor, cast.ines)


def test_a_new_password_ends_every_other_session(cast: Any) -> None:
    mine, other = sessions.open_session(cast.rosa), sessions.open_session(cast.rosa)
    live = sessions.find(mine)
    assert live is not None
    service.set_password(live.actor, cast.rosa, STRONG, live.session)
    assert [sessions.find(t) is not None for t in (mine, other)] == [True, False]
    assert passwords.matches(Account.get_by_id(cast.rosa.id).password_hash, STRONG)


def test_a_password_is_set_by_its_owner_only_and_only_when_fresh(cast: Any) -> None:
    with pytest.raises((Forbidden, NotFound)):
        service.set_password(builders.actor(cast.mara), cast.rosa, STRONG)
    stale = builders.actor(cast.rosa, clock.now() - dt.timedelta(minutes=6))
    with pytest.raises(permissions.NotFresh):
        service.set_password(stale, cast.rosa, STRONG)


def test_a_password_made_of_ones_own_name_is_refused(cast: Any) -> None:
    with pytest.raises(Invalid) as caught:
        service.set_password(builders.actor(cast.rosa), cast.rosa, "Rosa Example 2026")
    assert "password" in caught.value.fields


def test_a_second_factor_counts_once_its_first_code_is_right(cast: Any) -> None:
    actor, secret = builders.actor(cast.rosa), pyotp.random_base32()
    with pytest.raises(Invalid):
        service.enrol_totp(actor, cast.rosa, secret, "")
    assert Account.get_by_id(cast.rosa.id).totp_secret is None
    service.enrol_totp(actor, cast.rosa, secret, pyotp.TOTP(secret).at(clock.now()))
    kept = Account.get_by_id(cast.rosa.id)
    assert kept.reveal("totp_secret") == secret
    assert kept.totp_step > 0


def test_of_a_sign_in_link_only_the_hash_is_kept(cast: Any) -> None:
    token = service.make_sign_in_link(CONSOLE, cast.rosa, minutes=10)
    row = SignInLink.get()
    assert token not in (row.token_hash, "")
    assert dt.timedelta(minutes=9) < row.expires_at - clock.now() <= dt.timedelta(minutes=10)


@pytest.mark.parametrize("minutes", [0, -1, 7 * 24 * 60 + 1])
def test_a_sign_in_link_lasts_at_most_seven_days(cast: Any, minutes: int) -> None:
    with pytest.raises(Invalid):
        service.make_sign_in_link(CONSOLE, cast.rosa, minutes=minutes)


def test_a_suspended_account_has_no_session_until_it_is_restored(cast: Any) -> None:
    token = sessions.open_session(cast.rosa)
    service.suspend(CONSOLE, cast.rosa)
    assert sessions.find(token) is None
    with pytest.raises(Conflict):
        service.suspend(CONSOLE, cast.rosa)
    service.restore(CONSOLE, cast.rosa)
    assert sessions.find(token) is None
    assert sessions.find(sessions.open_session(cast.rosa)) is not None
