"""Passwords: what is accepted as one, and how one is kept and compared (argon2id)."""

from __future__ import annotations

import contextlib
import functools
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from commons.errors import Invalid, Unavailable
from commons.i18n import lazy_gettext as _l

SHORTEST, LONGEST = 15, 128
_LEFT_AT_LEAST = 6
_WORDS = Path(__file__).with_name("common_words.txt")
# 46 MiB each: more than two at once would eat the memory and both cores of a small host.
_slots = threading.BoundedSemaphore(2)
_PATIENCE = 10.0
_DIGITS = "0123456789"
# How a guesser's program writes letters otherwise: Pa$$w0rd is password.
_LOOKALIKES = str.maketrans("@401!3$57", "aaoiiesst")

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)


def use(hasher: PasswordHasher) -> None:
    """Hash and compare with this; tests hand in one with cheap parameters."""
    global _hasher
    _hasher = hasher
    _dummy.cache_clear()


@contextlib.contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=_PATIENCE):
        raise Unavailable(_l("Too many people are signing in at once. Try again in a minute."))
    try:
        yield
    finally:
        _slots.release()


@functools.cache
def _dummy() -> str:
    return _hasher.hash("nobody has this password")


def _prepared(password: str) -> str:
    # Keyboards write the same accented letter as one sign or as two.
    return unicodedata.normalize("NFC", password)


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    with _slot():
        return _hasher.hash(_prepared(password))


def matches(stored: str | None, password: str) -> bool:
    """Return whether this is the password; takes as long for an account that does not exist."""
    with _slot():
        try:
            _hasher.verify(stored or _dummy(), _prepared(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and len(password) <= LONGEST


def is_outdated(stored: str) -> bool:
    """Return whether the password should be hashed again with today's parameters."""
    return _hasher.check_needs_rehash(stored)


def check(password: str, about: Iterable[str] = ()) -> None:
    """Raise Invalid with the reason when a new password is too short, too long or too plain.

    `about` holds what an acquaintance would try first: the person's name, the school's.
    """
    if len(password) < SHORTEST:
        _refuse(
            _l(
                "Enter a password with at least %(least)s characters. Four words do.",
                least=SHORTEST,
            )
        )
    if len(password) > LONGEST:
        _refuse(_l("Enter a password with at most %(most)s characters.", most=LONGEST))
    # Digits before and after a word are what everybody adds when asked for more.
    readings = (password, password.translate(_LOOKALIKES), _plain(password).strip(_DIGITS))
    left = min(_uncommon(reading, about) for reading in readings)
    if left < _LEFT_AT_LEAST or len(set(password)) < _LEFT_AT_LEAST or _repeats(password):
        _refuse(_l("This password is easy to guess. Choose words that have nothing in common."))


def _refuse(sentence: object) -> None:
    raise Invalid(sentence, {"password": sentence})


def _uncommon(password: str, about: Iterable[str]) -> int:
    """Return how many letters and digits are left when words that everybody tries are taken out.

    However the words overlap, as many letters as possible are taken out.
    """
    text = _plain(password)
    words = _common_words() | {part for each in about for part in _parts(each)}
    found = [word for word in words if word in text]
    left = [0]
    for end in range(1, len(text) + 1):
        without = (left[end - len(word)] for word in found if text.endswith(word, 0, end))
        left.append(min([left[-1] + 1, *without]))
    return left[-1]


def _repeats(password: str) -> bool:
    """Return whether this is a shorter password, written again and again."""
    text = _plain(password).strip(_DIGITS)
    return any(
        text == (text[:size] * len(text))[: len(text)]
        for size in range(1, SHORTEST)
        if size * 2 <= len(text)
    )


def _parts(text: str) -> Iterator[str]:
    words = "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
    return (word for word in words if len(word) > 3)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@functools.cache
def _common_words() -> frozenset[str]:
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
