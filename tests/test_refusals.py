"""What must be refused, by hand: a mistake in the table of permissions does not pass itself.

Each sentence is held against the table, and against every page and every act that asks for the
permission, by an account that has the role and nothing else.
"""

import re
from typing import Any

import pytest
from flask import Flask

from commons import permissions
from commons.permissions import Actor, Grant, Role, may
from tests import builders, page
from tests.test_routes import address, an_alert, everything

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
MUST_REFUSE = {
    "A parent does not send alerts": (Role.PARENT, "alerts.send"),
    "A parent does not see alerts to staff": (Role.PARENT, "alerts.view"),
    "A parent does not see the roster": (Role.PARENT, "roster.view"),
    "A parent does not add people": (Role.PARENT, "roster.edit"),
    "A parent does not see a number": (Role.PARENT, "roster.reveal"),
    "A parent does not look a number up": (Role.PARENT, "roster.look-up"),
    "A parent admits nobody": (Role.PARENT, "roster.admit"),
    "A parent makes no invites": (Role.PARENT, "roster.invite"),
    "A parent takes no roster away": (Role.PARENT, "roster.export"),
    "A parent erases nobody else": (Role.PARENT, "roster.erase"),
    "A parent does not see who is trusted": (Role.PARENT, "trust.view"),
    "A parent does not change what the school says of itself": (Role.PARENT, "sites.describe"),
    "A parent does not set the posture": (Role.PARENT, "posture.set"),
    "A parent gives no roles": (Role.PARENT, "accounts.grant"),
    "A volunteer does not send alerts": (Role.VOLUNTEER, "alerts.send"),
    "A volunteer does not see the roster": (Role.VOLUNTEER, "roster.view"),
    "A volunteer admits nobody": (Role.VOLUNTEER, "roster.admit"),
    "A volunteer records no trust": (Role.VOLUNTEER, "trust.record"),
    "A volunteer does not see a number": (Role.VOLUNTEER, "roster.reveal"),
    "A volunteer does not see how the relay is": (Role.VOLUNTEER, "relay.view"),
    "An observer does not send alerts": (Role.OBSERVER, "alerts.send"),
    "An observer does not see the roster": (Role.OBSERVER, "roster.view"),
    "An observer verifies nobody": (Role.OBSERVER, "trust.verify"),
    "The front desk does not send alerts": (Role.FRONT_DESK, "alerts.send"),
    "The front desk does not see the roster": (Role.FRONT_DESK, "roster.view"),
    "The front desk vouches for nobody": (Role.FRONT_DESK, "trust.vouch"),
    "The front desk does not set the posture": (Role.FRONT_DESK, "posture.set"),
    "A counselor does not send alerts": (Role.COUNSELOR, "alerts.send"),
    "A counselor gives no second yes": (Role.COUNSELOR, "alerts.approve"),
    "A counselor does not see a number": (Role.COUNSELOR, "roster.reveal"),
    "A counselor does not change the roster": (Role.COUNSELOR, "roster.edit"),
    "A counselor takes no roster away": (Role.COUNSELOR, "roster.export"),
    "A counselor says nothing about what is there": (Role.COUNSELOR, "alerts.verify"),
    "A parent says nothing about what is there": (Role.PARENT, "alerts.verify"),
    "An observer says nothing about what is there": (Role.OBSERVER, "alerts.verify"),
    "The district looks at no school's door": (Role.DISTRICT_ADMINISTRATOR, "alerts.verify"),
    "A site lead judges nothing afterwards": (Role.SITE_LEAD, "alerts.review"),
    "The front desk judges nothing afterwards": (Role.FRONT_DESK, "alerts.review"),
    "The front desk does not see alerts": (Role.FRONT_DESK, "alerts.view"),
    "The relay gives no second yes of its own": (Role.RELAY, "alerts.approve"),
    "The console gives no second yes": (Role.CONSOLE, "alerts.approve"),
    "A site lead gives no second yes": (Role.SITE_LEAD, "alerts.approve"),
    "A site lead gives no yes above three hundred": (Role.SITE_LEAD, "alerts.approve-wide"),
    "A site lead gives no roles": (Role.SITE_LEAD, "accounts.grant"),
    "A site lead invites no staff": (Role.SITE_LEAD, "accounts.invite"),
    "A site lead recovers no account": (Role.SITE_LEAD, "accounts.recover"),
    "A site lead suspends no account": (Role.SITE_LEAD, "accounts.suspend"),
    "A site lead imports no list of sites": (Role.SITE_LEAD, "sites.import"),
    "A site lead opens no school": (Role.SITE_LEAD, "sites.open"),
    "A site lead fills no roles of the district": (Role.SITE_LEAD, "roster.slots-district"),
    "A site lead sets no holidays of the district": (Role.SITE_LEAD, "sites.describe-district"),
    "A site lead gives nobody the highest trust": (Role.SITE_LEAD, "trust.verify"),
    "An administrator gives no yes above three hundred": (
        Role.ADMINISTRATOR,
        "alerts.approve-wide",
    ),
    "An administrator gives no roles": (Role.ADMINISTRATOR, "accounts.grant"),
    "An administrator recovers no account": (Role.ADMINISTRATOR, "accounts.recover"),
    "An administrator opens no school": (Role.ADMINISTRATOR, "sites.open"),
    "A dispatcher does not see a roster": (Role.DISPATCHER, "roster.view"),
    "A dispatcher does not see a number": (Role.DISPATCHER, "roster.reveal"),
    "A dispatcher does not set a school's posture": (Role.DISPATCHER, "posture.set"),
    "A dispatcher gives no roles": (Role.DISPATCHER, "accounts.grant"),
    "A district administrator does not see a number": (
        Role.DISTRICT_ADMINISTRATOR,
        "roster.reveal",
    ),
    "A district administrator does not see a roster": (
        Role.DISTRICT_ADMINISTRATOR,
        "roster.view",
    ),
    "A district administrator does not send a school's alert": (
        Role.DISTRICT_ADMINISTRATOR,
        "alerts.send",
    ),
    "Counsel does not send alerts": (Role.COUNSEL, "alerts.send"),
    "Counsel does not see the roster": (Role.COUNSEL, "roster.view"),
    "The operator sees no alerts": (Role.OPERATOR, "alerts.view"),
    "The operator sees no roster": (Role.OPERATOR, "roster.view"),
    "The operator sees no number": (Role.OPERATOR, "roster.reveal"),
    "The operator takes no roster away": (Role.OPERATOR, "roster.export"),
    "The operator gives no roles": (Role.OPERATOR, "accounts.grant"),
    "The relay sends no alert of its own": (Role.RELAY, "alerts.send"),
    "The relay changes no roster": (Role.RELAY, "roster.edit"),
    "The console sends no alert": (Role.CONSOLE, "alerts.send"),
    "The console sees no number": (Role.CONSOLE, "roster.reveal"),
    "The console takes no roster away": (Role.CONSOLE, "roster.export"),
}
PEOPLE = sorted({role for role, _ in MUST_REFUSE.values()} - {Role.RELAY, Role.CONSOLE})


