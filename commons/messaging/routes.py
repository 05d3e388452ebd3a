"""How the relay is, and the door through which the gateway hands in what it received."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from commons.i18n import gettext as _
from commons.i18n import lazy_gettext as _l
from commons.messaging import doorbell, receiver
from commons.messaging import status as relay_status
from commons.messaging.models import AccountState, MessageState
from commons.permissions import require
from commons.settings import Settings
from commons.web.acting import current_actor
from commons.web.rendering import DEFAULT_TIMEZONE

relay = Blueprint("relay", __name__, url_prefix="/relay")
gateway = Blueprint("gateway", __name__, url_prefix="/gateway")
blueprints = (relay, gateway)

STATES = {
    MessageState.HELD: _l("Waiting for a second person's yes"),
    MessageState.QUEUED: _l("Waiting to be sent"),
    MessageState.SENDING: _l("Being sent now"),
    MessageState.UNKNOWN: _l("Answer lost, waiting for a receipt"),
    MessageState.FAILED: _l("Not sent in the last day, a person must act"),
}


@relay.get("")
def status() -> ResponseReturnValue:
    """Show whether messages go out, what waits, and what to do when Signal asks for something."""
    require(current_actor(), "relay.view")
    found = relay_status.status()
    return render_template(
        "messaging/status.html",
        relay=found,
        sentence=relay_status.sentence(found, DEFAULT_TIMEZONE),
        states=STATES,
        oldest=None if found.oldest_age is None else _age(found.oldest_age),
        limited=found.state is AccountState.LIMITED,
        gone=found.state is AccountState.GONE,
    )


def _age(seconds: float) -> str:
    if seconds < 120:
        return _("%(seconds)s seconds", seconds=round(seconds))
    return _("%(minutes)s minutes", minutes=round(seconds / 60))


@gateway.post("/<string:secret>")
def receive(secret: str) -> ResponseReturnValue:
    """Keep what the gateway hands in and answer at once: until then it sends nothing for us.

    It cannot sign, so that its authority is the secret in the path; a wrong one finds nothing.
    """
    settings: Settings = current_app.extensions["settings"]
    wanted = settings.webhook_secret
    if not wanted or not hmac.compare_digest(secret.encode(), wanted.encode()):
        abort(404)
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        abort(413)
    receiver.store(body)
    doorbell.ring()
    return "", 200
