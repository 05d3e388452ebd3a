"""One table of roles and permissions, scoped by site or district; what is not in it is refused."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from commons import clock
from commons.errors import ConfigurationError, Forbidden, NotFound
from commons.i18n import lazy_gettext as _l

TABLE = Path(__file__).with_name("permissions.toml")
PUBLIC = "public: "
FRESH = dt.timedelta(minutes=5)
# No site has this key. Whoever holds a role there waits to be admitted somewhere, and reaches
# their own things only, which these permissions open.
NOWHERE = 0
OWN = frozenset({"home.view", "account.own"})


class Role(enum.StrEnum):
    """Who somebody is to a site (PRODUCT.md, Roles)."""

    PARENT = "parent"
    VOLUNTEER = "volunteer"
    OBSERVER = "observer"
    FRONT_DESK = "front_desk"
    SITE_LEAD = "site_lead"
    COUNSELOR = "counselor"
    ADMINISTRATOR = "administrator"
    DISPATCHER = "dispatcher"
    DISTRICT_ADMINISTRATOR = "district_administrator"
    COUNSEL = "counsel"
    OPERATOR = "operator"
    # Not people: the command line on the host, and the relay that carries out replies.
    CONSOLE = "console"
    RELAY = "relay"


class Scope(Protocol):
    """Where something happens: a site, which lies in a district."""

    @property
    def id(self) -> int:
        """Return the site's key."""

    @property
    def district_id(self) -> int:
        """Return its district's key."""


@dataclass(frozen=True)
class Grant:
    """A role at one site, in one district, or (with neither) everywhere."""

    role: Role
    site_id: int | None = None
    district_id: int | None = None

    def covers(self, where: Scope | None) -> bool:
        """Return whether this grant reaches the place."""
        if where is None or (self.site_id is None and self.district_id is None):
            return True
        if self.site_id is not None:
            return self.site_id == where.id
        return self.district_id == where.district_id


@dataclass(frozen=True)
class Actor:
    """Whoever acts: an account with its grants, a person in Signal, the console, the relay."""

    ref: str
    grants: frozenset[Grant] = frozenset()
    account_id: int | None = None
    fresh_at: dt.datetime | None = None

    @property
    def known(self) -> bool:
        """Return whether this is anybody but the public."""
        return bool(self.grants)


PUBLIC_VISITOR = Actor("public")
CONSOLE = Actor("console", frozenset({Grant(Role.CONSOLE)}))
RELAY = Actor("relay", frozenset({Grant(Role.RELAY)}))


@dataclass(frozen=True)
class Table:
    """Permissions with the roles that hold them, and routes with what they ask for."""

    roles: dict[str, frozenset[Role]]
    routes: dict[str, str]


@functools.cache
def table(path: Path = TABLE) -> Table:
    """Read the table; raise ConfigurationError that lists every fault in it."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {role.value for role in Role}
    found = [
        f"permissions.toml: {name} names the role {role}, which does not exist"
        for name, roles in document["permissions"].items()
        for role in roles
        if role not in words
    ]
    found += [
        f"permissions.toml: the route {route} asks for {wanted}, which is not a permission"
        for route, wanted in document["routes"].items()
        if not wanted.startswith(PUBLIC) and wanted not in document["permissions"]
    ]
    if found:
        raise ConfigurationError(found)
    roles = {name: frozenset(map(Role, given)) for name, given in document["permissions"].items()}
    return Table(roles, document["routes"])


def check_routes(endpoints: Iterable[str]) -> None:
    """Refuse to start while a route has no entry in the table, or an entry no route."""
    listed, existing = set(table().routes), set(endpoints)
    found = [
        f"permissions.toml has no entry for the route {endpoint}"
        for endpoint in sorted(existing - listed)
    ]
    found += [
        f"permissions.toml lists the route {endpoint}, which does not exist"
        for endpoint in sorted(listed - existing)
    ]
    if found:
        raise ConfigurationError(found)


def may(actor: Actor, permission: str, where: Scope | None = None) -> bool:
    """Return whether the actor holds the permission there; an unknown permission is an error."""
    roles = table().roles[permission]
    if permission in OWN and where is None and actor.account_id is not None:
        # Whoever signs in reaches what is their own, with a role or without one.
        return True
    return any(
        grant.role in roles
        and grant.covers(where)
        and (grant.site_id != NOWHERE or permission in OWN)
        for grant in actor.grants
    )


def require(actor: Actor, permission: str, where: Scope | None = None) -> None:
    """Raise Forbidden to somebody who belongs there, NotFound to a stranger."""
    if may(actor, permission, where):
        return
    if where is not None and not any(grant.covers(where) for grant in actor.grants):
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    raise Forbidden(_l("Your role does not allow this. Ask the site lead or an administrator."))


class NotFresh(Forbidden):
    """The act needs somebody who proved within five minutes who they are."""


def require_fresh(actor: Actor) -> None:
    """Raise NotFresh unless the account proved within five minutes who it is.

    The command line and the relay have no session, and pass.
    """
    if actor.account_id is None and actor.known:
        return
    if actor.fresh_at is None or clock.now() - actor.fresh_at > FRESH:
        raise NotFresh(_l("Show first that it is you, then do this again."))
