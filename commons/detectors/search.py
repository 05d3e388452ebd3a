"""The one search over a text: fold it, let every detector look, keep what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commons.detectors import addresses, codes, names, online, phones, wording
from commons.detectors.findings import Finding, Kind, settle
from commons.detectors.folding import Folded, fold

Spans = Iterator[tuple[int, int]]
DETECTORS: tuple[tuple[Kind, Callable[[Folded], Spans]], ...] = (
    (Kind.EMAIL, online.emails),
    (Kind.LINK, online.links),
    (Kind.COORDINATES, codes.coordinates),
    (Kind.DOCUMENT, codes.documents),
    (Kind.PLATE, codes.plates),
    (Kind.PHONE, phones.phones),
    (Kind.ADDRESS, addresses.addresses),
    (Kind.CHILD, names.children),
    (Kind.STATUS, wording.statuses),
    (Kind.ACTION, wording.actions),
)


def find(text: str) -> list[Finding]:
    """Return what must not stand in a text, in order of place; of an overlap the stronger stays."""
    folded = fold(text)
    return settle(
        Finding(start, end, kind, text[start:end])
        for kind, detector in DETECTORS
        for start, end in (folded.place(*span) for span in detector(folded))
    )
