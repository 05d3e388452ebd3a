"""Pages of signing in by Signal, of joining, and of coming back with a code on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue

from commons import i18n
from commons.accounts import guards, sessions
from commons.accounts.by_signal import people, service, sheets
from commons.accounts.by_signal.forms import ButtonForm, JoinForm, ReturnForm, StartForm
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require
from commons.roster import service as roster
from commons.roster.joining import service as joining
from commons.roster.models import Person
from commons.roster.numbers import spaced
from commons.settings import Settings
from commons.sites import service as sites
from commons.sites.models import Site
from commons.web import qr
from commons.web.links import Link, offer
from commons.web.security import safe_next

blueprint = Blueprint("by_signal", __name__)
BOTH = ["GET", "POST"]
# In the cookie: the token of the page that waits, and what is to be done with its answer.
KEPT = "signal"
PERSON = "/sites/<string:public_id>/roster/people/<string:person_id>"
SIGNAL_LINK = "https://signal.me/#p/"


def install(app: Flask) -> None:
    """Register the pages, and put the way to a person's code on paper on their page."""
    app.register_blueprint(blueprint)
    offer(app, "person", links)


def links(actor: Actor, site: Site, person: Person) -> Sequence[Link]:
    """Return the link to how a person signs in, for those who may help them."""
    if not may(actor, "accounts.sheet", site):
        return []
    url = url_for("by_signal.make_sheet", public_id=site.public_id, person_id=person.public_id)
    return [Link(_("Signing in: a code on paper, a lost phone"), url)]


@blueprint.route("/sign-in/signal", methods=BOTH)
def sign_in() -> ResponseReturnValue:
    """Show the code to send; before that, the button that makes one."""
    kept, form = _kept(), StartForm()
    if form.validate_on_submit():
        return _start(shared=bool(form.shared.data))
    if guards.current() and not _proves(kept):
        return redirect(guards.HOME, 303)
    shown = service.shown(kept["token"]) if kept and not request.args.get("again") else None
    if shown is None or shown.state == "used":
        dropped = guards.cookie_is_dropped()
        return render_template("by_signal/start.html", form=form, dropped=dropped)
    return render_template("by_signal/code.html", **_page(shown, kept))


@blueprint.get("/sign-in/signal/live")
def live() -> ResponseReturnValue:
    """Show how far it has come, for the page that looks again by itself."""
    kept = _kept()
    shown = service.shown(kept["token"]) if kept else None
    return render_template("by_signal/live.html", **_page(shown or service.Shown("late"), kept))


@blueprint.post("/sign-in/signal/go-on")
def go_on() -> ResponseReturnValue:
    """Use the answer from Signal up, once; whoever presses twice is led to where they belong."""
    kept = _kept()
    shown = service.shown(kept["token"]) if kept else None
    if shown is None or shown.state != "approved":
        used = shown is not None and shown.state == "used"
        return _gone_to(guards.HOME if used else url_for("by_signal.sign_in"))
    try:
        if _proves(kept):
            return _prove(kept)
        token = service.sign_in(kept["token"], guards.device(), shared=kept["shared"])
    except (Conflict, Invalid, NotFound) as fault:
        flash(str(fault))
        return _gone_to(kept["again"])
    return _enter(token, shared=kept["shared"])


@blueprint.post("/account/prove-again/signal")
def prove_again() -> ResponseReturnValue:
    """Begin to show by Signal that one is still oneself, before an act that needs it."""
    if not sessions.is_by_signal(guards.current_account()):
        raise NotFound(_l("There is nothing at this address, or it is not yours to see."))
    target = safe_next(request.form.get("next"), guards.HOME)
    return _start(proves=True, next=target, again=url_for("accounts.prove_again", next=target))


