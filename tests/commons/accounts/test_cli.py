"""Accounts from the command line of the host."""

from __future__ import annotations

from typing import Any

from commons.accounts import service, sessions
from commons.permissions import Grant, Role


def run(app: Any, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["accounts", *arguments])


def test_an_account_is_made_given_a_role_and_a_link(app: Any, cast: Any, browser: Any) -> None:
    assert run(app, "create", "ana@farolito.test", "--name", "Ana Example").exit_code == 0
    site = cast.lincoln.public_id
    assert run(app, "grant", "ana@farolito.test", "site_lead", "--site", site).exit_code == 0
    link = run(app, "link", "ana@farolito.test").output.strip()
    assert link.startswith("https://farolito.test/sign-in/")
    page = browser.get(link.removeprefix("https://farolito.test")).form("/sign-in").submit()
    assert page.path == "/home"
    account = service.find_account("ana@farolito.test")
    assert sessions.grants_of(account) == {Grant(Role.SITE_LEAD, cast.lincoln.id)}


def test_a_role_in_a_district_is_given_and_taken(app: Any, cast: Any) -> None:
    name, code = cast.stranger.reveal("sign_in_name"), cast.district.code
    run(app, "grant", name, "district_administrator", "--district", code)
    held = {Grant(Role.DISTRICT_ADMINISTRATOR, district_id=cast.district.id)}
    assert sessions.grants_of(cast.stranger) == held
    run(app, "revoke", name, "district_administrator", "--district", code)
    assert sessions.grants_of(cast.stranger) == frozenset()


def test_sessions_are_ended_and_an_account_is_suspended(app: Any, cast: Any) -> None:
    name, token = cast.rosa.reveal("sign_in_name"), sessions.open_session(cast.rosa)
    assert "1 sessions ended." in run(app, "sessions", "end", name).output
    assert sessions.find(token) is None
    assert "suspended" in run(app, "suspend", name).output
    assert "may sign in again" in run(app, "restore", name).output


def test_a_name_that_nobody_has_is_said_plainly(app: Any, cast: Any) -> None:
    answer = run(app, "link", "nobody@farolito.test")
    assert answer.exit_code != 0
    assert "no account with this sign-in name" in str(answer.exception or answer.output)
