"""The acts beside an alert: take back, call, ask a role again, save the record."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons.accounts.guards import current_actor
from commons.permissions import may
from commons.web.forms import Form
from rapidresponse.alerts import access, story, versions, watches
from rapidresponse.alerts.afterwards import calls, recalls, records
from rapidresponse.alerts.models import Alert

blueprint = Blueprint("afterwards", __name__, url_prefix="/alerts/<string:public_id>")


@blueprint.post("/recall")
def recall(public_id: str) -> ResponseReturnValue:
    """Take back what has not gone of the version that the page showed."""
    alert = access.alert(current_actor(), public_id, access.RECALL)
    given = request.form.get("number", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    recalls.recall(current_actor(), alert, number=number)
    return redirect(url_for("alerts.show", public_id=public_id), 303)


@blueprint.get("/call-list")
def show_calls(public_id: str) -> ResponseReturnValue:
    """List who has not been reached, why, and what is tried next; it prints."""
    return _calls(access.alert(current_actor(), public_id))


@blueprint.post("/call-list/<string:person>/show")
def show_number(public_id: str, person: str) -> ResponseReturnValue:
    """Show one number, so that they can be called; who looked is written down."""
    alert = access.alert(current_actor(), public_id, access.SEND)
    number = calls.show_number(current_actor(), alert, person)
    return _calls(alert, shown={person: number})


@blueprint.post("/call-list/<string:person>/told")
def told(public_id: str, person: str) -> ResponseReturnValue:
    """Note that somebody was told by telephone."""
    alert = access.alert(current_actor(), public_id, access.SEND)
    calls.told(current_actor(), alert, versions.versions_of(alert)[-1], person)
    return redirect(url_for("afterwards.show_calls", public_id=public_id), 303)


@blueprint.post("/roles/<string:role>/ask-all")
def ask_role(public_id: str, role: str) -> ResponseReturnValue:
    """Ask everybody in a role now."""
    alert = access.alert(current_actor(), public_id, access.SEND)
    watches.ask_all(current_actor(), alert, role)
    return redirect(url_for("alerts.show", public_id=public_id, _anchor="roles"), 303)


@blueprint.post("/record")
def save_record(public_id: str) -> ResponseReturnValue:
    """Hand out the alert as a file."""
    alert = access.alert(current_actor(), public_id, access.EXPORT)
    response = Response(records.record(current_actor(), alert), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="alert-{alert.code}.csv"'
    return response


def _calls(alert: Alert, shown: dict[str, str] | None = None) -> str:
    actor = current_actor()
    g.timezone = alert.site.timezone
    latest = versions.versions_of(alert)[-1]
    return render_template(
        "alerts/afterwards/calls.html",
        alert=alert,
        title=story.title(alert),
        latest=latest,
        people=calls.not_reached(latest, alert.site),
        shown=shown or {},
        may_call=may(actor, access.SEND, alert.site),
        form=Form(),
    )
