"""What a detector finds, what people are told about it, and which of two findings stands."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from commons.i18n import lazy_gettext as _l


class Kind(StrEnum):
    """What was found. Where two overlap, the one that stands first here wins."""

    EMAIL = "email"
    LINK = "link"
    COORDINATES = "coordinates"
    DOCUMENT = "document"
    PLATE = "plate"
    PHONE = "phone"
    ADDRESS = "address"
    CHILD = "child"
    STATUS = "status"
    ACTION = "action"

    def sentence(self) -> Any:
        """Return what was found and what to do, in the language in force when it is shown."""
        return _SENTENCES[self]


_SENTENCES = {
    Kind.EMAIL: _l("This looks like an e-mail address. Take it out before you go on."),
    Kind.LINK: _l("This looks like a link to another page. Take it out before you go on."),
    Kind.COORDINATES: _l("This looks like a point on a map. Name the nearest crossing instead."),
    Kind.DOCUMENT: _l("This looks like the number of a document or a case. Take it out."),
    Kind.PLATE: _l("This looks like a licence plate. Take it out: only verifiers see plates."),
    Kind.PHONE: _l("This looks like a telephone number. Take it out before you go on."),
    Kind.ADDRESS: _l("This looks like an exact address. Name the street or the crossing instead."),
    Kind.CHILD: _l("This looks like the name of a child or a relative. Say it without the name."),
    Kind.STATUS: _l("This speaks of where a person is from or may live. Say it without that."),
    Kind.ACTION: _l(
        "This could be read as asking people to hide, to run, to stand in the way or to come to"
        " the school. Say what was seen, and what people may safely do."
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A stretch of the text as it was given: `text` is `given[start:end]`."""

    start: int
    end: int
    kind: Kind
    text: str


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in order of place, none overlapping another; the stronger kind stays."""
    strength = {kind: number for number, kind in enumerate(Kind)}
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (strength[f.kind], f.start - f.end, f.start)):
        place = bisect.bisect_left(kept, finding.start, key=lambda f: f.start)
        before = kept[place - 1].end if place else 0
        after = kept[place].start if place < len(kept) else finding.end
        if before <= finding.start and finding.end <= after:
            kept.insert(place, finding)
    return kept
