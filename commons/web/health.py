"""Whether the web answers and reaches its database; for the supervisor and a proxy."""

from __future__ import annotations

from flask import Blueprint, Response

from commons.database import connection, database

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 when a query comes back; an error page answers otherwise."""
    with connection():
        database.execute_sql("SELECT 1")
    return Response("ok\n", mimetype="text/plain")