def test_there_are_sixty_refusals_and_none_twice() -> None:
    assert len(MUST_REFUSE) >= 60
    assert len(set(MUST_REFUSE.values())) == len(MUST_REFUSE)


@pytest.mark.parametrize("sentence", MUST_REFUSE)
def test_the_table_refuses_it_at_the_own_school(sentence: str) -> None:
    role, permission = MUST_REFUSE[sentence]
    assert not may(Actor("x", frozenset({Grant(role)})), permission)


@only_sqlcipher
@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_and_act_refuses_it_and_changes_nothing(
    app: Flask, browser: page.Browser, cast: builders.Cast, role: Role
) -> None:
    alert, account = an_alert(cast), builders.an_account(role, cast.lincoln, name="Only This")
    browser.sign_in(account)
    token = csrf_token(browser)
    refused = {permission for one, permission in MUST_REFUSE.values() if one == role}
    before = everything()
    for rule in app.url_map.iter_rules():
        if permissions.table().routes[rule.endpoint] not in refused:
            continue
        where = address(rule, cast.lincoln, alert)
        if "GET" in rule.methods:
            assert browser.get(where).status in (403, 404), rule.rule
        if "POST" in rule.methods:
            answer = browser.post(where, {"csrf_token": token})
            assert answer.status in (403, 404), rule.rule
    assert everything() == before


@only_sqlcipher
@pytest.mark.parametrize("who", ["rosa", "mara", "dana"])
def test_an_act_without_its_token_is_refused_and_changes_nothing(
    app: Flask, browser: page.Browser, cast: builders.Cast, who: str
) -> None:
    alert = an_alert(cast)
    browser.sign_in(getattr(cast, who))
    before, tried = everything(), 0
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint != "gateway.receive":
            answer = browser.post(address(rule, cast.lincoln, alert), {"csrf_token": "made up"})
            assert answer.status in (400, 403, 404), rule.rule
            tried += 1
    assert tried > 20
    assert everything() == before


@only_sqlcipher
def test_the_lead_of_another_school_can_do_nothing_to_lincoln(
    app: Flask, browser: page.Browser, cast: builders.Cast
) -> None:
    alert = an_alert(cast)
    browser.sign_in(cast.ines)
    token, before = csrf_token(browser), everything()
    for rule in app.url_map.iter_rules():
        wanted = permissions.table().routes[rule.endpoint]
        guarded = not wanted.startswith(permissions.PUBLIC)
        if "POST" in rule.methods and guarded and "public_id" in rule.arguments:
            # What no lead may do anywhere is refused before anybody looks whose it is.
            expected = 404 if may(builders.actor(cast.ines), wanted) else 403
            answer = browser.post(address(rule, cast.lincoln, alert), {"csrf_token": token})
            assert answer.status == expected, rule.rule
    assert everything() == before


def csrf_token(browser: page.Browser) -> Any:
    """Return the token of the visitor's session, as a form of theirs carries it."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/account").text)
    assert found
    return found[1]
