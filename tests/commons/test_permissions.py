"""What is not in the table is refused; strangers learn nothing."""

from pathlib import Path

import pytest

from commons import permissions
from commons.errors import ConfigurationError, Forbidden, NotFound
from commons.permissions import NOWHERE, PUBLIC_VISITOR, Actor, Grant, Role, may, require
from tests import builders


def test_a_role_reaches_its_own_site_and_no_other(cast: builders.Cast) -> None:
    assert may(builders.actor(cast.rosa), "alerts.send", cast.lincoln)
    assert not may(builders.actor(cast.rosa), "alerts.send", cast.other_school)
    assert not may(PUBLIC_VISITOR, "alerts.send", cast.lincoln)


def test_a_district_role_reaches_the_sites_of_its_district(cast: builders.Cast) -> None:
    assert may(builders.actor(cast.dana), "alerts.view", cast.lincoln)
    assert not may(builders.actor(cast.dana), "alerts.view", cast.other_school)


def test_a_stranger_is_told_that_there_is_nothing(cast: builders.Cast) -> None:
    with pytest.raises(NotFound):
        require(builders.actor(cast.ines), "alerts.send", cast.lincoln)
    with pytest.raises(Forbidden):
        require(builders.actor(cast.dev), "alerts.send", cast.lincoln)


def test_a_permission_that_does_not_exist_is_an_error_and_no_yes() -> None:
    everywhere = Actor("x", frozenset(Grant(role) for role in Role))
    with pytest.raises(KeyError):
        may(everywhere, "alerts.shout")


def test_a_table_with_faults_stops_the_start_and_lists_them(tmp_path: Path) -> None:
    file = tmp_path / "permissions.toml"
    file.write_text('[permissions]\n"a.b" = ["wizard"]\n[routes]\n"x.y" = "c.d"\n')
    with pytest.raises(ConfigurationError) as caught:
        permissions.table(file)
    assert "wizard" in str(caught.value)
    assert "c.d" in str(caught.value)


def test_a_route_without_an_entry_stops_the_start() -> None:
    routes = set(permissions.table().routes)
    permissions.check_routes(routes)
    with pytest.raises(ConfigurationError, match=r"no entry for the route new\.page"):
        permissions.check_routes(routes | {"new.page"})
    with pytest.raises(ConfigurationError, match="which does not exist"):
        permissions.check_routes(routes - {"home.home"})


def test_whoever_waits_to_be_admitted_reaches_their_own_things_only(cast: builders.Cast) -> None:
    waiting = Actor("account:x", frozenset({Grant(Role.PARENT, NOWHERE)}))
    assert may(waiting, "home.view")
    assert may(waiting, "account.own")
    others = set(permissions.table().roles) - permissions.OWN
    assert not [name for name in others if may(waiting, name)]
    assert not may(waiting, "home.view", cast.lincoln)
