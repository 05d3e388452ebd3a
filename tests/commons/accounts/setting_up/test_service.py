"""The steps of setting up are for the account itself, in their order, once."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from commons import clock
from commons.accounts import sessions, totp
from commons.accounts.models import Account
from commons.accounts.setting_up import service
from commons.errors import Conflict, Invalid

STRONG = "violin harbor umbrella plum"


@pytest.fixture
def own(cast: Any) -> sessions.Found:
    Account.update(set_up_since=clock.now()).where(Account.id == cast.rosa.id).execute()
    found = sessions.find(sessions.open_session(cast.rosa))
    assert found is not None
    return found


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def test_the_password_comes_first(own: sessions.Found) -> None:
    secret = totp.new_secret()
    with pytest.raises(Conflict):
        service.connect(own, secret, code(secret))
    service.choose_password(own, STRONG)
    with pytest.raises(Conflict):
        service.choose_password(own, STRONG)
    token = service.connect(own, secret, code(secret))
    found = sessions.find(token)
    assert found is not None
    assert found.account.set_up_since is None
    assert found.actor.grants


def test_a_plain_password_and_a_wrong_code_are_refused(own: sessions.Found) -> None:
    with pytest.raises(Invalid):
        service.choose_password(own, "Password2026school!")
    service.choose_password(own, STRONG)
    with pytest.raises(Invalid):
        service.connect(own, totp.new_secret(), "12345")
    assert Account.get_by_id(own.account.id).set_up_since is not None


def test_whoever_is_set_up_changes_nothing_this_way(rosa: Any) -> None:
    found = sessions.find(sessions.open_session(rosa.account))
    assert found is not None
    secret = totp.new_secret()
    with pytest.raises(Conflict):
        service.choose_password(found, STRONG)
    with pytest.raises(Conflict):
        service.connect(found, secret, code(secret))
    assert Account.get_by_id(rosa.account.id).reveal("totp_secret") == rosa.secret


def test_other_sessions_end_when_the_account_is_set_up(own: sessions.Found) -> None:
    other = sessions.open_session(own.account)
    service.choose_password(own, STRONG)
    secret = totp.new_secret()
    service.connect(own, secret, code(secret))
    assert sessions.find(other) is None
