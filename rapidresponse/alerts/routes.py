"""The pages of alerts: send one, watch it arrive, say how it goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from commons import clock, crypto
from commons.accounts.guards import current_actor
from commons.errors import Invalid, NotFound
from commons.i18n import lazy_gettext as _l
from commons.messaging import status
from commons.permissions import Actor, may, require_fresh
from rapidresponse.alerts import (
    access,
    approvals,
    breaking,
    codes,
    endings,
    flow,
    notes,
    replies,
    service,
    settings,
    steps,
    story,
    tallies,
    verifications,
    versions,
)
from rapidresponse.alerts.afterwards import calls, recalls, roles
from rapidresponse.alerts.answers.calls import open_calls
from rapidresponse.alerts.composer import Draft
from rapidresponse.alerts.forms import DecideForm, SendForm
from rapidresponse.alerts.models import Alert, AlertState
from rapidresponse.alerts.public_page.service import has_page
from rapidresponse.alerts.texts.unread import unread

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")
PAGE = 20
# On the alert's own page; the call list has them all.
SHOWN = 10


@blueprint.get("/")
def index() -> str:
    """List the alerts of the visitor's schools, newest first."""
    actor = current_actor()
    found = access.alerts_page(actor, request.args.get("before"), PAGE)
    more = url_for("alerts.index", before=found[PAGE - 1].public_id) if len(found) > PAGE else None
    rows = [{"alert": alert, "title": story.title(alert)} for alert in found[:PAGE]]
    may_send = bool(access.sites_to_alert(actor))
    return render_template("alerts/index.html", rows=rows, next_url=more, may_send=may_send)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Ask one thing at a time, show the words, send."""
    actor, answers, now = current_actor(), steps.answers(request.args), clock.now()
    require_fresh(actor)
    step = flow.first(actor, answers, now)
    if isinstance(step, flow.Choice):
        return _choice(step)

    def send(form: SendForm) -> Alert:
        intent = form.witnessed(step.intent, clock.now(), step.site.timezone)
        return service.send(actor, step.site, form.noted(intent), **_sent(form))

    def key() -> str:
        return codes.free_key(step.site, crypto.public_id, now)

    return _words(actor, step, answers, send, key)


@blueprint.route("/<public_id>/follow-up/<word>", methods=["GET", "POST"])
def follow_up(public_id: str, word: str) -> ResponseReturnValue:
    """Say how it goes on: update, correction, departed, all clear."""
    actor, answers, now = current_actor(), steps.answers(request.args), clock.now()
    alert, kind = access.alert(actor, public_id, access.SEND), story.kind_of(word)
    if kind is None:
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    require_fresh(actor)
    step = flow.following(actor, versions.chain_of(alert), kind, answers, now)
    if isinstance(step, flow.Choice):
        return _choice(step, alert)

    def send(form: SendForm) -> Alert:
        intent = form.witnessed(step.intent, clock.now(), step.site.timezone)
        intent = form.stated(intent) if kind in flow.ENDS else intent
        intent = form.noted(intent)
        service.follow_up(actor, alert, intent, after=form.number_before(), **_sent(form))
        return alert

    return _words(actor, step, answers, send, crypto.public_id)


@blueprint.get("/<public_id>")
def show(public_id: str) -> str:
    """Show who has it, who needs a call, what was said, and what may follow."""
    actor, now = current_actor(), clock.now()
    alert = access.alert(actor, public_id)
    g.timezone = alert.site.timezone
    chain = versions.chain_of(alert)
    may_send = may(actor, access.SEND, alert.site)
    approval = approvals.waiting(alert)
    return render_template(
        "alerts/alert.html",
        **_live(alert, now),
        acts=story.acts(chain, now) if may_send else [],
        entries=story.timeline(alert),
        left_out=story.left_out(chain.latest),
        replies=tallies.replies(alert) if may_send else [],
        roles=roles.roles(alert),
        may_send=may_send,
        may_recall=may(actor, access.RECALL, alert.site),
        may_export=may(actor, access.EXPORT, alert.site),
        waiting=recalls.still_waiting(chain.latest),
        may_verify=verifications.may_verify(actor, alert),
        otherwise=may_send and verifications.found_otherwise(alert),
        review=breaking.open_review(actor, alert),
        may_review=may(actor, access.REVIEW, alert.site) and bool(story.reviewed(alert)),
        has_public_page=has_page(alert),
        approval=approval,
        may_decide=bool(approval and approvals.may_decide(actor, alert, approval)),
        asked=steps.spoken(story.asked_words(approval)) if approval else [],
    )


@blueprint.get("/<public_id>/live")
def live(public_id: str) -> str:
    """Return the part of the alert's page that changes by itself."""
    alert = access.alert(current_actor(), public_id)
    g.timezone = alert.site.timezone
    return render_template("alerts/live.html", **_live(alert, clock.now()))


@blueprint.post("/<public_id>/approve")
def approve(public_id: str) -> ResponseReturnValue:
    """Say yes as the second person."""
    return _decide(public_id, approvals.approve)


