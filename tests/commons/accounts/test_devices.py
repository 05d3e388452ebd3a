"""A browser that signed in before is known for ninety days, and only for that account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from time_machine import TimeMachineFixture

from commons import clock
from commons.accounts import devices
from commons.accounts.models import KnownDevice


def test_a_browser_is_known_to_the_account_that_signed_in_there(cast: Any) -> None:
    token = devices.remember(cast.rosa)
    assert devices.is_known(cast.rosa, token)
    assert not devices.is_known(cast.ines, token)
    assert not devices.is_known(None, token)
    assert not devices.is_known(cast.rosa, "")


def test_two_accounts_in_one_browser_share_no_trace_in_the_table(cast: Any) -> None:
    token = devices.remember(cast.rosa)
    assert devices.remember(cast.ines, token) == token
    hashes = {row.token_hash for row in KnownDevice.select()}
    assert len(hashes) == 2
    assert token not in hashes


def test_a_browser_is_forgotten_after_ninety_days_without_use(
    cast: Any, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.now(), tick=False)
    token = devices.remember(cast.rosa)
    time_machine.shift(dt.timedelta(days=89))
    devices.remember(cast.rosa, token)
    time_machine.shift(dt.timedelta(days=89))
    assert devices.is_known(cast.rosa, token)
    time_machine.shift(dt.timedelta(days=2))
    assert not devices.is_known(cast.rosa, token)


def test_ten_browsers_are_kept(cast: Any) -> None:
    tokens = [devices.remember(cast.rosa) for _ in range(devices.MOST + 2)]
    assert sum(devices.is_known(cast.rosa, token) for token in tokens) == devices.MOST
    assert devices.is_known(cast.rosa, tokens[-1])


def test_a_short_token_from_a_tampered_cookie_is_replaced(cast: Any) -> None:
    assert len(devices.remember(cast.rosa, "x")) >= 43
