"""The message check: what a note or a site's own text must not say, and what to say instead.

Pure: no Flask, no database, and no text makes it raise. Patterns are compiled at the first check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidresponse.alerts.checking.cleaning import clean

__all__ = ["Objection", "Verdict", "check", "check_template", "clean", "refused"]

FAMILIES = "A9"
CLOSING = ("all_clear", "departed", "correction", "stale")  # kinds whose own text speaks of the end
_SLOT = re.compile(r"\{[a-z][a-z_]*\}")
_NEUTRAL = "lantern"  # stands where a slot will be filled


class Verdict(StrEnum):
    """What an objection means: the text cannot go, or the sender is asked to look again."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True)
class Objection:
    """One thing wrong with a text: `text` is the stretch as typed, empty where it is the whole."""

    rule: str
    verdict: Verdict
    text: str
    sentence: Any


def refused(objections: Iterable[Objection]) -> bool:
    """Say whether any objection forbids the text."""
    return any(objection.verdict == Verdict.REFUSE for objection in objections)


def check(
    text: str,
    *,
    audience: str,
    certainty: str,
    agency_confirmed: bool,
    longest: int = 200,
    own_host: str = "",
    exercise: bool = False,
) -> tuple[Objection, ...]:
    """Return what is wrong with a text for this audience, refusals first; empty when nothing is."""
    families = audience == FAMILIES
    circumstances = frozenset(
        name
        for name, holds in (
            ("families", families),
            ("others", not families),
            ("unnamed", not agency_confirmed),
            ("unsure", certainty != "confirmed"),
            ("live", not exercise),
        )
        if holds
    )
    # Here: the word lists take a while to read and compile, which every start would pay.
    from rapidresponse.alerts.checking.search import faults

    found = faults(clean(text), circumstances, longest, own_host)
    objections = [Objection(f.rule, Verdict(f.verdict), f.text, f.sentence) for f in found]
    return tuple(sorted(objections, key=lambda o: o.verdict != Verdict.REFUSE))


def check_template(
    template: str, *, audience: str, longest: int, kind: str = "", own_host: str = ""
) -> tuple[Objection, ...]:
    """Return what is wrong with a text that has slots in braces; these count as neutral words.

    `kind` is the kind of version: only the text of an all-clear, a departure, a correction or a
    stale alert may speak of the end.
    """
    filled = _SLOT.sub(_NEUTRAL, template)
    objections = check(
        filled,
        audience=audience,
        certainty="confirmed",
        agency_confirmed=False,
        longest=longest,
        own_host=own_host,
    )
    closing = kind in CLOSING
    return tuple(o for o in objections if not (closing and o.rule == "over"))