@blueprint.post("/<public_id>/decline")
def decline(public_id: str) -> ResponseReturnValue:
    """Say no as the second person."""
    return _decide(public_id, approvals.decline)


@blueprint.post("/<public_id>/replies/<reply>/deal-with")
def deal_with_reply(public_id: str, reply: str) -> ResponseReturnValue:
    """Note that somebody's words have been dealt with."""
    actor = current_actor()
    alert = access.alert(actor, public_id, access.SEND)
    replies.deal_with(actor, alert, reply)
    return redirect(url_for("alerts.show", public_id=public_id, _anchor="replies"), 303)


def _decide(public_id: str, decide: Callable[..., int]) -> ResponseReturnValue:
    actor = current_actor()
    alert = access.alert(actor, public_id)
    decide(actor, alert, shown=DecideForm().shown.data or "")
    return redirect(url_for("alerts.show", public_id=public_id), 303)


def _live(alert: Alert, now: dt.datetime) -> dict[str, Any]:
    latest = versions.versions_of(alert)[-1]
    tally, approval = tallies.tally(latest), approvals.waiting(alert)
    return {
        "alert": alert,
        "title": story.title(alert),
        "latest": latest,
        "tally": tally,
        "unanswered": bool(approval and approval.unanswered_at),
        "wide": bool(approval and approval.permission == access.APPROVE_WIDE),
        "answered": tallies.acknowledged(alert),
        "calls": open_calls(alert),
        "unreached": calls.not_reached(latest, alert.site),
        "shown": SHOWN,
        "may_see_people": may(current_actor(), "roster.view", alert.site),
        "late": endings.is_late(alert, latest, now),
        "over": alert.state is AlertState.CLOSED,
        "now": now,
    }


def _words(
    actor: Actor,
    step: flow.Ready,
    answers: dict[str, str],
    send: Callable[[SendForm], Alert],
    new_key: Callable[[], str],
) -> ResponseReturnValue:
    form, now, status_code = SendForm(), clock.now(), 200
    g.timezone = step.site.timezone
    if form.validate_on_submit() and not form.unread():
        try:
            alert = send(form)
            return redirect(url_for("alerts.show", public_id=alert.public_id), 303)
        except Invalid as error:
            form.explain(error)
            status_code = 422
    key = form.key.data or new_key()
    draft = _draft(actor, step, form, key, now)
    if form.note.errors:
        status_code = 422
    form.renew(key, now, step.chain.latest.number if step.chain else 0)
    form.ask_seen(step.intent.kind)
    return _preview(form, draft, step, answers), status_code


def _draft(actor: Actor, step: flow.Ready, form: SendForm, key: str, now: dt.datetime) -> Draft:
    """Return the words with the note; if it cannot go, without it and with the reason beside it."""
    try:
        return flow.draft(actor, replace(step, intent=form.noted(step.intent)), key, now)
    except Invalid as error:
        if "note" not in error.fields:
            raise
        if not form.note.errors:
            form.explain(error)
        return flow.draft(actor, step, key, now)


def _preview(form: SendForm, draft: Draft, step: flow.Ready, answers: dict[str, str]) -> str:
    rows, relay = steps.chosen(step.asked, draft.intent, answers), status.status(counted=False)
    return render_template(
        "alerts/words.html",
        form=form,
        draft=draft,
        kind=story.kind_words(draft.intent.kind),
        rows=[(row, _here(row.query)) for row in rows],
        who_url=_here({**answers, steps.CHANGE: steps.TO})
        if draft.intent.kind in flow.OPEN
        else None,
        audiences=[steps.audience_name(audience) for audience in draft.intent.audiences],
        spoken=steps.spoken(steps.bubbles(draft)),
        missing=steps.left_out(draft.missing),
        unread=unread(step.site, draft),
        gateway=status.sentence(relay, step.site.timezone),
        gateway_working=relay.working,
        warnings=_warnings(draft),
        ends=draft.intent.kind in flow.ENDS,
        site=step.site,
        alert=step.chain.alert if step.chain else None,
        send_url=_here(answers),
        back=request.full_path.rstrip("?"),
    )


def _warnings(draft: Draft) -> list[str]:
    if not draft.intent.note:
        return []
    found = notes.objections(draft.intent.note, draft.certainty, draft.intent.words)
    return [notes.said([one]) for one in found]


def _sent(form: SendForm) -> dict[str, Any]:
    return {
        "key": form.key.data or "",
        "at": form.moment(),
        "count": form.typed(),
        "demonstration": settings.demonstration(),
    }


def _choice(choice: flow.Choice, alert: Alert | None = None) -> str:
    return render_template(
        "alerts/choice.html",
        choice=choice,
        cards=[(card, _here(card.query)) for card in choice.cards],
        alert=alert,
    )


def _here(query: Mapping[str, str] | None) -> str | None:
    if query is None:
        return None
    values: dict[str, Any] = {**(request.view_args or {}), **query}
    return url_for(request.endpoint or "", **values)