@blueprint.route("/join/<token>", methods=BOTH)
def join(token: str) -> ResponseReturnValue:
    """Ask somebody who comes by a school's link what to call them; then they send their code."""
    invite = joining.find_invite(token, network=guards.network())
    form = JoinForm(language=i18n.current())
    if form.validate_on_submit():
        try:
            name = joining.chosen_name(form.name.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            given = {"invite": invite, "name": name, "language": form.language.data}
            again = url_for("by_signal.join", token=token)
            return _start(given, shared=bool(form.shared.data), again=again)
    page = render_template("by_signal/join.html", form=form, invite=invite, token=token)
    return page, 422 if form.errors else 200


@blueprint.route(PERSON + "/sheet", methods=BOTH)
def make_sheet(public_id: str, person_id: str) -> ResponseReturnValue:
    """Show how a person signs in; make a code on paper, which only this answer ever shows."""
    site, person = _person(public_id, person_id)
    if ButtonForm().validate_on_submit():
        code = sheets.make(guards.current_actor(), site, person)
        return _sheet(site, person, code)
    address = url_for(".make_sheet", public_id=public_id, person_id=person_id)
    return render_template(
        "by_signal/person.html",
        site=site,
        person=person,
        address=address,
        may_sign_in=people.may_sign_in(person),
    )


@blueprint.post(PERSON + "/lock")
def lock(public_id: str, person_id: str) -> ResponseReturnValue:
    """End every session that a person has by Signal or paper, since a phone was lost."""
    site, person = _person(public_id, person_id)
    people.lock_for(guards.current_actor(), site, person)
    flash(_("They are signed out everywhere, and codes on paper no longer work."))
    return redirect(url_for(".make_sheet", public_id=public_id, person_id=person_id), 303)


@blueprint.route("/return", methods=BOTH, defaults={"token": ""})
@blueprint.get("/return/<token>")
def come_back(token: str) -> ResponseReturnValue:
    """Sign in with the code on a sheet; scanning it only fills it in."""
    form = ReturnForm(code=token)
    if form.validate_on_submit():
        shared = bool(form.shared.data)
        try:
            entered = sheets.sign_in(
                form.code.data or "", guards.device(), guards.network(), shared=shared
            )
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _enter(entered, shared=shared)
    dropped = guards.cookie_is_dropped()
    page = render_template("by_signal/return.html", form=form, dropped=dropped)
    return page, 422 if form.errors else 200


def _person(public_id: str, person_id: str) -> tuple[Site, Person]:
    site = sites.find(public_id)
    require(guards.current_actor(), "accounts.sheet", site)
    g.timezone = site.timezone
    return site, roster.person_at(site, person_id)


def _sheet(site: Site, person: Person, code: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    address = f"{settings.public_url}{url_for('.come_back', token=code)}"
    theirs = i18n.pick(person.language, current_app.extensions["languages"])
    with i18n.use(theirs or i18n.current()):
        return render_template(
            "by_signal/sheet.html",
            site=site,
            person=person,
            code=code,
            address=address,
            drawing=qr.drawing(address),
            days=sheets.GOOD_FOR.days,
        )


def _start(given: dict[str, Any] | None = None, **kept: Any) -> ResponseReturnValue:
    token = service.start(guards.device(), guards.network(), **(given or {}))
    again = url_for("by_signal.sign_in", again="yes")
    cookie[KEPT] = {"shared": False, "again": again, **kept, "token": token}
    return redirect(url_for("by_signal.sign_in"), 303)


def _kept() -> dict[str, Any]:
    found = cookie.get(KEPT)
    return found if isinstance(found, dict) else {}


def _proves(kept: dict[str, Any]) -> bool:
    return bool(kept.get("proves"))


def _page(shown: service.Shown, kept: dict[str, Any]) -> dict[str, Any]:
    settings: Settings = current_app.extensions["settings"]
    return {
        "shown": shown,
        "again": kept.get("again") or url_for("by_signal.sign_in", again="yes"),
        "relay_number": spaced(settings.gateway_account),
        "signal_url": SIGNAL_LINK + settings.gateway_account,
    }


def _prove(kept: dict[str, Any]) -> ResponseReturnValue:
    found = guards.current()
    if found is None:
        raise Conflict(service.NOT_READY)
    token = service.prove_again(kept["token"], found.account, found.session)
    guards.remember(token, stay=cookie.permanent)
    return _gone_to(safe_next(kept.get("next"), guards.HOME))


def _enter(token: str, *, shared: bool) -> ResponseReturnValue:
    before = guards.current()
    if before:
        sessions.end(before.account, before.session.public_id)
    guards.remember(token, stay=not shared)
    return _gone_to(guards.HOME)


def _gone_to(address: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return Response("", 200, {"HX-Redirect": address})
    return redirect(address, 303)
