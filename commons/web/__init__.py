"""Everything that knows HTTP: headers, language, rendering, errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request

from commons.database import database
from commons.permissions import Actor
from commons.settings import Settings
from commons.web import errors, locale, rendering, security
from commons.web.rules import LateRule


@dataclass(frozen=True)
class Hooks:
    """What the web asks of the accounts, which stand above it; handed in by `app.py`."""

    actor: Callable[[], Actor]
    visitor: Callable[[], dict[str, Any] | None]
    language: Callable[[], str | None]
    theme: Callable[[], str]


def install(app: Flask, settings: Settings, hooks: Hooks) -> None:
    """Tie everything to the application, in the order in which a request meets it."""
    app.extensions["acting"] = hooks.actor
    app.before_request(_connect)
    app.teardown_request(_disconnect)
    security.install(app, settings)
    locale.install(app, settings, hooks.language)
    rendering.install(app, settings, hooks.visitor, hooks.theme)
    errors.install(app)


def _connect() -> None:
    # A request holds one connection; a page that needs none (a style sheet) takes none.
    g.connected = request.endpoint != "static" and database.connect(reuse_if_open=True)


def _disconnect(_error: BaseException | None) -> None:
    if g.pop("connected", False):
        database.close()
