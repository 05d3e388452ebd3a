"""When something happens at or near a school."""

from __future__ import annotations

from typing import Any


def install(app: Any) -> None:
    """Add the pages of this half to the web application; the relay never loads them."""
    from rapidresponse.alerts.afterwards import routes as afterwards
    from rapidresponse.alerts.routes import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(afterwards.blueprint)
