"""The one place where what went wrong becomes a page."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import Environment
from peewee import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from commons import clock, crypto, logs
from commons.errors import DomainError, RateLimited
from commons.i18n import gettext as _

log = logging.getLogger(__name__)
# Statuses that have a page of their own; others use the nearest.
PAGES = {400: 400, 401: 403, 403: 403, 404: 404, 405: 404, 409: 409, 413: 413, 422: 400}
PAGES |= {429: 429, 503: 503}


def install(app: Flask) -> None:
    """Turn every error into a page that says what happened and what to do."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, **values: Any) -> Any:
    template = f"errors/{PAGES.get(status, 400)}.html"
    return render_template(template, reference=logs.request_id.get(), **values), status


def _domain(error: DomainError) -> Any:
    if isinstance(error, RateLimited):
        retry_at = clock.now() + dt.timedelta(seconds=error.retry_after)
        response = make_response(_page(429, message=str(error), retry_at=retry_at))
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    return _page(error.status, message=str(error))


def _stale_form(_error: CSRFError) -> Any:
    return _page(400, message=_("This form was open for too long. Load the page and try again."))


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # Another host's name: nothing that builds an address can answer this.
        return _plain(400)
    return _page(error.code) if error.code != 500 else _unexpected(error)


def _database_away(error: OperationalError) -> Any:
    log.error("the database does not answer: %s", type(error).__name__, exc_info=error)
    return _plain(503)


def _unexpected(error: Exception) -> Any:
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return _plain(500)


def _plain(status: int) -> Any:
    """Answer with the page that asks nothing of the database, the session or the language."""
    from flask import current_app

    source, _file, _fresh = current_app.jinja_env.loader.get_source(  # type: ignore[union-attr]
        current_app.jinja_env, "errors/500.html"
    )
    bare = Environment(autoescape=True).from_string(source)
    reference = logs.request_id.get()
    return make_response(bare.render(reference=reference or crypto.public_id()), status)
