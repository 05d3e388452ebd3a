"""The least that Flask can be: the limit of a start."""

from __future__ import annotations

from flask import Flask


def create_app() -> Flask:
    """Return an application that says hello."""
    app = Flask("hello")
    app.add_url_rule("/sign-in", view_func=lambda: "Hello")
    return app
