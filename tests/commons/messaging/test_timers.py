"""What is due is done at its instant, once, and the relay sleeps until then."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine

from commons import clock
from commons.database import transaction
from commons.messaging.models import Timer
from commons.messaging.timers import AGAIN, MOST_TRIES, Timers, next_due, set_timer, stop_timer

NOON = dt.datetime(2026, 11, 24, 20, 0, tzinfo=dt.UTC)


def noting(done: list[str]) -> Timers:
    return Timers({"nag": lambda subject, now: done.append(subject)})


def test_nothing_is_done_early_and_everything_once(db: str) -> None:
    done: list[str] = []
    with time_machine.travel(NOON, tick=False) as travel:
        set_timer("nag", "second", NOON + dt.timedelta(minutes=9))
        set_timer("nag", "first", NOON + dt.timedelta(minutes=8))
        assert noting(done).run_due() == 0
        assert next_due() == NOON + dt.timedelta(minutes=8)
        travel.shift(dt.timedelta(minutes=9))
        assert noting(done).run_due() == 2
        assert noting(done).run_due() == 0
    assert done == ["first", "second"]


def test_a_timer_set_anew_is_due_at_the_later_instant_only(db: str) -> None:
    done: list[str] = []
    with time_machine.travel(NOON, tick=False) as travel:
        set_timer("nag", "one", NOON)
        set_timer("nag", "one", NOON + dt.timedelta(minutes=1))
        assert noting(done).run_due() == 0
        travel.shift(dt.timedelta(minutes=1))
        noting(done).run_due()
    assert done == ["one"]


def test_a_timer_that_was_taken_back_never_runs(db: str) -> None:
    done: list[str] = []
    set_timer("nag", "one", clock.now())
    assert stop_timer("nag", "one")
    assert not stop_timer("nag", "one")
    assert noting(done).run_due() == 0
    assert next_due() is None


def test_a_timer_lives_and_dies_with_what_set_it(db: str) -> None:
    def fail() -> None:
        with transaction():
            set_timer("nag", "one", clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Timer.select().exists()


def test_one_that_fails_is_tried_again_and_holds_nobody_up(db: str) -> None:
    done: list[str] = []

    def act(subject: str, now: dt.datetime) -> None:
        set_timer("nag", "left behind", now)
        if subject == "bad":
            raise ValueError
        done.append(subject)

    timers = Timers({"nag": act})
    with time_machine.travel(NOON, tick=False) as travel:
        set_timer("nag", "bad", NOON - dt.timedelta(seconds=1))
        set_timer("nag", "good", NOON)
        timers.run_due()
        assert done == ["good"]
        stop_timer("nag", "left behind")
        for _ in range(MOST_TRIES + 2):
            travel.shift(AGAIN)
            timers.run_due()
        assert Timer.get(Timer.subject == "bad").tries == MOST_TRIES
    assert next_due() is None


@pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
def test_whoever_sets_one_while_it_sleeps_wakes_it(db: str) -> None:
    done, ended, seen = [], threading.Event(), threading.Event()

    def act(subject: str, now: dt.datetime) -> None:
        done.append(subject)
        seen.set()

    timers = Timers({"nag": act})
    thread = threading.Thread(target=timers.run_until, args=(ended,), daemon=True)
    thread.start()
    try:
        set_timer("nag", "one", clock.now())
        timers.woken.set()
        assert seen.wait(5)
    finally:
        ended.set()
        timers.woken.set()
        thread.join(5)
    assert done == ["one"]
