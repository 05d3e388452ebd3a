"""Drawing an alert's public page, in the transaction that lets families' words go.

It says exactly what families were sent, and nothing of anybody: no place, no person, no answer
(I18). Before the first such words are let go there is no page, and its link leads nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from peewee import fn

from commons import clock, crypto, i18n
from commons.messaging import answer_links
from commons.messaging.models import Message, MessageText
from commons.messaging.statements import at, run_many
from commons.sites.models import Site
from rapidresponse.alerts import drawing
from rapidresponse.alerts.audience import FAMILIES, UNREACHED
from rapidresponse.alerts.models import Alert, AlertPage, AlertState, AlertVersion
from rapidresponse.alerts.public_page import form

PATH = "/p/"
# A day after the alert has ended its page says so and nothing else.
LASTS = dt.timedelta(hours=24)
_PURPOSE = "alert_page.token"
# By plain SQL: a second person's yes waits for it.
_KEEP = """
INSERT INTO alert_page (alert_id, token_hash, made_at, ends_at, language, body)
VALUES (?, ?, ?, ?, ?, ?)
"""
# The two pages differ in one sentence, so that they are drawn as one. No text can hold this: a
# private character is none of any language's.
_STATE = "\ue000state\ue000"


def token_of(key: str) -> str:
    """Return the token of the page of the alert that a sender's key starts.

    It follows from the key, so that the words show the link before the alert is there.
    """
    return crypto.ring().keyed_token(key, _PURPOSE)


def address(key: str) -> str:
    """Return the page's address; the empty string where nobody could follow it."""
    base = answer_links.public_url()
    return f"{base}{PATH}{token_of(key)}" if base else ""


def draw(alert_id: int) -> int:
    """Draw the page anew as the alert stands now; return in how many languages.

    For the transaction of whatever changed it. Zero, and no page, while nothing has gone to
    families or all of it was taken back.
    """
    alert = Alert.select(Alert, Site).join(Site).where(Alert.id == alert_id).get()
    AlertPage.delete().where(AlertPage.alert == alert).execute()
    told = _newest_told(alert)
    if told is None:
        return 0
    version, texts = told
    token = token_of(alert.idempotency_key)
    ends_at = alert.ended_at + LASTS if alert.state is AlertState.CLOSED else None
    facts = (alert.id, crypto.token_hash(token), at(clock.now()), ends_at and at(ends_at))
    names = [text.language for text in texts]
    path = f"{PATH}{token}"
    run_many(
        _KEEP,
        [(*facts, one.language, _body(alert, version, one, names, path)) for one in texts],
    )
    return len(texts)


def has_page(alert: Alert) -> bool:
    """Return whether families can read the page now."""
    ended = AlertPage.ends_at.is_null() | (AlertPage.ends_at > clock.now())
    return bool(AlertPage.select().where(AlertPage.alert == alert, ended).exists())


def _newest_told(alert: Alert) -> tuple[AlertVersion, list[MessageText]] | None:
    """Return the newest version of which words went to families, and those that went."""
    versions = AlertVersion.select().where(AlertVersion.alert == alert)
    for version in versions.order_by(AlertVersion.number.desc()):
        texts = _texts_gone(version)
        if texts:
            return version, texts
    return None


def _texts_gone(version: AlertVersion) -> list[MessageText]:
    went = Message.select().where(Message.text == MessageText.id, Message.state.not_in(UNREACHED))
    rows = MessageText.select().where(
        MessageText.topic == version.topic_id,
        MessageText.audience == FAMILIES,
        MessageText.body.is_null(False),
        fn.EXISTS(went),
    )
    return list(rows.order_by(MessageText.language))


def _body(
    alert: Alert, version: AlertVersion, text: MessageText, names: Sequence[str], path: str
) -> bytes:
    timezone, due = alert.site.timezone, version.next_update_at
    with i18n.use(drawing.spoken(text.language)):
        page = drawing.draw(
            "alerts/public/page.html",
            path=path,
            code=alert.code,
            school=alert.site.name,
            state=_STATE,
            sent=drawing.moment_words(version.sent_at, timezone),
            text=text.reveal("body"),
            text_language=drawing.words_language(text.language),
            others=[i18n.language(one) for one in names if one != text.language],
        )
        fresh, late = (
            drawing.packed(page.replace(_STATE, escape(words), 1))
            for words in (
                drawing.state_words(alert.state, alert.ended_at, due, timezone, late=late)
                for late in (False, True)
            )
        )
    over = alert.state is AlertState.CLOSED
    return form.pack(fresh, late, None if over else due)
