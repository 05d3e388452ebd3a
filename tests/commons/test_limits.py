"""Limits are counted in the database, exactly, by everybody together."""

import threading

import pytest
import time_machine

from commons import limits
from commons.database import connection
from commons.errors import RateLimited
from commons.limits import RateBucket


def test_the_sixth_wrong_password_waits(db: str) -> None:
    for _ in range(5):
        limits.hit("password", "ana")
    with pytest.raises(RateLimited) as caught:
        limits.hit("password", "ana")
    assert 0 < caught.value.retry_after <= 900
    limits.hit("password", "somebody else")


def test_after_the_window_one_may_try_again(db: str) -> None:
    with time_machine.travel("2026-11-24 10:00:00+00:00", tick=False) as clock:
        for _ in range(5):
            limits.hit("password", "ana")
        clock.shift(901)
        limits.hit("password", "ana")


def test_looking_counts_nothing_and_success_forgives(db: str) -> None:
    for _ in range(9):
        limits.check("password", "ana")
    for _ in range(5):
        limits.hit("password", "ana")
    limits.forgive("password", "ana")
    limits.hit("password", "ana")


def test_tries_at_the_same_moment_are_all_counted(db: str) -> None:
    def tries() -> None:
        with connection():
            for _ in range(10):
                limits.hit("sign-in-page", "net")

    threads = [threading.Thread(target=tries) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.tries for row in RateBucket.select()] == [40]


def test_the_table_holds_no_name_and_no_address(db: str) -> None:
    limits.hit("sign-in-page", "192.0.2.7")
    assert all("192" not in row.key and len(row.key) == 64 for row in RateBucket.select())
