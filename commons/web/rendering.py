"""What templates may use: fingerprinted static files, times and numbers in words."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request, url_for
from flask_compress import Compress
from markupsafe import Markup, escape

from commons import i18n
from commons.settings import Settings
from commons.web.compiled import CompiledTemplates
from commons.web.locale import PARAMETER

YEAR = "public, max-age=31536000, immutable"
DEFAULT_TIMEZONE = "America/Los_Angeles"


def install(
    app: Flask,
    settings: Settings,
    visitor: Callable[[], dict[str, Any] | None],
    theme: Callable[[], str],
) -> None:
    """Give the templates their words, filters and globals."""
    # Compressing pages that hold a CSRF token is safe here: SameSite=Strict keeps the session
    # out of the requests that another site can cause and measure.
    app.config["COMPRESS_ALGORITHM"] = ["gzip"]
    Compress(app)
    app.jinja_env.bytecode_cache = CompiledTemplates(Path(app.root_path, "templates"))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(i18n.gettext, i18n.plural_form, newstyle=True)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(when=when, clock=clock_words, number=number)
    app.jinja_env.globals["static"] = static
    app.after_request(_keep_static)

    @app.context_processor
    def values() -> dict[str, Any]:
        return {
            "locale": i18n.language(i18n.current()),
            "languages": _languages(),
            "visitor": visitor(),
            "theme": theme(),
            "demonstration": settings.demonstration,
            "simulator_url": settings.simulator_url,
        }


def _languages() -> list[dict[str, Any]]:
    """Return every language on offer, each with the address of this page in it."""
    found = []
    for code in current_app.extensions["languages"]:
        known = i18n.language(code)
        arguments = [(k, v) for k, v in request.args.items(multi=True) if k != PARAMETER]
        query = urlencode([*arguments, (PARAMETER, known.tag)])
        found.append(
            {
                "tag": known.tag,
                "name": known.name,
                "direction": known.direction,
                "url": f"{request.path}?{query}",
                "current": code == i18n.current(),
            }
        )
    return found


def static(path: str) -> str:
    """Return the address of a static file with its fingerprint, to be kept for a year."""
    return url_for("static", filename=path, v=_fingerprint(str(current_app.static_folder), path))


@functools.cache
def _fingerprint(folder: str, path: str) -> str:
    with open(f"{folder}/{path}", "rb") as file:  # noqa: PTH123
        return hashlib.sha256(file.read()).hexdigest()[:12]


def _keep_static(response: Response) -> Response:
    found = request.endpoint == "static" and response.status_code in (200, 304)
    if found and request.args.get("v"):
        response.headers["Cache-Control"] = YEAR
    return response


def timezone() -> str:
    """Return the time zone of the page, which a view sets to its site's."""
    return str(getattr(g, "timezone", DEFAULT_TIMEZONE))


def when(moment: dt.datetime | None) -> Markup:
    """Return a time in words inside a time element, in the site's own zone."""
    if moment is None:
        return Markup("")
    return _time_element(moment, i18n.moment_words(moment, timezone()))


def clock_words(moment: dt.datetime | None) -> Markup:
    """Return only the clock time, for lists of one day."""
    if moment is None:
        return Markup("")
    return _time_element(moment, i18n.time_words(moment, timezone()))


def _time_element(moment: dt.datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="minutes"), escape(words)
    )


def number(value: int) -> str:
    """Return a whole number as it is written in the language in force."""
    return i18n.number_words(value)
