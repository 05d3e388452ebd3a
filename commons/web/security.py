"""Headers, CSRF, trusted hosts and body sizes. Nothing is inline, so no nonce is needed."""

from __future__ import annotations

import io
import secrets
from typing import IO
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from commons import logs
from commons.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_CLOSED = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=()"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": _CLOSED,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
BODY_LIMIT = 256 * 1024
IMPORT_LIMIT = 32 * 1024 * 1024
# Pages that take a file; every other body is small.
IMPORTS = frozenset({"roster.import_people"})
# Not from a browser: the gateway proves itself by the secret in the path.
CSRF_EXEMPT = frozenset({"gateway.receive"})
# Pages behind a token in their address: nobody has a session there, and none is begun. The token
# is the authority, with where the browser says that a form came from.
SESSION_FREE = frozenset({"answers.show", "answers.answer"})
# Where no cookie is set, not even where nothing is or a method is refused.
COOKIE_FREE = ("/a/", "/p/")

csrf = CSRFProtect()


class MemoryRequest(Request):
    """A request whose uploads never touch the disk, where a roster would lie unsealed."""

    def _get_file_stream(self, *_args: object, **_kwargs: object) -> IO[bytes]:
        return io.BytesIO()


def install(app: Flask, settings: Settings) -> None:
    """Set the cookie's rules, the limits and the headers."""
    app.config.update(
        SECRET_KEY=settings.keys.derive("web-session").hex(),
        SESSION_COOKIE_NAME="__Host-farolito",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        # A late answer to an old request must not bring the cookie before back.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        TRUSTED_HOSTS=_hosts(settings),
        # The token lives as long as the session: a form left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
        # Our Referrer-Policy sends no referrer, which this check would demand over https;
        # Sec-Fetch-Site is looked at instead.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    if settings.proxies:
        # Else everybody would share the proxy's address in a limit, and https would look plain.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    csrf.init_app(app)
    app.session_interface = Sessions()
    app.request_class = MemoryRequest
    app.before_request(_before)
    app.after_request(_after)


def _hosts(settings: Settings) -> list[str] | None:
    # A phone that looks at a demonstration over the local network names the machine's address,
    # which nobody knows beforehand; the sign-in page then says why it cannot go further.
    if settings.demonstration:
        return None
    return [urlsplit(settings.public_url).hostname or "", "127.0.0.1", "localhost"]


def _before() -> None:
    logs.request_id.set(secrets.token_hex(6))
    if request.endpoint in IMPORTS:
        request.max_content_length = IMPORT_LIMIT
    # No text has a NUL in it, and PostgreSQL refuses one with an error of its own.
    if "\0" in request.path or b"%00" in request.query_string:
        # The page for it must not name the address again.
        raise SecurityError
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint in CSRF_EXEMPT:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    if request.endpoint not in SESSION_FREE:
        csrf.protect()
    elif "Sec-Fetch-Site" not in request.headers and not _of_ours():
        abort(403)
    if any("\0" in value for values in request.form.listvalues() for value in values):
        abort(400)


def _of_ours() -> bool:
    """Return whether an older browser, which says no more than this, sent a form of ours.

    It says `null` of our own pages, whose Referrer-Policy has it name no origin.
    """
    return request.headers.get("Origin", "null") in ("null", request.host_url.rstrip("/"))


class Sessions(SecureCookieSessionInterface):
    """Flask's own, but no cookie is ever written where nobody has a session."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, where there may be one."""
        if request.endpoint not in SESSION_FREE:
            super().save_session(app, session, response)


def _after(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def safe_next(target: str | None, default: str) -> str:
    """Return where to go on, if it is a path of ours; a stranger's address is dropped."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.netloc and "\\" not in target and not set(target) & set("\r\n\t"):
            return target
    return default
