"""Who acts in this request; the accounts, which stand above, say who it is."""

from __future__ import annotations

from flask import current_app

from commons.permissions import Actor


def current_actor() -> Actor:
    """Return whoever acts; the public visitor when nobody is signed in."""
    actor: Actor = current_app.extensions["acting"]()
    return actor
