"""The link to an alert's public page for those who hand it on: on paper, or read out."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from commons import clock
from commons.accounts.guards import current_actor
from commons.web import qr
from rapidresponse.alerts import access, story
from rapidresponse.alerts.public_page import service

blueprint = Blueprint("public_page", __name__, url_prefix="/alerts")


@blueprint.get("/<public_id>/public-page")
def sheet(public_id: str) -> str:
    """Show the address and its QR code, to be copied or printed and hung up."""
    alert = access.alert(current_actor(), public_id)
    g.timezone = alert.site.timezone
    there = service.has_page(alert)
    address = service.address(alert.idempotency_key) if there else ""
    return render_template(
        "alerts/public_page.html",
        alert=alert,
        title=story.title(alert),
        address=address,
        drawing=qr.drawing(address) if address else "",
        printed_at=clock.now(),
    )
