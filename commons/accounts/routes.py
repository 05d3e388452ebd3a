"""Pages of signing in and out, and of one's own account."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from commons import i18n
from commons.accounts import freezing, guards, service, sessions, signing_in, totp
from commons.accounts.forms import (
    LinkForm,
    PasswordForm,
    PreferencesForm,
    ProveAgainForm,
    SecondFactorForm,
    SecondWordForm,
    SignInForm,
)
from commons.accounts.guards import current_account, current_actor, current_found
from commons.errors import Conflict, Invalid, NotFound
from commons.i18n import gettext as _
from commons.permissions import require_fresh
from commons.web import qr
from commons.web.locale import forget_choice
from commons.web.security import safe_next

blueprint = Blueprint("accounts", __name__)
BOTH = ["GET", "POST"]


@blueprint.route("/sign-in", methods=BOTH)
def sign_in() -> ResponseReturnValue:
    """Sign in by password and code."""
    if guards.current() and request.method == "GET":
        return redirect(safe_next(request.args.get("next"), guards.HOME), 303)
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            token = signing_in.sign_in(
                form.sign_in_name.data or "",
                form.password.data or "",
                form.code.data or "",
                guards.device(),
                guards.network(),
                guards.known_browser(),
            )
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return guards.know_browser(_enter(token, form.next.data))
    dropped = guards.cookie_is_dropped()
    return render_template("accounts/sign_in.html", form=form, dropped=dropped), _status(form)


@blueprint.route("/sign-in/<token>", methods=BOTH)
def sign_in_with_link(token: str) -> ResponseReturnValue:
    """Show the button of a one-time link; only pressing it uses the link up.

    Messengers fetch every link they show, so a GET must change nothing.
    """
    usable = signing_in.link_is_open(token)
    if LinkForm().validate_on_submit():
        try:
            entered = signing_in.sign_in_with_link(token, guards.device(), guards.network())
        except Conflict:
            usable = False
        else:
            return guards.know_browser(_enter(entered, request.args.get("next")))
    page = render_template(
        "accounts/link.html", usable=usable, token=token, dropped=guards.cookie_is_dropped()
    )
    return page, 200 if usable else 404


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session, and let the browser forget what it kept of it."""
    found = guards.current()
    if found:
        sessions.end(found.account, found.session.public_id)
    guards.forget()
    response = make_response(redirect(url_for("accounts.sign_in", signed_out="yes"), 303))
    # Not "cookies": who knows this browser keeps a guesser elsewhere from locking its owner out.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.route("/account/prove-again", methods=BOTH)
def prove_again() -> ResponseReturnValue:
    """Ask for password and code once more, before an act that needs it."""
    found = current_found()
    form = ProveAgainForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        try:
            token = signing_in.prove_again(
                found.account, found.session, form.password.data or "", form.code.data or ""
            )
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            guards.remember(token)
            return redirect(safe_next(form.next.data, guards.HOME), 303)
    page = render_template(
        "accounts/prove_again.html",
        form=form,
        has_password=found.account.password_hash is not None,
        has_second_factor=found.account.totp_secret is not None,
        by_signal=sessions.is_by_signal(found.account),
    )
    return page, _status(form)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Show one's own account."""
    return _account_page(_preferences())


@blueprint.post("/account/preferences")
def save_preferences() -> ResponseReturnValue:
    """Save one's name, language and colors."""
    form = _preferences()
    if not form.validate_on_submit():
        return _account_page(form)
    service.save_preferences(
        current_actor(),
        current_account(),
        name=form.name.data or "",
        language=form.language.data,
        theme=form.theme.data,
    )
    return forget_choice(make_response(_back(_("Your name, language and colors are saved."))))


@blueprint.route("/account/password", methods=BOTH)
def change_password() -> ResponseReturnValue:
    """Set a new password, which ends every other session."""
    found, form = _with_a_name(), PasswordForm()
    require_fresh(found.actor)
    if form.validate_on_submit():
        try:
            service.set_password(
                found.actor, found.account, form.password.data or "", found.session
            )
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _back(_("Your new password is set. Every other session has ended."))
    return render_template("accounts/password.html", form=form), _status(form)


@blueprint.route("/account/second-factor", methods=BOTH)
def enrol_totp() -> ResponseReturnValue:
    """Show a new secret, and take it into use with its first code."""
    found, form = _with_a_name(), SecondFactorForm()
    require_fresh(found.actor)
    secret = totp.unwrapped(found.account, form.pending.data or "")
    if form.validate_on_submit() and secret:
        try:
            service.enrol_totp(found.actor, found.account, secret, form.code.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _back(_("Your authenticator app is connected."))
    secret = secret or totp.new_secret()
    form.pending.data = totp.wrapped(found.account, secret)
    address = totp.address(secret, found.account.reveal("sign_in_name"))
    page = render_template(
        "accounts/second_factor.html", form=form, drawing=qr.drawing(address), secret=secret
    )
    return page, _status(form)


@blueprint.post("/account/sessions/<public_id>/end")
def end_session(public_id: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    sessions.end(current_account(), public_id)
    return _back(_("That session has ended."))


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End every session of one's own but this one."""
    found = current_found()
    sessions.end_all(found.account, but=found.session)
    return _back(_("Every other session has ended."))


def _with_a_name() -> sessions.Found:
    """Return the session in use; raise NotFound for an account that signs in by Signal."""
    found = current_found()
    if sessions.is_by_signal(found.account):
        raise NotFound(_("There is nothing at this address, or it is not yours to see."))
    return found


def _enter(token: str, target: str | None = None) -> Response:
    before = guards.current()
    if before:
        sessions.end(before.account, before.session.public_id)
    guards.remember(token)
    return redirect(safe_next(target, guards.HOME), 303)  # type: ignore[return-value]


def _preferences() -> PreferencesForm:
    own = current_account()
    form = PreferencesForm(name=own.reveal("name"), language=own.language or "", theme=own.theme)
    offered = current_app.extensions["languages"]
    form.language.choices = [
        SelectChoice("", _("As on this device")),
        *(SelectChoice(code, i18n.language(code).name) for code in offered),
    ]
    return form


def _account_page(form: PreferencesForm) -> ResponseReturnValue:
    found = current_found()
    page = render_template(
        "accounts/account.html",
        form=form,
        sign_in_name=found.account.reveal("sign_in_name"),
        has_password=found.account.password_hash is not None,
        has_second_factor=found.account.totp_secret is not None,
        by_signal=sessions.is_by_signal(found.account),
        has_second_word=found.account.freeze_hash is not None,
        sessions=sessions.listed(found.account),
        current_id=found.session.public_id,
    )
    return page, _status(form)


@blueprint.route("/account/second-word", methods=BOTH)
def set_second_word() -> ResponseReturnValue:
    """Set the word that freezes the account when somebody is made to sign in."""
    found, form = current_found(), SecondWordForm()
    require_fresh(found.actor)
    if form.validate_on_submit():
        try:
            freezing.set_word(found.actor, found.account, form.word.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _back(_("Your second word is set."))
    return render_template("accounts/second_word.html", form=form), _status(form)


@blueprint.post("/account/stay")
def stay() -> ResponseReturnValue:
    """Stay signed in: that the session was seen is written by looking it up."""
    return "", 204


def _back(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("accounts.account"), 303)


def _status(form: object) -> int:
    return 422 if getattr(form, "errors", None) else 200
