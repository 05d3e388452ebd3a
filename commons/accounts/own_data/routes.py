"""Pages of what is held about whoever is signed in: read it, take it, erase it."""

from __future__ import annotations

import json

from flask import (
    Blueprint,
    Flask,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from commons import clock
from commons.accounts import guards
from commons.accounts.guards import current_account, current_actor
from commons.accounts.own_data import erasing, gathering
from commons.accounts.own_data.forms import EraseForm
from commons.errors import NotFound
from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.permissions import Actor, may, require_fresh
from commons.roster.models import Erasure
from commons.web import links

blueprint = Blueprint("own_data", __name__)
# Of a kind; the file has them all.
MOST_ROWS = 50


def install(app: Flask) -> None:
    """Register the pages, and put their link on home."""
    app.register_blueprint(blueprint)
    links.offer(app, "home", _on_home)


def _on_home(actor: Actor, *_about: object) -> list[links.Link]:
    if not may(actor, "account.own"):
        return []
    return [links.Link(_("What is held about you"), url_for("own_data.show"))]


@blueprint.get("/own-data")
def show() -> str:
    """Show everything that is held about whoever is signed in."""
    account = current_account()
    return render_template(
        "own_data/show.html",
        sections=gathering.gather(account.person, account),
        most=MOST_ROWS,
        printed_at=clock.now(),
    )


@blueprint.get("/own-data/file")
def file() -> Response:
    """Hand everything over as a file."""
    account = current_account()
    found = gathering.document(gathering.gather(account.person, account))
    response = Response(
        json.dumps(found, ensure_ascii=False, indent=2), mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="farolito-own-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/own-data/erase", methods=["GET", "POST"])
def erase() -> ResponseReturnValue:
    """Say what goes and what stays; the button erases, and signs out."""
    actor, form = current_actor(), EraseForm()
    require_fresh(actor)
    if not form.validate_on_submit():
        return render_template("own_data/erase.html", form=form)
    receipt = erasing.erase_own(actor, current_account())
    guards.forget()
    response = make_response(redirect(url_for("own_data.receipt", number=receipt), 303))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/own-data/receipt")
def receipt() -> str:
    """Show the receipt of an erasure; it holds nothing of anybody."""
    number = request.args.get("number", "").strip().upper()
    found = Erasure.get_or_none(Erasure.receipt == number)
    if found is None:
        raise NotFound(_l("There is no such receipt. Receipts are kept for 30 days."))
    return render_template(
        "own_data/receipt.html", receipt=found, reference=found.receipt, printed_at=clock.now()
    )
