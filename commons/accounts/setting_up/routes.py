"""The pages on which an invited account sets itself up."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from commons.accounts import guards, sessions, totp
from commons.accounts.forms import PasswordForm, SecondFactorForm
from commons.accounts.setting_up import service
from commons.errors import Invalid
from commons.web import qr

blueprint = Blueprint("set_up", __name__)


@blueprint.route("/account/set-up", methods=["GET", "POST"])
def step() -> ResponseReturnValue:
    """Ask for what is still missing: first the password, then the authenticator app."""
    found = guards.current()
    if found is None:
        return redirect(url_for(guards.SIGN_IN), 303)
    if found.account.set_up_since is None:
        return redirect(guards.HOME, 303)
    return _password(found) if found.account.password_hash is None else _second_factor(found)


def _password(found: sessions.Found) -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            service.choose_password(found, form.password.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return redirect(url_for("set_up.step"), 303)
    page = render_template(
        "accounts/set_up_password.html",
        form=form,
        name=found.account.reveal("name"),
        sign_in_name=found.account.reveal("sign_in_name"),
    )
    return page, 422 if form.errors else 200


def _second_factor(found: sessions.Found) -> ResponseReturnValue:
    form = SecondFactorForm()
    secret = totp.unwrapped(found.account, form.pending.data or "")
    if form.validate_on_submit() and secret:
        try:
            token = service.connect(found, secret, form.code.data or "")
        except Invalid as fault:
            form.refuse(fault.fields)
        else:
            return _done(token)
    secret = secret or totp.new_secret()
    form.pending.data = totp.wrapped(found.account, secret)
    address = totp.address(secret, found.account.reveal("sign_in_name"))
    page = render_template(
        "accounts/set_up_second_factor.html", form=form, drawing=qr.drawing(address), secret=secret
    )
    return page, 422 if form.errors else 200


def _done(token: str) -> ResponseReturnValue:
    guards.remember(token)
    if guards.current_actor().known:
        return redirect(guards.HOME, 303)
    return render_template("accounts/set_up_done.html")
