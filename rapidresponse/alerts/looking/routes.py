"""The pages of a second person: what they find when they look, and what they think afterwards."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from commons import clock
from commons.accounts.guards import current_actor
from commons.errors import Invalid
from commons.permissions import Actor, may
from rapidresponse.alerts import access, breaking, story, verifications
from rapidresponse.alerts.forms import ReviewForm, VerifyForm
from rapidresponse.alerts.models import Alert, AlertState, Outcome, Verdict

blueprint = Blueprint("looking", __name__, url_prefix="/alerts")


@blueprint.route("/<public_id>/verify", methods=["GET", "POST"])
def verify(public_id: str) -> ResponseReturnValue:
    """Ask what somebody found who did not send the alert."""
    actor, now, form, status = current_actor(), clock.now(), VerifyForm(), 200
    alert = access.alert(actor, public_id, access.VERIFY)
    zone = g.timezone = alert.site.timezone
    if form.validate_on_submit():
        try:
            verifications.verify(
                actor,
                alert,
                Outcome(form.outcome.data),
                seen_themselves=form.themselves.data == "yes",
                seen_at=form.seen_at(now, zone),
            )
            return redirect(_after(actor, alert), 303)
        except Invalid as error:
            form.explain(error)
            status = 422
    page = render_template(
        "alerts/verify.html",
        form=form,
        alert=alert,
        title=story.title(alert),
        may_see=may(actor, access.VIEW, alert.site),
        may_verify=verifications.may_verify(actor, alert),
        why_not=verifications.YOURS,
        over=alert.state is AlertState.CLOSED,
        entries=story.findings(alert),
    )
    return page, status


@blueprint.route("/<public_id>/review", methods=["GET", "POST"])
def review(public_id: str) -> ResponseReturnValue:
    """Ask somebody else, afterwards, whether an alert that could not wait was right."""
    actor, form, status = current_actor(), ReviewForm(), 200
    alert = access.alert(actor, public_id, access.REVIEW)
    g.timezone = alert.site.timezone
    if form.validate_on_submit():
        verdict, words = Verdict(form.verdict.data), form.words.data or ""
        try:
            breaking.review(actor, alert, form.review.data or "", verdict, words)
            return redirect(_after(actor, alert), 303)
        except Invalid as error:
            form.explain(error)
            status = 422
    waiting = breaking.open_review(actor, alert)
    if waiting is not None:
        form.review.data = waiting.public_id
    page = render_template(
        "alerts/review.html",
        form=form,
        alert=alert,
        title=story.title(alert),
        waiting=waiting,
        said=story.said(waiting.version) if waiting else None,
        looked=story.reviewed(alert, with_words=True),
        most=breaking.LONGEST,
    )
    return page, status


def _after(actor: Actor, alert: Alert) -> str:
    """Return where somebody goes on: the front desk sees no page of the alert."""
    if may(actor, access.VIEW, alert.site):
        return url_for("alerts.show", public_id=alert.public_id)
    return url_for("home.home")
