"""The one door from this room to the message check."""

from __future__ import annotations

from rapidresponse.alerts.check import Objection, Verdict, check_template

__all__ = ("Objection", "objections", "refuses")


def objections(template: str, *, audience: str, kind: str, longest: int) -> tuple[Objection, ...]:
    """Return what the message check says against a text with its slots open, refusals first."""
    return check_template(template, audience=audience, kind=kind, longest=longest)


def refuses(objection: Objection) -> bool:
    """Return whether the text cannot be kept as it is."""
    return objection.verdict is Verdict.REFUSE
