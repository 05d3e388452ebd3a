"""The page behind somebody's own link: no session, no cookie, no script."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from commons import i18n
from commons.messaging.words import words
from rapidresponse.alerts import drawing
from rapidresponse.alerts.answers import links
from rapidresponse.alerts.models import AckKind

blueprint = Blueprint("answers", __name__, url_prefix="/a")


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the words as they went to this person; looking at them answers nothing."""
    opened = links.open_link(token)
    with i18n.use(drawing.spoken(opened.person.language)):
        if opened.ended:
            return _page("alerts/public/ended.html", message="answer_ended"), 410
        return _page("alerts/public/answer.html", **_values(opened, token))


@blueprint.post("/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Write the answer down, and show what was recorded."""
    links.answer(token, request.form.get("answer", ""))
    return redirect(url_for("answers.show", token=token), 303)


def _page(template: str, **values: object) -> Response:
    return Response(drawing.draw(template, **values), mimetype="text/html")


def _values(opened: links.Opened, token: str) -> dict[str, object]:
    site, said = opened.alert.site, words(i18n.current())
    given = opened.answer
    kind = given.kind if given else None
    return {
        "action": url_for("answers.answer", token=token),
        "code": opened.alert.code,
        "school": site.name,
        "sent": drawing.moment_words(opened.version.sent_at, site.timezone),
        "text": opened.text.reveal("body"),
        "text_language": drawing.words_language(opened.text.language),
        "newer": opened.newer,
        "state": _state(opened),
        "recorded": said.say(
            "answer_recorded",
            time=i18n.time_words(given.at, site.timezone),
            answer=said.say(drawing.ANSWERS[given.kind]),
        )
        if given
        else "",
        "asked_for_help": kind is AckKind.NEED_HELP,
        "answers": [(one.value, name) for one, name in drawing.ANSWERS.items() if _adds(one, kind)],
    }


def _adds(one: AckKind, given: AckKind | None) -> bool:
    """Return whether an answer says anything new; who says how they are has got it."""
    return one is not given and (one is not AckKind.RECEIVED or given is None)


def _state(opened: links.Opened) -> str:
    alert, due = opened.alert, opened.version.next_update_at
    return drawing.state_words(
        alert.state, alert.ended_at, due, alert.site.timezone, late=opened.late
    )
