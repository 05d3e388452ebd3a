"""Which language a page is in: the link, the cookie, the account, the browser, the default."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Flask, Response, request

from commons import i18n
from commons.settings import Settings
from commons.web.security import COOKIE_FREE

COOKIE = "__Host-language"
PARAMETER = "language"
_YEAR = 365 * 24 * 3600


def install(app: Flask, settings: Settings, account_language: Callable[[], str | None]) -> None:
    """Choose a language before each request, and keep the choice made by a link."""
    offered = tuple(code for code in i18n.catalogs() if code in _offered(settings))

    def choose() -> None:
        i18n.speak(i18n.DEFAULT)
        for wanted in _wishes(account_language):
            code = i18n.pick(wanted, offered)
            if code:
                i18n.speak(code)
                return

    def keep(response: Response) -> Response:
        code = i18n.pick(request.args.get(PARAMETER), offered)
        if code and not request.path.startswith(COOKIE_FREE):
            response.set_cookie(
                COOKIE, code, max_age=_YEAR, secure=True, httponly=True, samesite="Lax"
            )
        return response

    app.before_request(choose)
    app.after_request(keep)
    app.extensions["languages"] = offered


def _offered(settings: Settings) -> tuple[str, ...]:
    # The demonstration shows every language there is; an installation those it has chosen.
    if settings.demonstration:
        return i18n.catalogs()
    return tuple(filter(None, (i18n.pick(word) for word in settings.languages)))


def _wishes(account_language: Callable[[], str | None]) -> Iterator[str | None]:
    yield request.args.get(PARAMETER)
    yield request.cookies.get(COOKIE)
    yield account_language()
    for tag, _quality in request.accept_languages:
        yield tag


def forget_choice(response: Response) -> Response:
    """Let the account's language count again, because it was just chosen."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax")
    return response
