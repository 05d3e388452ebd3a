"""Accounts from the command line of the host."""

from __future__ import annotations

from typing import Any

from commons.accounts import freezing, proposals, service, sessions
from commons.permissions import Grant, Role
from tests import builders


def run(app: Any, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["accounts", *arguments])


def test_a_first_lead_is_made_by_the_console_alone(app: Any, db: str, browser: Any) -> None:
    site = builders.a_site("Lincoln Elementary")
    assert run(app, "create", "ana@farolito.test", "--name", "Ana Example").exit_code == 0
    said = run(app, "grant", "ana@farolito.test", "site_lead", "--site", site.public_id)
    assert said.output.strip() == "The role is granted."
    link = run(app, "link", "ana@farolito.test").output.strip()
    assert link.startswith("https://farolito.test/sign-in/")
    page = browser.get(link.removeprefix("https://farolito.test")).form("/sign-in").submit()
    assert page.path == "/home"
    account = service.find_account("ana@farolito.test")
    assert sessions.grants_of(account) == {Grant(Role.SITE_LEAD, site.id)}


def test_where_there_is_an_administrator_a_role_waits_for_their_yes(app: Any, cast: Any) -> None:
    name, site = cast.stranger.reveal("sign_in_name"), cast.lincoln.public_id
    said = run(app, "grant", name, "counselor", "--site", site).output
    assert "One of these confirms it on their home page: Dana Example." in said
    assert sessions.grants_of(cast.stranger) == frozenset()
    said = run(app, "proposals").output
    assert "Sam Example: counselor, Lincoln Elementary." in said
    own = run(app, "confirm", said.split()[0])
    assert "Somebody else must confirm it" in str(own.exception)


def test_the_console_is_the_second_person_and_takes_roles_away(app: Any, cast: Any) -> None:
    name, code = cast.stranger.reveal("sign_in_name"), cast.district.code
    proposals.propose_role(
        builders.actor(cast.dana), cast.stranger, Role.COUNSEL, district=cast.district
    )
    number = run(app, "proposals").output.split()[0]
    assert "It is confirmed" in run(app, "confirm", number).output
    held = {Grant(Role.COUNSEL, district_id=cast.district.id)}
    assert sessions.grants_of(cast.stranger) == held
    run(app, "revoke", name, "counsel", "--district", code)
    assert sessions.grants_of(cast.stranger) == frozenset()


def test_a_lost_phone_is_recovered_by_the_console_and_an_administrator(app: Any, cast: Any) -> None:
    said = run(app, "recover", cast.rosa.reveal("sign_in_name")).output
    assert "Dana Example" in said
    alone = run(app, "recover", cast.dana.reveal("sign_in_name")).output
    assert "Hand over this link: https://farolito.test/sign-in/" in alone


def test_a_frozen_account_is_thawed_on_the_console(app: Any, cast: Any) -> None:
    freezing.freeze(cast.rosa)
    name = cast.rosa.reveal("sign_in_name")
    assert "may sign in again" in run(app, "unfreeze", name).output
    assert "not frozen" in str(run(app, "unfreeze", name).exception)


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
