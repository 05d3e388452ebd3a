"""What is accepted as a password, and how it is compared."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from argon2 import PasswordHasher

from commons.accounts import passwords
from commons.errors import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "short of fifteen"[:14],
        "x" * 129,
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345",
        "Password2026school!",
        "Farolito-Signal-Alert",
        "correct horse battery staple",
        "Rosa Example 2026 password",
        "Pa$$w0rdPa$$w0rd2026",
        "walrus-walrus-walrus",
        "",
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check(password, ("Rosa Example", "rosa@farolito.test"))


@pytest.mark.parametrize(
    "password",
    [
        "violin harbor umbrella",
        "tromba noche cuchara",
        "بنفشه دریا چتر آلو سنگ",
        "k7Gq-29fLw-pZx41",
    ],
)
def test_unusual_words_of_any_language_are_accepted(password: str) -> None:
    passwords.check(password, ("Rosa Example", "rosa@farolito.test"))


def test_only_the_right_password_matches() -> None:
    stored = passwords.hashed("violin harbor umbrella")
    assert passwords.matches(stored, "violin harbor umbrella")
    assert not passwords.matches(stored, "violin harbor umbrellas")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("not a hash", "violin harbor umbrella")


def test_an_accent_may_be_typed_as_one_sign_or_two() -> None:
    assert passwords.matches(passwords.hashed("cancio\u0301n de la luna"), "canción de la luna")


def test_an_unknown_account_costs_one_comparison_as_well(counting: Any) -> None:
    hasher = counting()
    passwords.matches(None, "anything at all here")
    passwords.matches(hasher.hash("violin harbor"), "anything at all here")
    assert hasher.compared == 2


def test_a_hash_with_other_parameters_is_outdated() -> None:
    stored = passwords.hashed("violin harbor umbrella")
    assert not passwords.is_outdated(stored)
    passwords.use(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert passwords.is_outdated(stored)


def test_thousands_of_common_words_are_refused_as_they_are_and_made_longer() -> None:
    words = sorted(passwords._common_words())
    ends = ("", "1", "123", "2026", "!", "1234!", "abc", "007")
    tried = {end + word + end for word in words for end in ends}
    tried |= {word.capitalize() + other + "2026" for word, other in itertools.pairwise(words)}
    tried |= {word * 4 + end for word in words for end in ends}
    accepted = []
    for password in tried:
        try:
            passwords.check(password)
        except Invalid:
            continue
        accepted.append(password)
    assert len(tried) >= 3_000
    assert accepted == []
