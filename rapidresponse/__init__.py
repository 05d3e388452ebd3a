"""When something happens at or near a school."""

from __future__ import annotations

from typing import Any


def install(app: Any) -> None:
    """Add the pages of this half to the web application; the relay never loads them."""
    from rapidresponse.alerts import routes
    from rapidresponse.alerts.afterwards import routes as afterwards
    from rapidresponse.alerts.looking import routes as looking
    from rapidresponse.alerts.texts import routes as texts

    for module in (routes, looking, afterwards):
        app.register_blueprint(module.blueprint)
    texts.install(app)
