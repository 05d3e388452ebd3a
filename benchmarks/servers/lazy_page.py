"""The peer of the public page: the same page, made for each visitor from models as one goes."""

from __future__ import annotations

import os

from flask import Flask, abort, request
from flask_compress import Compress

import app as farolito
from commons import crypto, i18n
from commons.database import connection
from commons.settings import Settings
from rapidresponse.alerts import drawing
from rapidresponse.alerts.models import AlertPage


def create_app() -> Flask:
    """Return an application that serves public pages without keeping any."""
    settings = Settings.from_environment(os.environ)
    farolito.compose(settings)
    made = Flask("lazy", static_folder=f"{drawing.ROOT}/commons/static")
    made.config["COMPRESS_ALGORITHM"] = ["gzip"]
    Compress(made)
    made.add_url_rule("/p/<token>", view_func=_page)
    return made


def _page(token: str) -> str:
    with connection():
        pages = list(AlertPage.select().where(AlertPage.token_hash == crypto.token_hash(token)))
        if not pages:
            abort(404)
        alert = pages[0].alert
        version = list(alert.versions)[-1]
        texts = [text for text in version.topic.texts if text.audience == "A9"]
        names = {text.language: text for text in texts}
        tags = (tag for tag, _ in request.accept_languages)
        language = next(filter(None, (i18n.pick(tag, names) for tag in tags)), "en")
        with i18n.use(language):
            return drawing.draw(
                "alerts/public/page.html",
                path=f"/p/{token}",
                code=alert.code,
                school=alert.site.name,
                state=drawing.state_words(
                    alert.state,
                    alert.ended_at,
                    version.next_update_at,
                    alert.site.timezone,
                    late=False,
                ),
                sent=drawing.moment_words(version.sent_at, alert.site.timezone),
                text=names[language].reveal("body"),
                text_language=drawing.words_language(language),
                others=[i18n.language(one) for one in names if one != language],
            )
