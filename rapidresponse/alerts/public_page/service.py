"""Drawing an alert's public page, in the transaction that lets families' words go.

It says exactly what families were sent, and nothing of anybody: no place, no person, no answer
(I18). Before the first such words are let go there is no page, and its link leads nowhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from commons import clock, crypto, i18n
from commons.messaging import answer_links
from commons.messaging.models import Message, MessageText
from rapidresponse.alerts import drawing
from rapidresponse.alerts.audience import FAMILIES, UNREACHED
from rapidresponse.alerts.models import Alert, AlertPage, AlertState, AlertVersion
from rapidresponse.alerts.public_page import form

PATH = "/p/"
# A day after the alert has ended its page says so and nothing else.
LASTS = dt.timedelta(hours=24)
_PURPOSE = "alert_page.token"


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

    For the transaction of whatever changed it. Zero while nothing has gone to families.
    """
    alert = Alert.get_by_id(alert_id)
    version = _newest_told(alert)
    if version is None:
        return 0
    texts = _texts(version)
    AlertPage.delete().where(AlertPage.alert == alert).execute()
    token, now = token_of(alert.idempotency_key), clock.now()
    ends_at = alert.ended_at + LASTS if alert.state is AlertState.CLOSED else None
    languages = [text.language for text in texts]
    for text in texts:
        AlertPage.create(
            alert=alert,
            language=text.language,
            token_hash=crypto.token_hash(token),
            body=_body(alert, version, text, languages, f"{PATH}{token}"),
            made_at=now,
            ends_at=ends_at,
        )
    return len(texts)


def has_page(alert: Alert) -> bool:
    """Return whether families can read the page now."""
    ended = AlertPage.ends_at.is_null() | (AlertPage.ends_at > clock.now())
    return bool(AlertPage.select().where(AlertPage.alert == alert, ended).exists())


def _newest_told(alert: Alert) -> AlertVersion | None:
    found: AlertVersion | None = (
        AlertVersion.select()
        .where(AlertVersion.alert == alert, AlertVersion.topic.in_(_gone(MessageText.topic)))
        .order_by(AlertVersion.number.desc())
        .first()
    )
    return found


def _gone(column: Any) -> Any:
    """Return a query of what stands in a column of families' texts that were let go."""
    return (
        MessageText.select(column)
        .join(Message, on=(Message.text == MessageText.id))
        .where(MessageText.audience == FAMILIES, Message.state.not_in(UNREACHED))
    )


def _texts(version: AlertVersion) -> list[MessageText]:
    rows = MessageText.select().where(
        MessageText.topic == version.topic_id, MessageText.id.in_(_gone(MessageText.id))
    )
    return [row for row in rows.order_by(MessageText.language) if row.body is not None]


def _body(
    alert: Alert, version: AlertVersion, text: MessageText, languages: Sequence[str], path: str
) -> bytes:
    due = None if alert.state is AlertState.CLOSED else version.next_update_at
    fresh, late = (
        drawing.packed(_page(alert, version, text, languages, path, late=late))
        for late in (False, True)
    )
    return form.pack(fresh, late, due)


def _page(
    alert: Alert,
    version: AlertVersion,
    text: MessageText,
    languages: Sequence[str],
    path: str,
    *,
    late: bool,
) -> str:
    timezone, due = alert.site.timezone, version.next_update_at
    with i18n.use(drawing.spoken(text.language)):
        return drawing.draw(
            "alerts/public/page.html",
            path=path,
            code=alert.code,
            school=alert.site.name,
            state=drawing.state_words(alert.state, alert.ended_at, due, timezone, late=late),
            sent=drawing.moment_words(version.sent_at, timezone),
            text=text.reveal("body"),
            text_language=drawing.words_language(text.language),
            others=[i18n.language(one) for one in languages if one != text.language],
        )
