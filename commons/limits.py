"""How often something may be tried, as data, counted in the database so that restarts keep it."""

from __future__ import annotations

import math

from peewee import CharField, DoubleField, IntegerField

from commons import clock
from commons.database import BaseModel
from commons.errors import RateLimited
from commons.i18n import lazy_gettext as _l

# Each limit in plain words; research/security §4.4 gives the reasons for the numbers.
LIMITS: dict[str, tuple[str, ...]] = {
    "password": ("5 per 15 minutes", "20 per day"),  # wrong tries for one account, unknown browsers
    "password-known": ("20 per hour",),  # the same from one browser that signed in before
    "totp": ("5 per 15 minutes", "20 per day"),  # wrong codes for one account
    "sign-in-page": ("60 per hour",),  # tries from one network address
    "sign-in-code": ("10 per hour",),  # codes to be sent from Signal, shown to one network
    "return-code": ("20 per hour",),  # codes on paper tried from one network
    "wrong-code": ("5 per hour",),  # codes of no page, sent by one person
    "wrong-codes": ("100 per hour",),  # codes of no page, sent by anybody
    "alert-send": ("3 per 10 minutes",),  # new alerts by one sender; follow-ups are free
    "break-glass": ("3 per day",),  # agents inside, without a second person, by one sender
    "approval-code": ("5 per hour",),  # wrong numbers beside YES or NO, by one person
    "reveal": ("30 per hour", "100 per day"),  # contact details shown to one person
    "look-up": ("10 per hour",),  # whether a number is on the roster, asked by one person
    "export": ("1 per day",),  # the roster as a file, asked for by one person
    "join": ("5 per hour",),  # wrong codes of a school's invite, by one person
    "join-page": ("60 per hour",),  # the same on the web, by one network: a school shares one
    "join-told": ("1 per hour",),  # "too many tries", to one person
    "join-ask": ("5 per day",),  # requests to join, by one person: the uses are for everybody
    "invitation": ("2 per hour",),  # "somebody added you", to one person by any number of schools
    "said-no": ("1 per 180 days",),  # one number's no to it, so that nobody asks them again
    "answer-unknown": ("1 per hour",),  # "a person will read this", to one person
    "answer-stopped": ("1 per hour",),  # "your messages are stopped", to one person
    "conversation": ("60 per hour",),  # turns of one person that are answered
    "guest": ("60 per hour",),  # strangers who become guests, in the whole installation
    "guest-person": ("20 per hour", "60 per day"),  # messages of one guest that are answered
    "answer-link": ("30 per hour",),  # answers by the link below one message
    "answer-help": ("6 per hour",),  # how to use the relay, told to one person
}


class RateBucket(BaseModel):
    """How many tries fell into one window; the key is a keyed hash, never an address."""

    key = CharField(max_length=64, primary_key=True)
    tries = IntegerField()
    ends_at = DoubleField(index=True)  # seconds since the epoch; the purge looks here


def check(name: str, *who: str) -> None:
    """Raise RateLimited when the limit is used up; count nothing."""
    from commons import rate_windows

    for item in rate_windows.items(name):
        if not rate_windows.limiter.test(item, name, *who):
            _refuse(rate_windows.limiter.get_window_stats(item, name, *who).reset_time)


def hit(name: str, *who: str) -> None:
    """Count one try; raise RateLimited when it is one too many."""
    from commons import rate_windows

    for item in rate_windows.items(name):
        if not rate_windows.limiter.hit(item, name, *who):
            _refuse(rate_windows.limiter.get_window_stats(item, name, *who).reset_time)


def forgive(name: str, *who: str) -> None:
    """Forget the tries, after a success."""
    from commons import rate_windows

    for item in rate_windows.items(name):
        rate_windows.limiter.clear(item, name, *who)


def _refuse(ends_at: float) -> None:
    wait = max(1, math.ceil(ends_at - clock.now().timestamp()))
    minutes = math.ceil(wait / 60)
    raise RateLimited(
        _l("Too many tries. Wait %(minutes)s minutes, then try again.", minutes=minutes), wait
    )
