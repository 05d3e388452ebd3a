"""Every route is guarded, and a GET changes nothing: for every role, at one's own site or not."""

import re
from typing import Any

import pytest
from flask import Flask

from commons import permissions
from commons.accounts.models import Account
from commons.database import all_models
from commons.permissions import PUBLIC
from commons.sites.models import Site
from rapidresponse.alerts.models import Alert
from tests import builders, page
from tests.rapidresponse.alerts.school import School, send

only_sqlcipher = pytest.mark.parametrize("db", ["sqlcipher"], indirect=True)
# What a GET may write: that a session was seen, and nothing else.
SEEN = {"sign_in_session", "rate_bucket"}


def an_alert(cast: builders.Cast) -> Alert:
    site = School.make(cast).site
    builders.a_point(site)
    builders.a_zone(site)
    builders.an_invite(site)
    return send(site, cast.rosa)


def rules(app: Flask, method: str = "GET") -> list[Any]:
    return [rule for rule in app.url_map.iter_rules() if method in rule.methods]


def address(rule: Any, site: Site, alert: Alert) -> str:
    """Return the route's address for something of this site."""
    person = builders.Person.select().join(builders.RosterEntry).first()
    values = {"site": site.public_id, "word": "update", "filename": "css/base.css", "reply": "x"}
    values |= {"language": "es", "key": "T1.alert.A9"}
    given = values | {"person_id": person.public_id, "person": person.public_id, "token": "x" * 43}
    given |= {
        "point_id": site.meeting_points.get().public_id,
        "zone_id": site.zones.get().public_id,
    }
    given["district_id"] = site.district.public_id
    given["invite_id"] = builders.Invite.get().public_id
    given |= {"account_id": Account.select().first().public_id, "proposal_id": "x"}
    given["public_id"] = alert.public_id if rule.rule.startswith("/alerts") else site.public_id
    url = rule.rule
    for name in rule.arguments:
        url = re.sub(rf"<(\w+:)?{name}>", given.get(name, "x" * 22), url)
    return url


def test_every_route_has_one_entry_in_the_table(app: Flask) -> None:
    permissions.check_routes({rule.endpoint for rule in app.url_map.iter_rules()})


def test_addresses_are_nouns_in_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/-]*", fixed), rule.rule


def test_a_stranger_is_sent_to_sign_in_from_every_guarded_page(
    app: Flask, browser: page.Browser, cast: builders.Cast
) -> None:
    alert = an_alert(cast)
    for rule in rules(app):
        wanted = permissions.table().routes[rule.endpoint]
        if not wanted.startswith(PUBLIC):
            answer = browser.get(address(rule, cast.lincoln, alert), follow=False)
            assert answer.status == 303, rule.rule
            assert "/sign-in" in answer.response.headers["Location"]


@only_sqlcipher
def test_the_lead_of_another_school_finds_nothing_of_lincoln(
    app: Flask, browser: page.Browser, cast: builders.Cast
) -> None:
    alert = an_alert(cast)
    browser.sign_in(cast.ines)
    for rule in rules(app):
        wanted = permissions.table().routes[rule.endpoint]
        if wanted.startswith(PUBLIC) or not rule.arguments or wanted == "sites.list":
            continue
        url = address(rule, cast.lincoln, alert)
        if permissions.may(builders.actor(cast.ines), wanted):
            assert browser.get(url).status == 404, rule.rule
        else:
            # Refused before anything is looked for: a school that does not exist reads alike.
            nowhere = url.replace(cast.lincoln.public_id, "x" * 22)
            assert [browser.get(each).status for each in (url, nowhere)] == [403, 403], rule.rule


ROLES = ("rosa", "dev", "mara", "carmen", "amina", "luis", "noor", "dana", "stranger")


@only_sqlcipher
@pytest.mark.parametrize("who", ROLES)
def test_a_page_opens_for_exactly_the_roles_in_the_table(
    app: Flask, browser: page.Browser, cast: builders.Cast, who: str
) -> None:
    alert, account = an_alert(cast), getattr(cast, who)
    actor = builders.actor(account)
    browser.sign_in(account)
    for rule in rules(app):
        wanted = permissions.table().routes[rule.endpoint]
        if wanted.startswith(PUBLIC) or rule.endpoint.startswith("accounts."):
            continue
        found = browser.get(address(rule, cast.lincoln, alert))
        where = cast.lincoln if rule.arguments else None
        allowed = permissions.may(actor, wanted, where)
        assert (found.status == 200) is allowed, (rule.rule, who, found.status)


@only_sqlcipher
@pytest.mark.parametrize("who", ["rosa", "mara"])
def test_a_get_changes_nothing(
    app: Flask, browser: page.Browser, cast: builders.Cast, who: str
) -> None:
    alert = an_alert(cast)
    browser.sign_in(getattr(cast, who))
    before = everything()
    for rule in rules(app):
        if rule.endpoint != "accounts.sign_in_with_link":
            browser.get(address(rule, cast.lincoln, alert))
    assert everything() == before


@only_sqlcipher
def test_no_page_of_any_role_shows_a_number(
    app: Flask, browser: page.Browser, cast: builders.Cast
) -> None:
    alert = an_alert(cast)
    digits = [builders.number_of(p)[-7:] for p in builders.Person.select() if p.methods.count()]
    for who in ROLES:
        browser.sign_in(getattr(cast, who))
        for rule in rules(app):
            text = re.sub(r"\D", "", browser.get(address(rule, cast.lincoln, alert)).text)
            assert not [d for d in digits if d in text], (rule.rule, who)


def everything() -> dict[str, Any]:
    return {
        model._meta.table_name: sorted(map(repr, model.select().tuples()))
        for model in all_models()
        if model._meta.table_name not in SEEN
    }
