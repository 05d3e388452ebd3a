"""Who is asking: the only door to Flask-Login, and the check before every view.

Flask-Login's own cookie outlives a sign-out. Here it carries the session's token, and a token
whose row has ended is worth nothing.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import flask_login
from flask import (
    Flask,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from commons import permissions
from commons.accounts import devices, sessions
from commons.accounts.models import Account
from commons.accounts.roles import role_words
from commons.errors import Forbidden, NotFound
from commons.i18n import lazy_gettext as _l
from commons.permissions import PUBLIC, PUBLIC_VISITOR, Actor
from commons.sites.models import Site
from commons.web.security import safe_next

HOME = "/home"
SIGN_IN = "accounts.sign_in"
SET_UP = "set_up.step"
DEVICE_COOKIE = "__Host-device"
_NEAR = ("localhost", "127.0.0.1", "[::1]")


class SignedIn(flask_login.UserMixin):
    """A live session as Flask-Login's user; what identifies it is its token."""

    def __init__(self, found: sessions.Found, token: str) -> None:
        """Keep the session, and the token that found it."""
        self.found, self.token = found, token

    def get_id(self) -> str:
        """Return the session's token."""
        return self.token


def install(app: Flask) -> None:
    """Set up sign-in and the check before every view; `commons.web` comes first."""
    manager = flask_login.LoginManager()
    # Its protection writes a hash of the network address into the cookie.
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    app.before_request(enforce)
    app.register_error_handler(permissions.NotFresh, _ask_again)


def _load(token: str) -> SignedIn | None:
    found = sessions.find(token)
    return SignedIn(found, token) if found else None


def current() -> sessions.Found | None:
    """Return the live session of this request, or None."""
    user = flask_login.current_user
    return user.found if user.is_authenticated else None


def current_actor() -> Actor:
    """Return who acts in this request; the public visitor when nobody is signed in."""
    found = current()
    return found.actor if found else PUBLIC_VISITOR


def current_account() -> Account:
    """Return the account that is signed in; raise Forbidden when none is."""
    return current_found().account


def current_found() -> sessions.Found:
    """Return the session in use with its account; raise Forbidden when there is none."""
    found = current()
    if found is None:
        raise Forbidden(_l("Sign in first."))
    return found


def remember(token: str, *, stay: bool = False) -> None:
    """Put a session's token into the cookie, and nothing that stood there before.

    `stay` keeps it when the browser is closed, for as long as the session lives.
    """
    user = _load(token)
    if user is None:
        raise Forbidden(_l("Sign in first."))
    session.clear()
    session.permanent = stay
    flask_login.login_user(user)
    session.pop("_id", None)


def forget() -> None:
    """Empty the cookie; the session itself must have been ended."""
    flask_login.logout_user()
    session.clear()


def enforce() -> ResponseReturnValue | None:
    """Let a request through to its view only as the table of routes says."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    wanted = permissions.table().routes.get(endpoint)
    if wanted is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    public = wanted.startswith(PUBLIC)
    if (not public or endpoint == SIGN_IN) and _cookie_withheld():
        return _once_more()
    if public:
        return None
    found = current()
    if found is None:
        return _sign_in_first()
    if found.account.set_up_since is not None:
        return _set_up_first()
    permissions.require(current_actor(), wanted)
    return None


def _sign_in_first() -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    address = url_for(SIGN_IN, next=back)
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for(SIGN_IN)}
    if request.accept_mimetypes.best == "application/json":
        return {"title": str(_l("Sign in first."))}, 401
    return redirect(address, 303)


def _set_up_first() -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for(SET_UP)}
    return redirect(url_for(SET_UP), 303)


def _cookie_withheld() -> bool:
    # A SameSite=Strict cookie stays away when a link on another site, or in a mail, is followed.
    arrived = request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site"
    return arrived and request.headers.get("Sec-Fetch-Mode") == "navigate" and current() is None


def _once_more() -> ResponseReturnValue:
    # The same address asked for by a page of ours brings the cookie along.
    address = safe_next(request.full_path.rstrip("?"), HOME)
    response = make_response(render_template("accounts/continue.html", address=address))
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask_again(_error: permissions.NotFresh) -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" else request.form.get("back")
    address = url_for("accounts.prove_again", next=safe_next(back, HOME))
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": address}
    return redirect(address, 303)


def network() -> str:
    """Return the network a request comes from, for limits only; it is never stored as it is."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    prefix = 64 if address.version == 6 else 32
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def device() -> str:
    """Return `phone` or `computer`, which is all that is kept of a browser."""
    agent = request.headers.get("User-Agent", "")
    return "phone" if "Mobi" in agent or "Android" in agent else "computer"


def known_browser() -> str:
    """Return the token by which this browser is known; the empty string where it has none."""
    return request.cookies.get(DEVICE_COOKIE, "")


def know_browser(response: Response) -> Response:
    """Let this browser keep the token that says it signed in before; it is no authority."""
    token = devices.remember(current_account(), known_browser())
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=devices.LASTS,
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    return response


def cookie_is_dropped() -> bool:
    """Return whether a browser drops the sign-in cookie here: plain http, not this machine."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return not (request.is_secure or host in _NEAR or host.endswith(".localhost"))


def visitor() -> dict[str, Any] | None:
    """Return what the head of a page says of whoever is signed in, or None."""
    found = current()
    if found is None:
        return None
    if "visitor" not in g:
        first = min(found.actor.grants, key=_rank, default=None)
        site = Site.get_or_none(Site.id == first.site_id) if first and first.site_id else None
        g.visitor = {
            "name": found.account.reveal("name"),
            "role": role_words(first.role) if first else "",
            "site_name": site.name if site else "",
            "home_url": HOME,
            "sign_out_url": url_for("accounts.sign_out"),
            "idle_seconds": sessions.idle_seconds(found),
        }
    return g.visitor  # type: ignore[no-any-return]


def _rank(grant: permissions.Grant) -> tuple[bool, int, int]:
    return grant.site_id is None, grant.site_id or 0, list(permissions.Role).index(grant.role)


def language() -> str | None:
    """Return the language that the account asks for, or None."""
    found = current()
    return found.account.language if found else None


def theme() -> str:
    """Return the colours that the account asks for: `light`, `dark`, or nothing."""
    found = current()
    return found.account.theme if found else ""
