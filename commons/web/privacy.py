"""The public page of what is stored, made of the same inventory that drives the purge."""

from __future__ import annotations

from flask import Blueprint, render_template

from commons import i18n
from commons.retention import inventory

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
def show() -> str:
    """Show every kind of record: what it is, who reads it, how long it lives."""
    records = [
        {
            "what": _said(table["what"]),
            "life": _said(table["life"]),
            "readers": ", ".join(_reader(word) for word in table["readers"]),
            "personal": any(kind >= 2 for kind in table["columns"].values()),
        }
        for table in inventory()["tables"].values()
    ]
    return render_template("privacy/show.html", records=records)


def _said(words: dict[str, str]) -> str:
    return words.get(i18n.current()) or words[i18n.DEFAULT]


def _reader(word: str) -> str:
    named = inventory()["readers"].get(word)
    return _said(named) if named else word
