"""When something happens at or near a school."""

from __future__ import annotations

from typing import Any


def install(app: Any) -> None:
    """Add the pages of this half to the web application; the relay never loads them."""
    from rapidresponse.alerts import routes
    from rapidresponse.alerts.afterwards import routes as afterwards
    from rapidresponse.alerts.answers import routes as answers
    from rapidresponse.alerts.looking import routes as looking
    from rapidresponse.alerts.public_page import routes as public_page
    from rapidresponse.alerts.public_page.lane import Lane
    from rapidresponse.alerts.texts import routes as texts

    for module in (routes, looking, afterwards, answers, public_page):
        app.register_blueprint(module.blueprint)
    texts.install(app)
    secure = app.extensions["settings"].public_url.startswith("https:")
    app.wsgi_app = Lane(app.wsgi_app, secure=secure)
