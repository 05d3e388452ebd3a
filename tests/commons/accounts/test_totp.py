"""Codes of the second factor."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyotp
import pytest

from commons import clock
from commons.accounts import totp

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_a_code_is_good_for_one_period_either_way(seconds: int, accepted: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOON + dt.timedelta(seconds=seconds))
    assert (totp.matching_step(SECRET, code, NOON) is not None) is accepted


def test_a_code_may_have_a_space_and_persian_digits() -> None:
    code = pyotp.TOTP(SECRET).at(NOON)
    persian = "".join(chr(0x6F0 + int(digit)) for digit in code)
    assert totp.matching_step(SECRET, f"{code[:3]} {code[3:]}", NOON) is not None
    assert totp.matching_step(SECRET, persian, NOON) is not None


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "²²²²²²"])
def test_what_is_not_a_code_does_not_match(code: str) -> None:
    assert totp.matching_step(SECRET, code, NOON) is None


def test_an_account_without_a_secret_matches_no_code() -> None:
    assert totp.matching_step(None, pyotp.TOTP(totp._NOBODY).at(NOON), NOON) is None


def test_a_step_is_used_up_once_and_never_backwards(cast: Any) -> None:
    step = int(clock.now().timestamp()) // 30
    assert [totp.use_up(cast.rosa, s) for s in (step, step, step - 1, step + 1)] == [
        True,
        False,
        False,
        True,
    ]


def test_a_waiting_secret_opens_only_in_its_own_account(cast: Any) -> None:
    text = totp.wrapped(cast.rosa, SECRET)
    assert totp.unwrapped(cast.rosa, text) == SECRET
    assert totp.unwrapped(cast.ines, text) is None
    assert [totp.unwrapped(cast.rosa, bad) for bad in ("", "zz", "01", text[:-2])] == [None] * 4
