"""The one door from this room to the message check."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

# `rapidresponse.alerts.check`, as soon as it stands beside this room.
CHECK = ""


def objections(template: str, *, audience: str, kind: str, longest: int) -> Sequence[Any]:
    """Return what the message check says against a text with its slots open, refusals first."""
    if not CHECK:
        return ()
    found: Sequence[Any] = importlib.import_module(CHECK).check_template(
        template, audience=audience, kind=kind, longest=longest
    )
    return found
