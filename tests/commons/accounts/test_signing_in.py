"""Every refusal reads alike; codes and links work once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from time_machine import TimeMachineFixture

from commons import audit, permissions
from commons.accounts import devices, passwords, service, sessions, signing_in
from commons.accounts.models import Account
from commons.database import connection
from commons.errors import Conflict, DomainError, Invalid, RateLimited
from commons.permissions import CONSOLE

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOON, tick=False)


def refusal(name: str, password: str, code: str) -> str:
    with pytest.raises(Invalid) as caught:
        signing_in.sign_in(name, password, code)
    return str(caught.value)


def test_name_password_and_code_sign_in(rosa: Any) -> None:
    token = signing_in.sign_in(f" {rosa.name.upper()} ", rosa.password, rosa.code(), "phone")
    live = sessions.find(token)
    assert live is not None
    assert live.account == rosa.account
    assert audit.AuditLink.select().where(audit.AuditLink.kind == "account.signed_in").count() == 1


def test_wrong_name_password_or_code_is_refused_in_the_same_words(rosa: Any) -> None:
    said = {
        refusal("nobody@farolito.test", rosa.password, rosa.code()),
        refusal(rosa.name, "another password", rosa.code()),
        refusal(rosa.name, rosa.password, rosa.wrong_code()),
        refusal(rosa.name, "", ""),
    }
    assert said == {"The sign-in name, password or code is not right. Check all three."}


def test_a_suspended_account_is_refused_in_the_same_words(rosa: Any) -> None:
    service.suspend(CONSOLE, rosa.account)
    assert refusal(rosa.name, rosa.password, rosa.code()) == str(signing_in.NOT_RIGHT)


def test_an_account_without_second_factor_cannot_use_its_password(cast: Any) -> None:
    Account.update(password_hash=passwords.hashed("violin harbor umbrella")).execute()
    name = cast.ines.reveal("sign_in_name")
    assert refusal(name, "violin harbor umbrella", "000000") == str(signing_in.NOT_RIGHT)


def test_a_code_signs_in_once(rosa: Any) -> None:
    code = rosa.code()
    signing_in.sign_in(rosa.name, rosa.password, code)
    assert refusal(rosa.name, rosa.password, code) == str(signing_in.NOT_RIGHT)


def test_a_wrong_password_does_not_use_up_the_code(rosa: Any) -> None:
    refusal(rosa.name, "another password", rosa.code())
    assert signing_in.sign_in(rosa.name, rosa.password, rosa.code())


def test_known_and_unknown_accounts_cost_the_same_comparisons(rosa: Any, counting: Any) -> None:
    counts = []
    for name in (rosa.name, "nobody@farolito.test"):
        hasher = counting()
        refusal(name, "another password", "123456")
        counts.append(hasher.compared)
    assert counts == [2, 2]


@pytest.mark.parametrize("name", ["", "nobody@farolito.test"])
def test_the_sixth_wrong_try_must_wait_whether_or_not_the_account_exists(
    rosa: Any, time_machine: TimeMachineFixture, name: str
) -> None:
    for _ in range(5):
        refusal(name or rosa.name, "another password", "123456")
    with pytest.raises(RateLimited):
        signing_in.sign_in(name or rosa.name, rosa.password, rosa.code())
    time_machine.shift(dt.timedelta(minutes=15, seconds=1))
    refusal(name or rosa.name, "another password", "123456")


def test_too_many_codes_for_a_right_password_read_like_any_refusal(
    rosa: Any, time_machine: TimeMachineFixture
) -> None:
    refusal(rosa.name, "another password", "123456")
    time_machine.shift(dt.timedelta(minutes=14))
    for _ in range(4):
        refusal(rosa.name, rosa.password, rosa.wrong_code())
    time_machine.shift(dt.timedelta(minutes=2))
    for _ in range(5):
        refusal(rosa.name, rosa.password, rosa.wrong_code())


def test_tries_at_once_are_all_counted(rosa: Any) -> None:
    def attempt(_number: int) -> type[DomainError] | None:
        try:
            with connection():
                signing_in.sign_in(rosa.name, "another password", "123456")
        except DomainError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, range(12)))
    assert (outcomes.count(Invalid), outcomes.count(RateLimited)) == (5, 7)


def test_a_network_has_sixty_tries_an_hour(cast: Any) -> None:
    for number in range(60):
        with pytest.raises(Invalid):
            signing_in.sign_in(f"nobody{number}", "x", "1", network="198.51.100.7/32")
    with pytest.raises(RateLimited):
        signing_in.sign_in("another", "x", "1", network="198.51.100.7/32")
    with pytest.raises(Invalid):
        signing_in.sign_in("another", "x", "1", network="198.51.100.8/32")


def test_a_password_is_hashed_anew_when_the_parameters_change(rosa: Any) -> None:
    passwords.use(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    signing_in.sign_in(rosa.name, rosa.password, rosa.code())
    stored = Account.get_by_id(rosa.account.id).password_hash
    assert stored != rosa.account.password_hash
    assert not passwords.is_outdated(stored)


def test_a_link_signs_in_once(cast: Any) -> None:
    token = service.make_sign_in_link(CONSOLE, cast.rosa)
    assert signing_in.link_is_open(token)
    live = sessions.find(signing_in.sign_in_with_link(token))
    assert live is not None
    assert live.account == cast.rosa
    assert not signing_in.link_is_open(token)
    with pytest.raises(Conflict):
        signing_in.sign_in_with_link(token)


def test_of_many_who_use_a_link_at_once_one_gets_in(cast: Any) -> None:
    token = service.make_sign_in_link(CONSOLE, cast.rosa)

    def attempt(_number: int) -> bool:
        try:
            with connection():
                return bool(signing_in.sign_in_with_link(token))
        except Conflict:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_link_that_is_too_old_or_of_a_suspended_account_does_not_sign_in(
    cast: Any, time_machine: TimeMachineFixture
) -> None:
    old = service.make_sign_in_link(CONSOLE, cast.rosa, minutes=5)
    other = service.make_sign_in_link(CONSOLE, cast.ines, minutes=60)
    time_machine.shift(dt.timedelta(minutes=5))
    service.suspend(CONSOLE, cast.ines)
    for token in (old, other, "never made"):
        with pytest.raises(Conflict):
            signing_in.sign_in_with_link(token)


def test_proving_again_makes_the_session_fresh(rosa: Any, time_machine: TimeMachineFixture) -> None:
    live = sessions.find(sessions.open_session(rosa.account))
    assert live is not None
    time_machine.shift(dt.timedelta(minutes=10))
    with pytest.raises(Invalid):
        signing_in.prove_again(rosa.account, live.session, rosa.password, rosa.wrong_code())
    token = signing_in.prove_again(rosa.account, live.session, rosa.password, rosa.code())
    renewed = sessions.find(token)
    assert renewed is not None
    permissions.require_fresh(renewed.actor)


def test_an_account_without_a_password_cannot_prove_itself_with_an_empty_one(cast: Any) -> None:
    live = sessions.find(sessions.open_session(cast.rosa))
    assert live is not None
    with pytest.raises(Invalid):
        signing_in.prove_again(cast.rosa, live.session, "", "")


def test_a_guesser_elsewhere_does_not_lock_the_owner_out(rosa: Any) -> None:
    browser = devices.remember(rosa.account)
    for _ in range(5):
        refusal(rosa.name, "another password", "123456")
    with pytest.raises(RateLimited):
        signing_in.sign_in(rosa.name, rosa.password, rosa.code())
    assert signing_in.sign_in(rosa.name, rosa.password, rosa.code(), browser=browser)


def test_a_known_browser_has_twenty_tries_an_hour_of_its_own(rosa: Any, cast: Any) -> None:
    browser = devices.remember(rosa.account)
    for _ in range(20):
        with pytest.raises(Invalid):
            signing_in.sign_in(rosa.name, "another password", "123456", browser=browser)
    with pytest.raises(RateLimited):
        signing_in.sign_in(rosa.name, rosa.password, rosa.code(), browser=browser)
    # For another account the same browser is as unknown as any.
    for _ in range(5):
        with pytest.raises(Invalid):
            signing_in.sign_in(cast.ines.reveal("sign_in_name"), "x", "1", browser=browser)
    with pytest.raises(RateLimited):
        signing_in.sign_in(cast.ines.reveal("sign_in_name"), "x", "1", browser=browser)


def test_a_full_network_does_not_keep_a_known_browser_out(rosa: Any) -> None:
    browser = devices.remember(rosa.account)
    for number in range(60):
        with pytest.raises(Invalid):
            signing_in.sign_in(f"nobody{number}", "x", "1", network="198.51.100.7/32")
    given = (rosa.name, rosa.password, rosa.code())
    assert signing_in.sign_in(*given, network="198.51.100.7/32", browser=browser)


def test_proving_again_is_not_used_up_by_a_guesser_elsewhere(rosa: Any) -> None:
    live = sessions.find(sessions.open_session(rosa.account))
    assert live is not None
    for _ in range(5):
        refusal(rosa.name, "another password", "123456")
    assert signing_in.prove_again(rosa.account, live.session, rosa.password, rosa.code())
